"""GTP-C, versions 1 and 2: who opens a data connection, with which equipment, to which access point, in which cell.

Version 1: 3GPP TS 29.060 sections 6 and 7.7. Version 2: 3GPP TS 29.274 sections 5, 6.1 and 8. A message is believed when
its elements fill it to the last byte. What GTP-U carries is opened while frames are read.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.cellular.subscriber import (
    Elements,
    Span,
    apn,
    elements,
    equipment,
    imsi,
    message,
    msisdn,
    network,
    tbcd,
)
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import in_turn, units
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

MESSAGES = 4096
_USER_DATA = 255
# TS 29.060 table 37: elements below 128 have no length; theirs is fixed by their type.
_FIXED = {
    1: 1, 2: 8, 3: 6, 4: 4, 5: 4, 8: 1, 9: 28, 11: 1, 12: 3, 13: 1, 14: 1, 15: 1, 16: 4, 17: 4, 18: 5, 19: 1, 20: 1, 21: 1,
    22: 9, 23: 1, 24: 1, 25: 2, 26: 2, 27: 2, 28: 2, 29: 1, 127: 4,
}  # fmt: skip


class GtpControl:
    """``imsi``, ``imei``, ``imeisv``, ``msisdn``, ``apn`` and ``cell.serving`` (country-network-area-cell)."""

    name = "gtp-c"
    anchors = (rb"(?s:[\x40-\x5f][\x01-\xff]..)", rb"(?s:[\x30-\x37][\x01-\xf0]..)")

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, len(head) >= 2048 or _elements(head, 0, len(head)) is not None)

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        return in_turn(_messages(stream, start, end) for start, end in units(stream))


def _messages(stream: Stream, start: int, end: int) -> Iterator[Message]:
    for _ in range(MESSAGES):
        found = _elements(stream.data, start, end)
        if found is None:
            return
        known, stop = found
        version = stream.data[start] >> 5
        traits = list((_traits_2 if version == 2 else _traits_1)(stream.data, known))
        if traits:
            kind = stream.data[start + 1]
            yield message("gtp-c", stream, (start, stop), traits, version=version, type=kind)
        start = stop
    raise LimitReached(f"more than {MESSAGES} messages in one unit")


def _elements(data: bytes, start: int, end: int) -> tuple[Elements, int] | None:
    """The message's elements and where it ends; ``None`` when there is none at ``start``."""
    if end - start < 8:
        return None
    flags, size = data[start], int.from_bytes(data[start + 2 : start + 4], "big")
    if flags >> 5 == 2:
        stop = start + 4 + size
        found = elements(data, start + (12 if flags & 8 else 8), stop, _head_2) if stop <= end else []
    elif flags >> 4 == 3 and data[start + 1] != _USER_DATA:
        stop = start + 8 + size
        at = start + (12 if flags & 7 else 8)
        found = elements(data, at, stop, _head_1) if not flags & 4 and stop <= end else []
    else:
        return None
    return (found, stop) if found else None


def _head_1(data: bytes, at: int) -> tuple[int, int, int]:
    kind = data[at]
    return (kind, 1, _FIXED.get(kind, -1)) if kind < 128 else (kind, 3, int.from_bytes(data[at + 1 : at + 3], "big"))


def _head_2(data: bytes, at: int) -> tuple[int, int, int]:
    return data[at], 4, int.from_bytes(data[at + 1 : at + 3], "big")


def _traits_1(data: bytes, known: Elements) -> Iterator[Trait]:
    for kind, start, end in known:
        value, span = data[start:end], (start, end)
        if kind == 2:
            yield from imsi(tbcd(value), span)
        elif kind == 131:
            yield from apn(value, span)
        elif kind == 134:  # the first byte tells the kind of number
            yield from msisdn(tbcd(value[1:]), span)
        elif kind == 152 and len(value) == 8 and value[0] in (0, 1):  # cell or service area
            yield from _cell(value[1:4], value[4:6], value[6:8], span)
        elif kind == 154:
            yield from equipment(tbcd(value), span)


def _traits_2(data: bytes, known: Elements) -> Iterator[Trait]:
    for kind, start, end in known:
        value, span = data[start:end], (start, end)
        if kind == 1:
            yield from imsi(tbcd(value), span)
        elif kind == 71:
            yield from apn(value, span)
        elif kind == 75:
            yield from equipment(tbcd(value), span)
        elif kind == 76:
            yield from msisdn(tbcd(value), span)
        elif kind == 86:
            yield from location(value, span)


def location(value: bytes, span: Span) -> Iterator[Trait]:
    """User location information (TS 29.274 section 8.21): flags, then each place that they announce, in their order."""
    at, areas = 1, {}
    flags = value[0] if value else 0
    for bit, size in ((1, 7), (2, 7), (4, 7), (8, 5), (16, 7)):
        if flags & bit:
            areas[bit] = value[at : at + size]
            at += size
    if at > len(value):
        return
    if 8 in areas and 16 in areas:
        cell = (int.from_bytes(areas[16][3:], "big") & 0x0FFFFFFF).to_bytes(4, "big")
        yield from _cell(areas[16][:3], areas[8][3:], cell, span)
    for bit in (1, 2):
        if bit in areas:
            yield from _cell(areas[bit][:3], areas[bit][3:5], areas[bit][5:], span)


def _cell(operator: bytes, area: bytes, cell: bytes, span: Span) -> Iterator[Trait]:
    codes = network(operator)
    if codes:
        numbers = (*codes, int.from_bytes(area, "big"), int.from_bytes(cell, "big"))
        yield Trait(Kind.CELL_SERVING, "-".join(map(str, numbers)), span)


GTP_CONTROL = GtpControl()
