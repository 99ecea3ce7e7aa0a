"""SSDP, by which UPnP devices announce and look for each other (UPnP Device Architecture 2.0 section 1)."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.decode.web.http_head import read_head
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_TRAITS = {
    "server": Kind.SSDP_SERVER, "usn": Kind.SSDP_USN, "location": Kind.SSDP_LOCATION, "st": Kind.SSDP_TYPE,
    "nt": Kind.SSDP_TYPE, "user-agent": Kind.SSDP_AGENT,
}  # fmt: skip
_TELLS = (b"\r\nst:", b"\r\nnt:", b"\r\nusn:")


class Ssdp:
    """``ssdp.server``, ``ssdp.usn`` (the unique name), ``ssdp.location`` (of the description), ``ssdp.type``."""

    name = "ssdp"
    anchors = (rb"(?:M-SEARCH|NOTIFY) \* HTTP/1\.[01]", rb"HTTP/1\.[01] 200")

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and flow.transport == "tcp":
            return None
        return by_head(self, head[:2] in (b"M-", b"NO") or any(tell in head.lower() for tell in _TELLS))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            head = read_head(stream.data, start, end)
            if not head:
                continue
            traits = tuple(
                Trait(_TRAITS[name], field.value[:1024], field[1:])
                for name, field in head.fields.items()
                if name in _TRAITS and field.value
            )
            fields = {"method": head.method or "answer"}
            when = stream.time_at(start)
            yield Message(
                "ssdp", stream, (start, end), when, fields=fields, traits=traits, confidence=Confidence.CERTAIN
            )


SSDP = Ssdp()
