"""Wialon Retranslator: what one telematics server passes on to another, over TCP.

Source: Gurtam, "Wialon Retranslator v1.0", from general knowledge: no sample was checked. Size of what follows(4, little
endian), id of the unit (text, ends with 0), time(4), flags(4), then blocks of ``0B BB`` size(4) hidden(1) type(1) name
(text, ends with 0) value; big endian but for floats. The block ``posinfo`` is the place.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

BLOCK = b"\x0b\xbb"
HAS_BLOCKS_AT = 8
POSINFO = "posinfo"
PLACE = struct.Struct("<ddd")
LONGEST = 16 << 10
LONGEST_NAME = 64


def _measure(window: bytes) -> int:
    if len(window) < 20:
        return 0
    size = int.from_bytes(window[:4], "little")
    return 4 + size if 20 <= size <= LONGEST else 0


def _named(cursor: Cursor) -> str:
    """The text up to the next zero byte, which is passed over."""
    end = cursor.data.find(b"\0", cursor.at, min(cursor.end, cursor.at + LONGEST_NAME))
    if end < 0:
        raise DecodeError("a name without an end")
    return text(cursor.take(end + 1 - cursor.at))


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame, 4)
    unit, time = _named(cursor), unix_time(cursor.u32())
    cursor.skip(4)
    if time is None or cursor.peek(2) != BLOCK:
        raise DecodeError("no blocks behind a time")
    report.device(unit, "imei" if is_imei(unit) else "device.id")
    while cursor.left:
        if cursor.take(2) != BLOCK:
            raise DecodeError("something else than a block")
        block = cursor.part(cursor.u32())
        block.skip(2)
        if _named(block) == POSINFO:
            _read_place(block, time, report)


def _read_place(block: Cursor, time: int, report: Report) -> None:
    """Longitude, latitude, altitude as float64, speed(2, km/h), course(2), satellites(1)."""
    longitude, latitude, altitude = PLACE.unpack(block.take(PLACE.size))
    report.fix(latitude, longitude, time=time, altitude=altitude, speed=block.u16(), course=block.u16())


DIALECT = FramedDialect(
    name="retranslator",
    anchors=(rb"[\x00-\xff]{2}[\x00-\x3f]\x00[0-9A-Za-z_.:-]{3,32}\x00[\x38-\x83][\x00-\xff]{7}\x0b\xbb",),
    measure=_measure,
    read=gathered(_fill),
    limit=4 + LONGEST,
)
