"""Images, archives, single binary files, and what is neither these nor evidence."""

from __future__ import annotations

from functools import partial

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.gnss.receiver_log import is_receiver_log
from iotwatch.errors import NotEvidence
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened, searched
from iotwatch.words.vantage import Vantage


class Document:
    """A picture or document that nobody named: no evidence."""

    name = "document"
    kind = "firmware"

    def claims(self, blob: Blob) -> bool:
        from iotwatch.unpack.types import is_document

        return blob.depth == 0 and blob.container is None and is_document(blob.head)

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
        from iotwatch.open.artefact import open_artefact

        return open_artefact(blob, kit)


IMAGE = Image()
