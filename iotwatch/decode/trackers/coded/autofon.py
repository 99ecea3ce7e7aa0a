"""AutoFon beacons: TCP.

Source: reference samples; AutoFon's SE protocol names the fields. ``10`` a login of 12 bytes, ``41`` a login of 19
(newer), both alone in what is sent, ``11`` a report of 78. ``12``, a history of 257, and ``02``, the newer report of 34,
are known by description only. The last byte is a check value that was not verified here. Coordinates are integers
``ddmmmmmm``: degrees times a million plus minutes times ten thousand.
"""

from __future__ import annotations

import math

from iotwatch.decode.fields import Cursor, bcd, clock, degrees_minutes
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

LOGIN, REPORT, HISTORY, LATER_LOGIN, LATER_REPORT = 0x10, 0x11, 0x12, 0x41, 0x02
SIZES = {LOGIN: 12, REPORT: 78, HISTORY: 257, LATER_LOGIN: 19, LATER_REPORT: 34}
CELL_AT = 46
LATER_STATUS_AT = 15


def _measure(window: bytes) -> int:
    size = SIZES.get(window[0], 0)
    if not size or len(window) < size or (window[0] not in (REPORT, HISTORY) and len(window) != size):
        return 0
    try:
        _fill(window[:size], Report())
    except DecodeError:
        return 0
    return size


def _fill(frame: bytes, report: Report) -> None:
    report.fields["type"] = f"{frame[0]:02x}"
    if frame[0] == REPORT:
        _read_report(Cursor(frame, CELL_AT), report)
        return
    if frame[0] == LATER_REPORT:
        _read_later_report(Cursor(frame, LATER_STATUS_AT), report)
        return
    if frame[0] == HISTORY:
        _read_history(frame, report)
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
        speed=cursor.u8() * KNOT,
        course=cursor.u8() * 2,
    )


def _read_history(frame: bytes, report: Report) -> None:
    """Records like a report's second half; where each begins is found by its date and minutes of arc."""
    at = 4
    while at + 27 <= len(frame):
        try:
            _read_report(Cursor(frame, at), report)
        except DecodeError:
            at += 1
        else:
            at += 27
    if not report.fixes:
        raise DecodeError("an AutoFon history without a report")


def _read_later_report(cursor: Cursor, report: Report) -> None:
    """Status(1) time(3, the number hhmmss) date(3, the number ddmmyy), degrees(1) and minutes(3: 20 bits times 10,000,
    the lowest of the other four set for north or east) twice, speed(1, knots) course(2)."""
    status, clocked, dated = cursor.u8(), cursor.u24(), cursor.u24()
    time = clock(
        dated % 100, dated // 100 % 100, dated // 10_000, clocked // 10_000, clocked // 100 % 100, clocked % 100
    )
    if time is None:
        raise DecodeError("an AutoFon report without a time")
    latitude, longitude = _later_degrees(cursor), _later_degrees(cursor)
    report.fields["satellites"] = status & 0x3F
    report.fix(latitude, longitude, time=time, valid=status >= 0x40, speed=cursor.u8() * KNOT, course=cursor.u16())


def _later_degrees(cursor: Cursor) -> float:
    degrees, minutes = cursor.u8(), cursor.u24()
    value = degrees + (minutes >> 4) / 600_000
    if value > 180 or minutes >> 4 >= 600_000:
        raise DecodeError("an AutoFon coordinate is impossible")
    return value if minutes & 1 else -value


def _degrees(value: int) -> float:
    return degrees_minutes(math.copysign(abs(value) / 1e4, value))


DIALECT = FramedDialect(
    name="autofon",
    rank=70,
    anchors=(
        rb"\x10[\s\S]{2}[\x00-\x09]",
        rb"\x41[\x00-\x09]",
        rb"\x11[\x01-\x80]",
        rb"[\x02\x12]",
    ),
    measure=_measure,
    read=gathered(_fill, unproven=Confidence.POSSIBLE),
)
