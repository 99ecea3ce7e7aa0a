"""An artefact: what the signatures know in it, and what stands inside. Loads all that reads firmware, which captures need not."""

from __future__ import annotations

from iotwatch import unpack
from iotwatch.observe.artefacts import observe_artefact
from iotwatch.observe.firmware import outside, unopened
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts, Kit, Opened
from iotwatch.read.stream import from_bytes


def open_artefact(blob: Blob, kit: Kit) -> Opened:
    """What it says itself, and a blob for each of its members."""
    stream, name = blob.stream, blob.container
    opened = unpack.unpack(stream.data, blob.place, path=stream.path) if name else unpack.Unpacked()
    between = tuple(outside(stream, opened)) if opened.members else ()
    for part in between or (() if opened.members else (stream,)):
        observe_artefact(part, kit.signatures, kit.collector, leaf=not opened.members)
    left = unopened(stream, name, opened, between, listed=blob.listed)
    return Opened(
        Facts("firmware", name or "raw"),
        blobs=tuple(_inside(member, blob) for member in opened.members),
        artefacts=opened.artefacts,
        coverage=(*opened.coverage, *left.coverage),
        unread=left.size,
        complete=not left.coverage,
    )


def _inside(member: unpack.Member, blob: Blob) -> Blob:
    stream = from_bytes(member.data, origin=member.place, kind=FILE, path=member.path)
    return Blob(stream, blob.depth + 1, listed=blob.listed or member.listed)
