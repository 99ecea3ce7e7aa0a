"""RADIUS (RFC 2865, RFC 2866): who is let in, from which number, with which SIM and equipment, to which access point."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.cellular.diameter import of_3gpp, user
from iotwatch.decode.cellular.subscriber import Elements, apn_text, elements, message, msisdn
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.read.stream import Flow, Stream

_HEADER = 20
_LONGEST = 4096
_USER_NAME, _VENDOR, _CALLED, _CALLING = 1, 26, 30, 31
_3GPP = 10415


class Radius:
    """``imsi``, ``imei``, ``imeisv``, ``msisdn``, ``apn`` and ``cell.serving`` where attributes of 3GPP stand beside."""

    name = "radius"
    anchors = (rb"(?s:[\x01-\x05\x0b-\x0d\x28-\x2d].[\x00-\x10].)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        udp = flow is None or flow.transport == "udp"
        return by_head(self, udp and (len(head) >= 2048 or bool(_attributes(head, 0, len(head)))))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            attributes = _attributes(stream.data, start, end)
            traits = list(_traits(stream.data, attributes))
            if traits:
                yield message("radius", stream, (start, end), traits, code=stream.data[start])


def _attributes(data: bytes, start: int, end: int) -> Elements:
    """Type, start and end of the attributes, when they fill the datagram (RFC 2865 sections 3 and 5); else empty."""
    if not _HEADER < end - start <= _LONGEST or int.from_bytes(data[start + 2 : start + 4], "big") != end - start:
        return []
    return elements(data, start + _HEADER, end, _head)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    return data[at], 2, int.from_bytes(data[at + 1 : at + 2], "big") - 2 if data[at] else -1


def _traits(data: bytes, attributes: Elements) -> Iterator[Trait]:
    parts = [part for kind, start, end in attributes if kind == _VENDOR for part in _of_vendor(data, start, end)]
    for kind, start, end in parts:
        yield from of_3gpp(kind, data[start:end], (start, end))
    for kind, start, end in attributes:
        text, span = data[start:end].decode("latin-1"), (start, end)
        if kind == _USER_NAME:
            yield from user(text, span)
        elif kind == _CALLED and parts:  # elsewhere it names a network access server
            yield from apn_text(text, span)
        elif kind == _CALLING and parts:
            yield from msisdn(text.removeprefix("+"), span)


def _of_vendor(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Sub-attributes of 3GPP (RFC 2865 section 5.26; 3GPP TS 29.061 section 16.4.7)."""
    if int.from_bytes(data[start : start + 4], "big") != _3GPP:
        return
    at = start + 4
    while at + 2 <= end and data[at + 1] >= 2 and at + data[at + 1] <= end:
        yield data[at], at + 2, at + data[at + 1]
        at += data[at + 1]


RADIUS = Radius()
