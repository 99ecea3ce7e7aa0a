"""Nyitech OBD devices.

Source: read off the samples. ``40 40``, length of the whole frame (2, little endian), id as 12 ASCII digits, type
(2), time as six plain bytes ``dd mm yy hh mm ss``; then, at once or after three bytes of state, the place: its own
time, flags (bits 0-1 fix, 2 north, 3 east), latitude and longitude in thousandths of an arc second (little endian);
a check value whose rule we do not know (2), CR LF.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, clock
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

HEAD, TAIL = 18, 4
PLACES_AT = (HEAD, HEAD + 9)
BLOCK = 6 + 1 + 8
FIX, NORTH, EAST = 3, 4, 8
SCALE = 3_600_000


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 6 or window[:2] != b"@@" or not window[4:16].isdigit():
        return None
    size = int.from_bytes(window[2:4], "little")
    return size if size >= HEAD + TAIL and window[size - 2 : size] in {b"\r\n", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    time = _time(frame[HEAD : HEAD + 6])
    fixes: tuple[Fix, ...] = ()
    for at in PLACES_AT:
        block = frame[at : at + BLOCK]
        if len(frame) - TAIL < at + BLOCK or _time(block[:6]) is None or block[6] >> 4:
            continue
        fixes = (_fix(block, at),)
        break
    if time is None:
        return None
    kind = "position" if fixes else f"type {frame[16:18].hex()}"
    return Frame(kind=kind, fixes=fixes, device=frame[4:16].decode(), device_at=(4, 16), time=time)


def _time(data: bytes) -> int | None:
    return clock(data[2], data[1], data[0], data[3], data[4], data[5]) if len(data) == 6 and data[2] < 100 else None


def _fix(block: bytes, at: int) -> Fix:
    cursor = Cursor(block, 6)
    flags, latitude, longitude = cursor.u8(), cursor.u32_le() / SCALE, cursor.u32_le() / SCALE
    return fix_at(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        (at, at + BLOCK),
        _time(block[:6]),
        valid=bool(flags & FIX),
    )


DIALECT = FramedDialect(
    name="nyitech", anchors=(rb"@@[\x00-\xff][\x00-\x07][0-9]{12}[\x00-\x0f][\x00-\x3f]",), measure=_measure, read=_read
)
