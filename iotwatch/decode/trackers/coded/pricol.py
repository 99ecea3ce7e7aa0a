"""Pricol trackers: frames of 64 bytes between ``<`` and ``>``.

Source: read off the samples. ``<``, id (7 letters or digits), kind (1 letter), state (4), time as six plain bytes
``dd mm yy hh mm ss``, latitude as ``ddmm`` (2) and ten-thousandths of a minute (2) with its letter, longitude as
``dddmm`` (3) and ten-thousandths (2) with its letter, speed and inputs; the check value's rule is not known.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, clock, degrees_minutes
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

SIZE = 64
TIME_AT = 13


def _measure(window: bytes) -> int | None:
    size = window.find(b">", SIZE - 2, SIZE) + 1  # a unit that leaves out a byte was seen
    if not size or window[0] != 0x3C or not window[1:9].isalnum():
        return None
    return size if window[23:24] in {b"N", b"S"} and window[29:30] in {b"E", b"W"} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    day, month, year, hour, minute, second = frame[TIME_AT : TIME_AT + 6]
    time = clock(year, month, day, hour, minute, second) if year < 100 else None
    if time is None:
        return None
    cursor = Cursor(frame, TIME_AT + 6)
    latitude = degrees_minutes(cursor.u16() + cursor.u16() / 1e4)
    latitude = -latitude if cursor.u8() == ord("S") else latitude
    longitude = degrees_minutes(cursor.u24() + cursor.u16() / 1e4)
    longitude = -longitude if cursor.u8() == ord("W") else longitude
    fix = fix_at(latitude, longitude, (TIME_AT, cursor.at), time, valid=True)
    return Frame(kind="position", fixes=(fix,), device=frame[1:8].decode("ascii"), device_at=(1, 8))


DIALECT = FramedDialect(name="pricol", anchors=(rb"<[0-9A-Za-z]{7}[A-Z]",), measure=_measure, read=_read, limit=SIZE)
