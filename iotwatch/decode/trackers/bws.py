"""BWS (Brasil) trackers: UDP.

Source: one reference sample, so the layout is only as good as that. Kind(1, zero) serial(4) type(1) length(1, of what
follows) time(4, Unix) latitude(4) longitude(4), both signed, in degrees times 360,000. No check value.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

SCALE = 360_000
HEAD = 7


class Bws(FrameDialect):
    """BWS trackers."""

    name: ClassVar[str] = "bws"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"\x00[\s\S]{4}[\x01-\x09][\x18-\x80]",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"\0.{4}[\x01-\x09][\x18-\x80]", re.DOTALL)
    unproven: ClassVar[Confidence] = Confidence.POSSIBLE

    def measure(self, data: bytes, at: int, end: int) -> int:
        if not self.start.match(data, at, end):
            return 0
        size = HEAD + data[at + 6]
        return size if size == end - at and self._place(data[at:end]) is not None else 0

    @staticmethod
    def _place(frame: bytes) -> tuple[int, float, float] | None:
        cursor = Cursor(frame, HEAD)
        time = unix_time(cursor.u32())
        latitude, longitude = cursor.i32() / SCALE, cursor.i32() / SCALE
        return None if time is None or not on_globe(latitude, longitude) else (time, latitude, longitude)

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        place = self._place(frame)
        if place is None:
            raise DecodeError("a BWS report without a place")
        report.device(frame[1:5].hex(), "terminal.serial")
        report.fix(place[1], place[2], time=place[0])


DIALECT = Bws()
