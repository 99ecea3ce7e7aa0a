"""An artefact: what the signatures know in it, and what stands inside. Loads all that reads firmware, which captures need not."""

from __future__ import annotations

import hashlib

from iotwatch import unpack
from iotwatch.model import Artefact
from iotwatch.observe.artefacts import observe_artefact
from iotwatch.observe.firmware import outside, unopened
from iotwatch.open.blob import Blob, Part
from iotwatch.open.opened import Facts, Kit, Opened


def open_artefact(blob: Blob, kit: Kit) -> Opened:
    """What it says itself, and a blob for each of its members."""
    stream, name = blob.stream, blob.container
    digest = hashlib.sha256(stream.data).hexdigest() if name and blob.depth else ""
    if digest in kit.containers:
        note = f"the same bytes as {kit.containers[digest]}, which was opened"
        return Opened(artefacts=(Artefact(stream.path, len(stream.data), name or "", "ok", digest, note),))
    opened = unpack.unpack(stream.data, blob.place, path=stream.path, shelf=kit.shelf) if name else unpack.Unpacked()
    if digest and opened.members:
        kit.containers[digest] = stream.path
    between = tuple(outside(stream, opened)) if opened.members else ()
    for part in between or (() if opened.members else (stream,)):
        observe_artefact(part, kit.signatures, kit.collector, leaf=not opened.members)
    left = unopened(stream, name, opened, between, listed=blob.listed)
    return Opened(
        Facts("firmware", name or "raw"),
        blobs=tuple(
            Part(member.path, member.content, member.place, blob.depth + 1, listed=blob.listed or member.listed)
            for member in opened.members
        ),
        artefacts=opened.artefacts,
        coverage=(*opened.coverage, *left.coverage),
        unread=left.size,
        complete=not left.coverage,
    )
