"""SkyPatrol TT8750 and TT8740, binary reports over UDP.

Source: read off the samples. API number 5 (2), command (2), message (1), field mask (4), state (4), id in ASCII,
fields. The mask's bits that were seen set put the place together: date as plain ``dd mm yy``, GPS state (1), latitude
and longitude as ``ddmm.mmmm`` x 10000, speed and course (2 each), time ``hh mm ss``. No checksum,
so the place is found by its structure.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, clock, degrees_minutes
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import KNOT, Frame, FramedDialect, Session, fix_at
from iotwatch.errors import DecodeError

HEAD, BLOCK = 13, 19
ID_LIMIT = 22
_ID = re.compile(rb"[0-9A-Za-z ]{6,22}")


def _measure(window: bytes) -> int | None:
    return len(window) if len(window) > HEAD + BLOCK and window[:3] == b"\0\5\2" else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    found = _ID.match(frame, HEAD)
    if found is None:
        return None
    device = found[0].decode().strip()
    for at in range(found.end(), len(frame) - BLOCK + 1):
        if frame[at + 3] > 4:
            continue
        try:
            fix = _fix(frame, at)
        except DecodeError:
            continue
        if fix is not None:
            return Frame(kind="report", fixes=(fix,), device=device, device_at=found.span())
    return None


def _fix(frame: bytes, at: int) -> Fix | None:
    cursor = Cursor(frame, at)
    day, month, year, state = (cursor.u8() for _ in range(4))
    latitude, longitude = degrees_minutes(cursor.i32() / 1e4), degrees_minutes(cursor.i32() / 1e4)
    speed, course = cursor.u16() / 10, cursor.u16() / 10
    hour, minute, second = (cursor.u8() for _ in range(3))
    time = clock(year, month, day, hour, minute, second) if 0 < year < 100 else None
    if time is None or course > 360 or not latitude:
        return None
    return fix_at(latitude, longitude, (at, cursor.at), time, valid=state == 1, speed=speed * KNOT, course=course)


DIALECT = FramedDialect(
    name="skypatrol",
    rank=70,
    anchors=(rb"\x00\x05\x02[\x00-\x10][\x00-\x20]",),
    measure=_measure,
    read=_read,
    limit=512,
    resync=False,
)
