"""Omnicomm Profi and Optim terminals.

Source: the frame, its CRC and the groups are read off the samples; the epoch is checked against the frame's own time.
``C0``, command (1), length of the data (2, little endian), data, CRC-16/CCITT-FALSE of all from the command (2, big
endian); inside, ``C0`` and ``DB`` are sent as ``DB DC`` and ``DB DD``. The data of command 80 begin with the terminal's
number (4, little endian). Those of command 86 are number, time (4 each, little endian, seconds since 2009) and priority (1),
then records of length (2) and a Protocol Buffers message whose parts are groups: group 2 the time (field 1), group 5 the
place (latitude and longitude as zigzag 1e-7 degrees, altitude, speed).
"""

from __future__ import annotations

import calendar

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError

EPOCH = calendar.timegm((2009, 1, 1, 0, 0, 0))
HEAD = 4
LOGIN, RECORDS = 0x80, 0x86
KINDS = {
    LOGIN: "login",
    0x85: "request",
    0x86: "records",
    0x87: "confirmation",
    0x88: "request",
    0x8B: "command",
    0x93: "command",
}
GENERAL, PLACE = 2, 5
LATITUDE, LONGITUDE, ALTITUDE, SATELLITES = 1, 2, 3, 5
VARINT, FIXED64, BYTES, START, END, FIXED32 = 0, 1, 2, 3, 4, 5
DEPTH = 8


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 2 or window[0] != 0xC0 or window[1] not in KINDS:
        return None
    wanted = HEAD + int.from_bytes(_plain(window[: HEAD + 4])[2:4], "little") + 2
    end = window.find(b"\xc0", 1)
    if len(window) >= wanted and _is_good(window[:wanted]):
        return wanted
    # escaped bytes make it longer, and the next frame's start is the end
    stop = len(window) if end < 0 else end
    if len(_plain(window[:stop])) == wanted:
        return stop
    return wanted if end < 0 and wanted > len(window) else None


def _is_good(plain: bytes) -> bool:
    return crc16_ccitt_false(plain[1:-2]) == int.from_bytes(plain[-2:], "big")


def _plain(frame: bytes) -> bytes:
    return frame.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    wanted = HEAD + int.from_bytes(frame[2:4], "little") + 2
    plain = frame if len(frame) == wanted else _plain(frame)
    good = _is_good(plain)
    if plain[1] == LOGIN and good:
        number = str(Cursor(plain, HEAD).u32_le())
        return Frame(
            kind=KINDS[LOGIN], device=number, device_at=(HEAD, HEAD + 4) if plain is frame else None, checksum="ok"
        )
    if plain[1] != RECORDS:
        return Frame(kind=KINDS[plain[1]], checksum="ok") if good else None
    cursor = Cursor(plain, HEAD + 9, len(plain) - 2)
    fixes: list[Fix] = []
    while cursor.left > 2:
        record = cursor.part(cursor.u16_le())
        span = (record.at, record.end) if plain is frame else (0, len(frame))
        fix = _fix(_numbers(record), span)
        if fix is not None:
            fixes.append(fix)
    return Frame(kind="records", fixes=tuple(fixes), checksum=checked(good=good))


def _fix(numbers: dict[tuple[int, int], int], span: tuple[int, int]) -> Fix | None:
    if (PLACE, LATITUDE) not in numbers or (PLACE, LONGITUDE) not in numbers:
        return None
    seconds = numbers.get((GENERAL, 1))
    latitude, longitude = _zigzag(numbers[PLACE, LATITUDE]) / 1e7, _zigzag(numbers[PLACE, LONGITUDE]) / 1e7
    satellites = numbers.get((PLACE, SATELLITES))
    return fix_at(
        latitude, longitude, span, None if seconds is None else unix_time(EPOCH + seconds),
        valid=None if satellites is None else satellites > 0,
    )  # fmt: skip


def _numbers(record: Cursor) -> dict[tuple[int, int], int]:
    """The varints by the group they stand in (0: none) and their own number; the first of each counts."""
    numbers: dict[tuple[int, int], int] = {}
    groups = [0]
    while record.left:
        tag = _varint(record)
        number, kind = tag >> 3, tag & 7
        if kind == VARINT:
            numbers.setdefault((groups[-1], number), _varint(record))
        elif kind == START and len(groups) < DEPTH:
            groups.append(number)
        elif kind == END and len(groups) > 1:
            groups.pop()
        elif kind in {FIXED64, FIXED32}:
            record.skip(8 if kind == FIXED64 else 4)
        elif kind == BYTES:
            record.skip(_varint(record))
        else:
            raise DecodeError("the record is no message of groups")
    return numbers


def _varint(cursor: Cursor) -> int:
    value = 0
    for shift in range(0, 70, 7):
        byte = cursor.u8()
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise DecodeError("a number is longer than ten bytes")


def _zigzag(value: int) -> int:
    return value >> 1 ^ -(value & 1)


DIALECT = FramedDialect(
    name="omnicomm",
    rank=10,
    anchors=(rb"\xc0[\x80\x85-\x88\x8b\x93][\x00-\xff][\x00-\x0f]",),
    measure=_measure,
    read=_read,
    limit=8192,
)
