"""Suntech's binary form: ``81`` or ``82``, length(2), id(5 packed digits), mask(3), and the fields that the mask names.

Coordinates are sign and magnitude, 1e-6 degrees; dates and times plain binary. Read is the standard field set (the low 22 bits of
the mask); no checksum. Source: reference facts, Suntech, with the order of fields read off samples. The text form is data:
``dialects/suntech.toml``.
"""

from __future__ import annotations

from iotwatch.decode.message import Cell
from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.trackers.frames import Frame, FramedDialect, Session, fix_at

_STANDARD = 0x3FFFFF


def measure(window: bytes) -> int | None:
    return int.from_bytes(window[1:3], "big") + 3 if len(window) >= 3 else None


def read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    """Model, version, date, time, cell, place, speed and course in hundredths, satellites, fix."""
    cursor = Cursor(frame)
    cursor.skip(3)
    device = bcd(cursor.take(5))
    if cursor.uint(3) & _STANDARD != _STANDARD:
        return None
    cursor.skip(5)
    time = binary_time(cursor.take(6))
    if time is None:
        return None
    cid, mcc, mnc, lac = cursor.u32(), cursor.u16(), cursor.u16(), cursor.u16()
    cursor.skip(1)
    at = cursor.at
    latitude, longitude = _degrees(cursor.u32()), _degrees(cursor.u32())
    speed, course = cursor.u16() / 100, cursor.u16() / 100
    cursor.skip(1)
    fix = fix_at(latitude, longitude, (at, at + 8), time, valid=cursor.u8() == 1, speed=speed, course=course)
    cells = (Cell(mcc, mnc, lac, cid),) if mcc and cid else ()
    return Frame(kind=f"{frame[0]:02x}", fixes=(fix,), cells=cells, device=device, device_at=(3, 8), time=time)


def _degrees(raw: int) -> float:
    return (-1 if raw >> 31 else 1) * (raw & 0x7FFFFFFF) / 1e6


DIALECT = FramedDialect(
    name="suntech",
    anchors=(rb"[\x81\x82]\x00[\x30-\xff][\x00-\x99]{5}[\x3f\x7f\xff]\xff\xff",),
    measure=measure,
    read=read,
    limit=300,
    weak=True,
)
