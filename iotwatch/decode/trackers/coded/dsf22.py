"""DSF22 loggers: TCP and UDP.

Source: reference samples. ``46 42`` id(2 LE) count(1), then records of 16 bytes: latitude(4) longitude(4), both signed
times 1e7, time(4, Unix) speed(1, km/h) three more; all little endian. No check value: the length must be exact.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError

HEAD, RECORD = 5, 16


def _measure(window: bytes) -> int:
    if window[:2] != b"FB" or len(window) < HEAD + RECORD:
        return 0
    size = HEAD + RECORD * window[4]
    alone = size == len(window) or window[size : size + 2] == b"FB"
    return size if window[4] and alone and _record(Cursor(window, HEAD, len(window))) is not None else 0


def _fill(frame: bytes, report: Report) -> None:
    report.device(str(int.from_bytes(frame[2:4], "little")), "terminal.serial")
    cursor = Cursor(frame, HEAD)
    while cursor.left >= RECORD:
        record = _record(cursor)
        if record is None:
            raise DecodeError("a DSF22 record without a place")
        latitude, longitude, time = record
        report.fix(latitude, longitude, time=time, valid=True, speed=cursor.u8())
        cursor.skip(3)


def _record(cursor: Cursor) -> tuple[float, float, int] | None:
    latitude, longitude = cursor.i32_le() / 1e7, cursor.i32_le() / 1e7
    time = unix_time(cursor.u32_le())
    return None if time is None or not on_globe(latitude, longitude) else (latitude, longitude, time)


DIALECT = FramedDialect(
    name="dsf22",
    anchors=(rb"FB[\s\S]{2}[\x01-\xff]",),
    measure=_measure,
    read=gathered(_fill),
)
