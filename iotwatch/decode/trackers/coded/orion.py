"""Orion ET-100, ET-500, OBDTrac.

Source: read off the samples. ``PW``, state (1), kind and count (1), unit (4), serial and length of the record, two
bytes, latitude and longitude as ``ddmm.mmmm`` x 10000 (little endian), altitude, course, speed (2 each), time as six
plain bytes ``yy mm dd hh mm ss``, further fields, CRC-16/XMODEM of all before (little endian).
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, binary_time, degrees_minutes
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

RECORD_AT, PLACE_AT = 8, 12
SHORTEST = 34
SPARE = 16


def _measure(window: bytes) -> int | None:
    """The end is where the CRC holds: some units send a few bytes more than the record's length says."""
    if len(window) < SHORTEST + 2 or window[:2] != b"PW":
        return None
    stated = RECORD_AT + window[9] + 2
    for size in range(stated, min(stated + SPARE, len(window)) + 1):
        if size > SHORTEST and crc16_xmodem(window[: size - 2]) == int.from_bytes(window[size - 2 : size], "little"):
            return size
    return stated if stated > len(window) else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    device = str(int.from_bytes(frame[4:8], "big"))
    cursor = Cursor(frame, PLACE_AT, len(frame) - 2)
    latitude, longitude = degrees_minutes(cursor.i32_le() / 1e4), degrees_minutes(cursor.i32_le() / 1e4)
    altitude, course, speed = cursor.i16_le(), cursor.u16_le(), cursor.u16_le()
    time = binary_time(cursor.take(6))
    fix = fix_at(
        latitude, longitude, (PLACE_AT, cursor.at), time,
        valid=None if time else False, altitude=float(altitude), course=float(course), speed=float(speed),
    )  # fmt: skip
    return Frame(kind="position", fixes=(fix,), device=device, device_at=(4, 8), checksum="ok")


DIALECT = FramedDialect(
    name="orion", rank=10, anchors=(rb"PW[\x00-\xff][\x40-\x4f]",), measure=_measure, read=_read, limit=512
)
