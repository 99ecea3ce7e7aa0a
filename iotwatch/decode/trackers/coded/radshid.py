"""Radshid trackers.

Source: read off one frame of two records. Length of the whole frame less 4 (4, little endian), version (1), unit (4),
count (1), equal records, check value (2) whose rule we do not know. A record ends with its state; from its ninth byte
on it holds Unix time (4), 16 bytes of inputs, latitude and longitude (4 each, 1e-7 degrees).
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence

HEAD, TAIL = 10, 2
TIME_AT, INPUTS = 9, 16
SHORTEST = TIME_AT + 4 + INPUTS + 8


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[4] != 1:
        return None
    size, count = 4 + int.from_bytes(window[:4], "little"), window[9]
    rest = size - HEAD - TAIL
    return size if count and rest % count == 0 and rest // count >= SHORTEST and size <= 4096 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    count = frame[9]
    size = (len(frame) - HEAD - TAIL) // count
    fixes = tuple(_fix(frame, HEAD + n * size) for n in range(count))
    if None in fixes:
        return None
    device = str(int.from_bytes(frame[5:9], "big"))
    return Frame(
        kind="position",
        fixes=tuple(fix for fix in fixes if fix),
        device=device,
        device_at=(5, 9),
        confidence=Confidence.POSSIBLE,
        doubts=("nothing but its structure proves the frame",),
    )


def _fix(frame: bytes, start: int) -> Fix | None:
    cursor = Cursor(frame, start + TIME_AT)
    time = unix_time(cursor.u32())
    cursor.skip(INPUTS)
    latitude, longitude = cursor.i32() / 1e7, cursor.i32() / 1e7
    if time is None:
        return None
    return fix_at(latitude, longitude, (start, cursor.at), time, valid=True)


DIALECT = FramedDialect(
    name="radshid",
    rank=70,
    anchors=(rb"[\x00-\xff][\x00-\x0f]\x00\x00\x01[\x00-\xff]{4}[\x01-\x40]",),
    measure=_measure,
    read=_read,
    weak=True,
)
