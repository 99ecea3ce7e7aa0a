"""Continental VDO trackers: TCP.

Source: reference samples. ``53 56`` length(2, whole frame) version(1) serial(4) product(1) type(1) time(4, Unix)
latitude(4) longitude(4) course(2) speed(2) valid(1) time(4) ...; coordinates are seconds of arc in the low 24 bits,
two's complement. No check value.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.trackers.fields import Cursor, unix_time
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

REPORT = 0x02
SHORTEST = 32


class Continental(FrameDialect):
    """Continental VDO trackers."""

    name: ClassVar[str] = "continental"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"SV[\x00-\x03][\s\S]{6}",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"SV(?=[\0-\3])")

    def measure(self, data: bytes, at: int, end: int) -> int:
        if data[at : at + 2] != b"SV" or end - at < SHORTEST:
            return 0
        size = int.from_bytes(data[at + 2 : at + 4], "big")
        return size if SHORTEST <= size <= end - at else 0

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        cursor = Cursor(frame, 5)
        serial = cursor.u32()
        cursor.skip(1)
        kind, time = cursor.u8(), unix_time(cursor.u32())
        if time is None:
            raise DecodeError("a Continental frame without a time")
        report.fields["type"] = kind
        report.device(str(serial), "terminal.serial")
        if kind != REPORT:
            report.confidence = Confidence.POSSIBLE
            return
        latitude, longitude = _degrees(cursor), _degrees(cursor)
        course, speed, valid = cursor.u16(), cursor.u16(), cursor.u8()
        if course > 360 or valid > 1 or unix_time(cursor.u32()) is None:
            raise DecodeError("a Continental report without a place")
        report.fix(latitude, longitude, time=time, valid=bool(valid), course=course, speed=speed)


def _degrees(cursor: Cursor) -> float:
    cursor.skip(1)
    value = cursor.u24()
    return (value - (1 << 24) if value & 0x800000 else value) / 3600


DIALECT = Continental()
