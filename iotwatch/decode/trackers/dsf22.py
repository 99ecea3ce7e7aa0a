"""DSF22 loggers: TCP and UDP.

Source: reference samples. ``46 42`` id(2 LE) count(1), then records of 16 bytes: latitude(4) longitude(4), both signed
times 1e7, time(4, Unix) speed(1, km/h) three more; all little endian. No check value: the length must be exact.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError

HEAD, RECORD = 5, 16


class Dsf22(FrameDialect):
    """DSF22 loggers."""

    name: ClassVar[str] = "dsf22"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"FB[\s\S]{2}[\x01-\xff]",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"FB(?=..[\x01-\xff])", re.DOTALL)

    def measure(self, data: bytes, at: int, end: int) -> int:
        if data[at : at + 2] != b"FB" or end - at < HEAD + RECORD:
            return 0
        size = HEAD + RECORD * data[at + 4]
        alone = at + size == end or data[at + size : at + size + 2] == b"FB"
        return size if data[at + 4] and alone and _record(Cursor(data, at + HEAD, end)) is not None else 0

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
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


DIALECT = Dsf22()
