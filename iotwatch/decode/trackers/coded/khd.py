"""KHD (KG100, KG200, KG300) and relatives.

Source: read off the samples. ``29 29``, type, length of what follows (2), id (4), body, XOR of all before, ``0D``.
The position block is time, latitude ``dddmm.mmm`` and longitude in packed digits (the top bit of each is the
sign), speed, course, and a state byte whose top bit says that the receiver has a fix.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, bcd_time, digits_degrees
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError

POSITIONS = {
    0x80: "position", 0x81: "answer", 0x82: "alarm", 0x83: "dispatch", 0x84: "text", 0x85: "answer", 0x8E: "stored",
    0x8F: "stored", 0xA3: "peripheral",
}  # fmt: skip
OTHERS = {
    0xB1: "login", 0xD8: "ic card", 0x21: "answer", 0x30: "locate", 0x34: "set interval", 0x38: "restore engine",
    0x39: "cut engine",
}  # fmt: skip
FROM_DEVICE = 0x80
STATE_AT = 27


def _measure(window: bytes) -> int | None:
    if len(window) < 10 or (window[2] < FROM_DEVICE and window[2] not in OTHERS):
        return None
    size = 5 + int.from_bytes(window[3:5], "big")
    if size >= 10 and window[size - 1 : size] in {b"\r", b""}:
        return size
    end = window.find(b"\r", STATE_AT, STATE_AT + 64)  # a few units miscount
    while end > 0 and xor8(window[: end - 1]) != window[end - 1]:
        end = window.find(b"\r", end + 1, STATE_AT + 64)
    if end < 0 and STATE_AT + 2 < len(window) < STATE_AT + 64 and window.endswith(b"\r"):
        return len(window)
    return end + 1 if end > 0 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    good = xor8(frame[:-2]) == frame[-2]
    kind = frame[2]
    fixes: tuple[Fix, ...] = ()
    if kind >= FROM_DEVICE and kind not in OTHERS and len(frame) > STATE_AT + 2:
        fixes = (position(frame, 9),)
    elif not good or kind in POSITIONS:
        return None
    return Frame(
        kind=POSITIONS.get(kind) or OTHERS.get(kind) or f"type {kind:02x}",
        fixes=fixes,
        device=frame[5:9].hex(),
        device_at=(5, 9),
        checksum=checked(good=good),
    )


def position(frame: bytes, at: int) -> Fix:
    """The 19-byte block at byte ``at``: time, place, speed, course, state."""
    cursor = Cursor(frame, at)
    time = bcd_time(cursor.take(6))
    latitude, longitude = _angle(cursor.take(4)), _angle(cursor.take(4))
    speed, course, state = int(cursor.bcd(2)), int(cursor.bcd(2)), cursor.u8()
    if course > 360 or (time is None and latitude):
        raise DecodeError("the block has no such course or time")
    return fix_at(
        latitude, longitude, (at, cursor.at), time, valid=bool(state & 0x80), speed=float(speed), course=float(course)
    )


def _angle(packed: bytes) -> float:
    digits = bcd(bytes([packed[0] & 0x7F]) + packed[1:])
    angle = digits_degrees(digits, 3)
    return -angle if packed[0] & 0x80 else angle


DIALECT = FramedDialect(
    name="khd",
    anchors=(rb"\x29\x29[\x21\x30-\x39\x80-\xdf][\x00-\x07]",),
    measure=_measure,
    read=_read,
)
