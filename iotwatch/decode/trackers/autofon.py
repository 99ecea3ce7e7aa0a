"""AutoFon beacons: TCP.

Source: reference samples; AutoFon's SE protocol names the fields. ``10`` a login of 12 bytes, ``41`` a login of 19
(newer), both alone in what is sent, ``11`` a report of 78; the last byte is a check value that was not verified here.
Coordinates are integers ``ddmmmmmm``: degrees times a million plus minutes times ten thousand.
"""

from __future__ import annotations

import math
import re
from typing import ClassVar

from iotwatch.decode.trackers.fields import Cursor, bcd, clock, degrees_minutes
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

LOGIN, REPORT, LATER_LOGIN = 0x10, 0x11, 0x41
SIZES = {LOGIN: 12, REPORT: 78, LATER_LOGIN: 19}
CELL_AT = 46


class Autofon(FrameDialect):
    """AutoFon beacons."""

    name: ClassVar[str] = "autofon"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"\x10[\s\S]{2}[\x00-\x09]", rb"\x41[\x00-\x09]", rb"\x11[\x01-\x80]")
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"[\x10\x11\x41]")
    unproven: ClassVar[Confidence] = Confidence.POSSIBLE

    def measure(self, data: bytes, at: int, end: int) -> int:
        size = SIZES.get(data[at], 0)
        if not size or end - at < size or (data[at] != REPORT and end - at != size):
            return 0
        try:
            self.read(data[at : at + size], Report(), Session())
        except DecodeError:
            return 0
        return size

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        report.fields["type"] = f"{frame[0]:02x}"
        if frame[0] == REPORT:
            _read_report(Cursor(frame, CELL_AT), report)
            return
        digits = bcd(frame[3:11] if frame[0] == LOGIN else frame[1:9])
        if digits[0] != "0" or digits[1] == "0":
            raise DecodeError("an AutoFon login without an IMEI")
        report.device(digits[1:])


def _read_report(cursor: Cursor, report: Report) -> None:
    """MCC(2) MNC(2) LAC(2) CID(2) status(1: bits 6-7 valid, bits 0-5 satellites) dd mm yy hh mm ss, latitude(4)
    longitude(4) altitude(2) speed(1, knots) course(1, 2 degrees)."""
    mcc, mnc, lac, cid = cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16()
    status = cursor.u8()
    day, month, year, hour, minute, second = cursor.take(6)
    time = clock(year, month, day, hour, minute, second)
    if time is None:
        raise DecodeError("an AutoFon report without a time")
    latitude, longitude = _degrees(cursor.i32()), _degrees(cursor.i32())
    report.cell(mcc, mnc, lac, cid)
    report.fields["satellites"] = status & 0x3F
    altitude = cursor.i16()
    report.fix(
        latitude,
        longitude,
        time=time,
        valid=status >= 0x40,
        altitude=altitude,
        speed=cursor.u8() * 1.852,
        course=cursor.u8() * 2,
    )


def _degrees(value: int) -> float:
    return degrees_minutes(math.copysign(abs(value) / 1e4, value))


DIALECT = Autofon()
