"""HYN600, a relative of Queclink's binary reports.

Source: public descriptions, read over the samples. ``+RPT:``, length of the whole frame (2), IMEI (8: two decimal digits a
byte), number (1), version (2), alarm and its state (1 each), mask (4), what the mask names, sending time (7), count (2), ``#``.
Mask: bit 0 frame count and id (2), 1 network (1), 2 battery (3), 3 places, 4 cell as MCC, MNC, area (2 each), cell (4), signal (1).
Places: mask (2), count (1), then each by its mask: bit 0 state (1), 1 HDOP (1), 2 speed (2), 3 course (2), 4 altitude (2),
5 latitude and 6 longitude (4 each, 1e-6 degrees), 7 date (7), 8 a byte of bits and a byte for each that is set. No checksum.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.coded.queclink import DATE, date, decimal_digits
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.errors import DecodeError

IMEI_AT, HEAD = 7, 15
TAIL = DATE + 3
HEADS = ((0, 2), (1, 1), (2, 3))
"""The bits of the mask whose parts stand before the places, and their sizes."""
PLACES, CELL = 1 << 3, 1 << 4


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[:5] != b"+RPT:" or not decimal_digits(window[IMEI_AT:HEAD]):
        return None
    size = int.from_bytes(window[5:7], "big")
    return size if size > HEAD + TAIL and window[size - 1 : size] in {b"#", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    sent = date(frame[-TAIL : DATE - TAIL])
    if sent is None:
        return None
    cursor = Cursor(frame, HEAD + 5, len(frame) - TAIL)
    mask = cursor.u32()
    for bit, size in HEADS:
        cursor.skip(size if mask >> bit & 1 else 0)
    fixes: list[Fix] = []
    if mask & PLACES:
        places, count = cursor.u16(), cursor.u8()
        fixes = [_fix(cursor, places) for _ in range(count)]
    cells = _cell(cursor) if mask & CELL else []
    device = decimal_digits(frame[IMEI_AT:HEAD])
    return Frame(
        kind="report", fixes=tuple(fixes), cells=tuple(cells), device=device, device_at=(IMEI_AT, HEAD), time=sent
    )


def _fix(cursor: Cursor, mask: int) -> Fix:
    """The next place; a mask without coordinates states none."""
    if mask & 0x60 != 0x60:
        raise DecodeError("a place without coordinates")
    start = cursor.at
    valid = cursor.u8() > 0 if mask & 1 else None
    cursor.skip(1 if mask & 2 else 0)
    speed = float(cursor.u16()) if mask & 4 else None
    course = float(cursor.u16()) if mask & 8 else None
    altitude = float(cursor.i16()) if mask & 0x10 else None
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    time = date(cursor.take(DATE)) if mask & 0x80 else None
    cursor.skip(cursor.u8().bit_count() if mask & 0x100 else 0)
    return fix_at(
        latitude, longitude, (start, cursor.at), time, valid=valid, speed=speed, course=course, altitude=altitude
    )


def _cell(cursor: Cursor) -> list[Cell]:
    mcc, mnc, area, cell = cursor.u16(), cursor.u16(), cursor.u16(), cursor.u32()
    return [Cell(mcc, mnc, area, cell)] if 200 <= mcc < 800 and mnc < 1000 and area and cell < 1 << 28 else []


DIALECT = FramedDialect(name="hyn600", anchors=(rb"\+RPT:[\x00-\x07]",), measure=_measure, read=_read)
