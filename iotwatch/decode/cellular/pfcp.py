"""PFCP (3GPP TS 29.244), between the control and the user plane of a core: whose session it is and which network it enters.

A message (section 7.2.2) is believed when its elements (section 8.1.1) fill it to the last byte.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.cellular.subscriber import Elements, Span, apn, elements, equipment, imsi, message, msisdn, tbcd
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.read.stream import Flow, Stream

_HEADER = 16
_USER_ID, _APN_DNN = 141, 159


class Pfcp:
    """``imsi``, ``imei``, ``msisdn`` (the element User ID) and ``apn`` of session messages."""

    name = "pfcp"
    anchors = (rb"(?s:[\x21\x23][\x32-\x39]..)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(
            self,
            (flow is None or flow.transport == "udp") and (len(head) >= 2048 or bool(_elements(head, 0, len(head)))),
        )

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            traits = list(_traits(stream.data, _elements(stream.data, start, end)))
            if traits:
                yield message("pfcp", stream, (start, end), traits, type=stream.data[start + 1])


def _elements(data: bytes, start: int, end: int) -> Elements:
    """Type, start and end of each element of a session message; empty when the bytes are none."""
    size = int.from_bytes(data[start + 2 : start + 4], "big")
    if end - start <= _HEADER or data[start] not in (0x21, 0x23) or start + 4 + size != end:
        return []
    return elements(data, start + _HEADER, end, _head)


def _head(data: bytes, at: int) -> tuple[int, int, int]:
    return int.from_bytes(data[at : at + 2], "big"), 4, int.from_bytes(data[at + 2 : at + 4], "big")


def _traits(data: bytes, known: Elements) -> Iterator[Trait]:
    for kind, start, end in known:
        if kind == _USER_ID:
            yield from _user(data, start, end)
        elif kind == _APN_DNN:
            yield from apn(data[start:end], (start, end))


def _user(data: bytes, start: int, end: int) -> Iterator[Trait]:
    """Section 8.2.101: flags, then IMSI, IMEI and MSISDN, each with its length before it, as the flags announce."""
    flags, at = data[start] if start < end else 0, start + 1
    for bit, read in ((1, imsi), (2, equipment), (4, msisdn)):
        if not flags & bit or at >= end:
            continue
        span: Span = (at + 1, at + 1 + data[at])
        if span[1] > end:
            return
        yield from read(tbcd(data[span[0] : span[1]]), span)
        at = span[1]


PFCP = Pfcp()
