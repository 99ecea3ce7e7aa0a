"""Continental VDO trackers: TCP.

Source: reference samples. ``53 56`` length(2, whole frame) version(1) serial(4) product(1) type(1) time(4, Unix)
latitude(4) longitude(4) course(2) speed(2) valid(1) time(4) ...; coordinates are seconds of arc in the low 24 bits,
two's complement; a finer form whose first byte is not zero is known by description only. No check value.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.kinds import Kind

REPORT = 0x02
SHORTEST = 32


def _measure(window: bytes) -> int:
    if window[:2] != b"SV" or len(window) < SHORTEST:
        return 0
    size = int.from_bytes(window[2:4], "big")
    return size if SHORTEST <= size <= len(window) else 0


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame, 5)
    serial = cursor.u32()
    cursor.skip(1)
    kind, time = cursor.u8(), unix_time(cursor.u32())
    if time is None:
        raise DecodeError("a Continental frame without a time")
    report.fields["type"] = kind
    report.device(str(serial), Kind.TERMINAL_SERIAL)
    if kind != REPORT:
        report.confidence = Confidence.POSSIBLE
        return
    finer = cursor.peek() != b"\0"
    latitude, longitude = _degrees(cursor, finer=finer), _degrees(cursor, finer=finer)
    course, speed, valid = cursor.u16(), cursor.u16(), cursor.u8()
    if course > 360 or valid > 1 or unix_time(cursor.u32()) is None:
        raise DecodeError("a Continental report without a place")
    report.fix(latitude, longitude, time=time, valid=bool(valid), course=course, speed=speed)


def _degrees(cursor: Cursor, *, finer: bool) -> float:
    """Two's complement of 24 bits in seconds of arc, or the finer form of 28 bits in hundredths of them."""
    bits = 28 if finer else 24
    value = cursor.u32() & ((1 << bits) - 1)
    return (value - (1 << bits) if value >> (bits - 1) else value) / (360_000 if finer else 3600)


DIALECT = FramedDialect(
    name="continental",
    anchors=(rb"SV[\x00-\x03][\s\S]{6}",),
    measure=_measure,
    read=gathered(_fill),
)
