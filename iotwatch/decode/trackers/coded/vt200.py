"""Autofleet/Haicom VT200 and HI-600 kin.

Source: reference facts: VT200 (packed degrees and minutes, last half byte is flags); the rest read off the samples.
``28``, id in packed digits (6), command (2), length of the body (2), body, XOR of all after the first byte, ``29``.
Inside, ``3D`` is an escape: the next byte is XORed with 3D.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, clock, digits_degrees
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

KINDS = {
    0x2082: "position", 0x2084: "position", 0x2086: "position", 0x2088: "trip", 0x3088: "trip", 0x3089: "position",
    0x1088: "heartbeat", 0x008E: "request", 0x1080: "login",
}  # fmt: skip
LOCATED = {0x2082, 0x2084, 0x2086, 0x3089}
VALID, NORTH, EAST = 1, 2, 4
HEAD, PLACE_AT, PLACE = 11, 14, 15
ENDS = 8
_ESCAPED = re.compile(rb"\x3d([\x00-\xff])", re.DOTALL)


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 2 or not window[1:7].hex().isdecimal():
        return None
    size = HEAD + int.from_bytes(window[9:11], "big") + 2
    if window[size - 1 : size] == b")" and xor8(window[1 : size - 2]) == window[size - 2]:
        return size
    end = size - 2
    for _ in range(ENDS):  # escapes make the frame longer on the wire
        end = window.find(b")", end + 1)
        if not 0 <= end < 2 * size:
            break
        if len(_plain(window[: end + 1])) == size:
            return end + 1
    return size if window[size - 1 : size] == b")" else None


def _plain(frame: bytes) -> bytes:
    return _ESCAPED.sub(lambda found: bytes([found[1][0] ^ 0x3D]), frame)


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    stated = HEAD + int.from_bytes(frame[9:11], "big") + 2
    plain = frame if len(frame) == stated else _plain(frame)
    good = xor8(plain[1:-2]) == plain[-2]
    command = int.from_bytes(plain[7:9], "big")
    fixes: tuple[Fix, ...] = ()
    if command in LOCATED:
        span = (PLACE_AT, min(PLACE_AT + PLACE, len(frame) - 2)) if plain is frame else (0, len(frame))
        fixes = (_fix(Cursor(plain, PLACE_AT, len(plain) - 2), span),)
    if not good and not fixes:
        return None
    return Frame(
        kind=KINDS.get(command, f"command {command:04x}"),
        fixes=fixes,
        device=frame[1:7].hex(),
        device_at=(1, 7),
        checksum=checked(good=good),
        confidence=None if fixes else Confidence.LIKELY,  # eight bits of XOR and no content to look at
    )


def _fix(cursor: Cursor, span: tuple[int, int]) -> Fix:
    day, month, year, hour, minute, second = (int(cursor.bcd(1)) for _ in range(6))
    time = clock(year, month, day, hour, minute, second)
    if time is not None and not cursor.left:  # a report that ends here says that there is no place
        return fix_at(0.0, 0.0, span, time, valid=False)
    latitude = digits_degrees(cursor.bcd(4), 2)
    packed = cursor.take(5).hex()
    flags = int(packed[-1], 16)
    longitude = digits_degrees(packed[:-1], 3)
    if time is None:
        raise DecodeError("the time is impossible")
    return fix_at(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        span,
        time,
        valid=bool(flags & VALID),
    )


DIALECT = FramedDialect(
    name="vt200",
    anchors=(rb"\x28[\x00-\x99]{6}[\x00\x10\x20\x30][\x80-\x8f][\x00-\x03]",),
    measure=_measure,
    read=_read,
)
