"""NIOT (relatives of KHD with minutes instead of packed digits).

Source: read off the samples. ``58 58``, type, length of what follows (2), IMEI in packed digits (8), time in packed
digits (6), latitude and longitude as minutes x 30000 with the sign in the top bit, speed and course in packed digits
(2 each), state (top bit: the receiver has a fix), further blocks, XOR of all before, ``0D``.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd_time
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.words.identity import imei_of_bcd

POSITION, LOGIN = 0x80, 0xB1
HEAD = 5


def _measure(window: bytes) -> int | None:
    if len(window) < 16 or window[:2] != b"XX" or window[2] < 0x80:
        return None
    size = HEAD + int.from_bytes(window[3:5], "big")
    return size if size > 14 and window[size - 1 : size] in {b"\r", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    good = xor8(frame[:-2]) == frame[-2]
    cursor = Cursor(frame, HEAD, len(frame) - 2)
    device = imei_of_bcd(cursor.bcd(8))
    if frame[2] != POSITION:
        kind = "login" if frame[2] == LOGIN else f"type {frame[2]:02x}"
        return Frame(kind=kind, device=device, device_at=(5, 13), checksum="ok") if good else None
    start = cursor.at
    time = bcd_time(cursor.take(6))
    latitude, longitude = _angle(cursor.u32()), _angle(cursor.u32())
    speed, course = int(cursor.bcd(2)), int(cursor.bcd(2))
    valid = bool(cursor.u8() & 0x80)
    if time is None and not good:
        return None
    fix = fix_at(latitude, longitude, (start, cursor.at), time, valid=valid, speed=float(speed), course=float(course))
    return Frame(kind="position", fixes=(fix,), device=device, device_at=(5, 13), checksum=checked(good=good))


def _angle(value: int) -> float:
    angle = (value & 0x7FFFFFFF) / 1.8e6
    return -angle if value >> 31 else angle


DIALECT = FramedDialect(
    name="niot", anchors=(rb"XX[\x80-\xff][\x00-\x07][\x00-\xff][\x00-\x09]",), measure=_measure, read=_read
)
