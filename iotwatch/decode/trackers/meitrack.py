"""Meitrack's binary bodies, CCE and CCC, behind the same ASCII head as its text form (``dialects/meitrack.toml``).

``$$<flag><length>,<imei>,CCE,`` body ``*<sum>\\r\\n``: the length counts from the first comma to the end of the line; the sum
is that of all bytes up to and including the star. Source: reference facts, Meitrack; little endian throughout.

CCE: packets still to come(4), packets here(2), then each: length(2), number of values(2), and four groups (values of 1, 2 and
4 bytes, values with their own length), each a count and as many (id, value); an id of ``FE`` goes on in the next byte.
CCC: two bytes, length of a record(2), records still to come(4), records of fixed layout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.checksums import sum8
from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError

_HEAD = re.compile(rb"\$\$[A-~](\d{1,4}),(\d{10,15}),(CC[CE]),", re.DOTALL)
_SINCE_2000 = 946_684_800
_MICRO = 1e-6
_VALID, _LATITUDE, _LONGITUDE, _TIME, _SPEED, _COURSE, _CELL = 0x05, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0E
_SIGNED = frozenset({_LATITUDE, _LONGITUDE})
_RECORD = 46  # what is known of a CCC record


def measure(window: bytes) -> int | None:
    head = _HEAD.match(window)
    return head.end(1) + int(head[1]) if head else None


def read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    """All packets of a frame; ``DecodeError`` when one runs out of its bytes."""
    head = _HEAD.match(frame)
    if head is None:
        return None
    checksum, body_end = _checksum(frame)
    cursor = Cursor(frame, head.end(), body_end)
    packets = list(_cce(cursor) if head[3] == b"CCE" else _ccc(cursor))
    return Frame(
        kind=head[3].decode("ascii"),
        fixes=tuple(fix for fix, _ in packets if fix is not None),
        cells=tuple(dict.fromkeys(cell for _, cell in packets if cell is not None)),
        device=head[2].decode("ascii"),
        device_at=head.span(2),
        checksum=checksum,
    )


def _checksum(frame: bytes) -> tuple[str, int]:
    line = frame.removesuffix(b"\r\n")
    if line[-3:-2] != b"*":
        return "none", len(frame)
    try:
        return checked(good=sum8(line[:-2]) == int(line[-2:], 16)), len(line) - 3
    except ValueError:
        return "none", len(frame)


def _cce(cursor: Cursor) -> Iterator[tuple[Fix | None, Cell | None]]:
    cursor.skip(4)
    for _ in range(cursor.u16_le()):
        packet = cursor.part(cursor.u16_le())
        start = packet.at
        packet.skip(2)
        yield _packet(dict(_values(packet)), (start, packet.end))


def _values(packet: Cursor) -> Iterator[tuple[int, int | bytes]]:
    """The values by id: numbers, and bytes for those with their own length."""
    for size in (1, 2, 4):
        for _ in range(packet.u8()):
            name = _name(packet)
            yield name, packet.i32_le() if name in _SIGNED and size == 4 else packet.uint_le(size)
    for _ in range(packet.u8()):
        yield _name(packet), packet.take(packet.u8())


def _name(packet: Cursor) -> int:
    first = packet.u8()
    return 0xFE00 | packet.u8() if first == 0xFE else first


def _packet(values: dict[int, int | bytes], span: tuple[int, int]) -> tuple[Fix | None, Cell | None]:
    raw = values.get(_CELL)
    cell = None
    if isinstance(raw, bytes) and len(raw) >= 10:
        one = Cursor(raw)
        cell = Cell(one.u16_le(), one.u16_le(), one.u16_le(), one.uint_le(4))
    numbers = {name: value for name, value in values.items() if isinstance(value, int)}
    if not {_LATITUDE, _LONGITUDE, _TIME} <= numbers.keys():
        return None, cell
    fix = fix_at(
        numbers[_LATITUDE] * _MICRO,
        numbers[_LONGITUDE] * _MICRO,
        span,
        unix_time(_SINCE_2000 + numbers[_TIME]),
        valid=bool(numbers[_VALID]) if _VALID in numbers else None,
        speed=numbers.get(_SPEED),
        course=numbers.get(_COURSE),
    )
    return fix, cell


def _ccc(cursor: Cursor) -> Iterator[tuple[Fix | None, Cell | None]]:
    cursor.skip(2)
    size = cursor.u16_le()
    cursor.skip(4)
    if size < _RECORD:
        raise DecodeError(f"a CCC record of {size} bytes is too short")
    while cursor.left >= size:
        record = cursor.part(size)
        record.skip(1)
        span = (record.at, record.at + 8)
        latitude, longitude = record.i32_le() * _MICRO, record.i32_le() * _MICRO
        time = unix_time(_SINCE_2000 + record.u32_le())
        valid = bool(record.u8())
        record.skip(2)  # satellites, signal
        speed, course = record.u16_le(), record.u16_le()
        record.skip(12)  # dilution, altitude, distance, run time
        cell = Cell(record.u16_le(), record.u16_le(), record.u16_le(), record.u16_le())
        yield fix_at(latitude, longitude, span, time, valid=valid, speed=speed, course=course), cell


DIALECT = FramedDialect(
    name="meitrack",
    anchors=(rb"\$\$[A-~]\d{1,4},\d{10,15},CC[CE],",),
    measure=measure,
    read=read,
    limit=10_010,
)
