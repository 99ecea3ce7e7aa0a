"""Images, archives, single binary files, and what is neither these nor evidence."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from iotwatch import unpack
from iotwatch.decode import decode
from iotwatch.decode.gnss.receiver_log import is_receiver_log
from iotwatch.errors import NotEvidence
from iotwatch.observe.artefacts import observe_artefact
from iotwatch.observe.firmware import outside, unopened
from iotwatch.open.blob import FILE, Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.read.stream import from_bytes
from iotwatch.unpack import types
from iotwatch.words.vantage import Vantage


class Document:
    """A picture or document that nobody named: no evidence."""

    name = "document"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        return blob.depth == 0 and blob.container is None and types.is_document(blob.head)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        if kit.named:
            return IMAGE.open(blob, kit)
        raise NotEvidence("not evidence: a document or picture")


class ReceiverFile:
    """A GNSS receiver's own bytes, kept as a file."""

    name = "receiver"
    kind = "log"

    def claims(self, blob: Blob) -> bool:
        return blob.container in (None, "raw") and is_receiver_log(blob.stream.data)

    def open(self, blob: Blob, kit: Kit) -> Opened:
        facts = Facts("log", "receiver", vantage=Vantage.UART)
        return Opened(
            facts, messages=decode(replace(blob.stream, kind="receiver-log")), rest=partial(searched, blob.stream, kit)
        )


class Image:
    """An artefact: what the signatures know in it, and what stands inside. It claims whatever nobody else did."""

    name = "image"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:  # noqa: ARG002
        return True

    def open(self, blob: Blob, kit: Kit) -> Opened:
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


IMAGE = Image()
