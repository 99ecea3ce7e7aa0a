"""Navigil senior and child trackers.

Source: read off one sample, whose checksum holds. Little endian: version (2), serial (2), type (2), length of the
whole frame (2), flags (2), CRC-16/CCITT-FALSE of all from byte 20 (2), unit (4), time (4), body. The time counts leap
seconds (25 behind UTC in the sample of 2013). The snapshot's body begins with latitude and longitude in 1e-7 degrees.
"""

from __future__ import annotations

from iotwatch.decode.fields import SECOND, Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

SNAPSHOT = 15
LEAP = 25
HEAD = 20


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[:2] != b"\1\0":
        return None
    size = int.from_bytes(window[6:8], "little")
    return size if HEAD < size <= 1024 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if crc16_ccitt_false(frame[HEAD:]) != int.from_bytes(frame[10:12], "little"):
        return None
    cursor = Cursor(frame, 4)
    kind = cursor.u16_le()
    cursor.skip(6)
    device = str(cursor.u32_le())
    counted = unix_time(cursor.u32_le())
    if counted is None:
        return None
    time = counted - LEAP * SECOND
    if kind != SNAPSHOT:
        return Frame(kind=f"type {kind}", device=device, device_at=(12, 16), time=time, checksum="ok")
    latitude, longitude = cursor.i32_le() / 1e7, cursor.i32_le() / 1e7
    fix = fix_at(latitude, longitude, (16, cursor.at), time, valid=True)
    return Frame(kind="snapshot", fixes=(fix,), device=device, device_at=(12, 16), checksum="ok")


DIALECT = FramedDialect(
    name="navigil",
    anchors=(rb"\x01\x00[\x00-\xff]{2}[\x00-\x1f]\x00[\x00-\xff][\x00-\x04]",),
    measure=_measure,
    read=_read,
    limit=1024,
)
