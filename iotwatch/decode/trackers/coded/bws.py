"""BWS (Brasil) trackers: UDP.

Source: one reference sample, so the layout is only as good as that. Kind(1, zero) serial(4) type(1) length(1, of what
follows) time(4, Unix) latitude(4) longitude(4), both signed, in degrees times 360,000. No check value.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

SCALE = 360_000
HEAD = 7


def _measure(window: bytes) -> int:
    if len(window) < HEAD:
        return 0
    size = HEAD + window[6]
    return size if size == len(window) and _place(window) is not None else 0


def _place(frame: bytes) -> tuple[int, float, float] | None:
    cursor = Cursor(frame, HEAD)
    time = unix_time(cursor.u32())
    latitude, longitude = cursor.i32() / SCALE, cursor.i32() / SCALE
    return None if time is None or not on_globe(latitude, longitude) else (time, latitude, longitude)


def _fill(frame: bytes, report: Report) -> None:
    place = _place(frame)
    if place is None:
        raise DecodeError("a BWS report without a place")
    report.device(frame[1:5].hex(), "terminal.serial")
    report.fix(place[1], place[2], time=place[0])


DIALECT = FramedDialect(
    name="bws",
    anchors=(rb"\x00[\s\S]{4}[\x01-\x09][\x18-\x80]",),
    measure=_measure,
    read=gathered(_fill, unproven=Confidence.POSSIBLE),
)
