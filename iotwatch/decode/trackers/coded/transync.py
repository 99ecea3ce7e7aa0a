"""Transync trackers.

Source: read off one sample. ``3A 3A``, length of what follows the area code less 5 (1), area code (2), IMEI in packed
digits (8), serial (2), kind (1), time as six plain bytes, latitude and longitude as minutes x 30000, speed (1), course
(2), MNC (1), cell (2), further fields, ``23 23``. One sample proves no hemisphere bits and no checksum.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

SHORTEST = 40
END = b"##"


def _measure(window: bytes) -> int | None:
    if len(window) < SHORTEST or window[:2] != b"::" or not window[5:13].hex().isdecimal() or window[5] >= 0x10:
        return None
    end = window.find(END, SHORTEST - 2)
    return end + 2 if end > 0 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    cursor = Cursor(frame, 3, len(frame) - 2)
    area = cursor.u16()
    device = bcd(cursor.take(8))[1:]
    cursor.skip(3)
    start = cursor.at
    time = binary_time(cursor.take(6))
    if time is None:
        return None
    latitude, longitude = cursor.i32() / 1.8e6, cursor.i32() / 1.8e6
    fix = fix_at(latitude, longitude, (start, cursor.at), time, valid=True, speed=float(cursor.u8()))
    cursor.skip(1)
    mnc, cell = cursor.u16() & 0xFF, cursor.u16()
    return Frame(
        kind="position",
        fixes=(fix,),
        cells=(Cell(0, mnc, area, cell),) if area and cell else (),
        device=device,
        device_at=(5, 13),
        doubts=("the hemisphere is not proven",),
    )


DIALECT = FramedDialect(
    name="transync", anchors=(rb"::[\x20-\xff][\x00-\xff]{2}[\x00-\x09]",), measure=_measure, read=_read, limit=512
)
