"""Cellocator (PowerFleet) units: TCP and UDP.

Source: reference facts for Cellocator; the Cellocator Wireless Communication Protocol names the fields. ``MCGP`` type(1)
unit id(4 LE) ... sum(1, of all from the type on). Type 0 is a report of 70 bytes, type 11 a list of modules of id(1)
length(2 LE). Coordinates are radians times 1e8; those that begin with ``MCPG`` send degrees times 1e7.
"""

from __future__ import annotations

import math

from iotwatch.decode.fields import Cursor, clock
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.words.kinds import Kind

STATUS, MODULAR, STATUS_SIZE = 0, 11, 70
MAGICS = (b"MCGP", b"MCPG")
PLACE_AT = 43
GPS_MODULE, TIME_MODULE = b"\x06\x13\x00", b"\x07\x07\x00"


def _measure(window: bytes) -> int:
    head = window[:15]
    if head[:4] not in MAGICS or len(head) < 15:
        return 0
    if head[4] == STATUS:
        return STATUS_SIZE
    return 16 + int.from_bytes(head[13:15], "little") if head[4] == MODULAR else 0


def _verify(frame: bytes) -> str:
    return "ok" if sum8(frame[4:-1]) == frame[-1] else "bad"


def _fill(frame: bytes, report: Report) -> None:
    report.fields["type"] = frame[4]
    report.device(str(int.from_bytes(frame[5:9], "little")), Kind.TERMINAL_SERIAL)
    if frame[4] == STATUS:
        _read_status(Cursor(frame, PLACE_AT), _scale(frame), report)
    else:
        _read_modules(frame, report)


def _scale(frame: bytes) -> float:
    """Degrees of one unit of the frame's coordinates."""
    return math.degrees(1e-8) if frame[:4] == b"MCGP" else 1e-7


def _read_status(cursor: Cursor, scale: float, report: Report) -> None:
    """Satellites(1) longitude(4) latitude(4) altitude(4, cm) speed(4, cm/s) course(2, milliradians), then second,
    minute, hour, day, month(1 each) year(2); all little endian."""
    satellites = cursor.u8()
    longitude, latitude = cursor.i32_le() * scale, cursor.i32_le() * scale
    altitude, speed = cursor.i32_le() / 100, cursor.u32_le() * 0.036
    course = math.degrees(cursor.u16_le() / 1000) % 360
    second, minute, hour, day, month = cursor.take(5)
    report.fields["satellites"] = satellites
    report.fix(
        latitude,
        longitude,
        time=clock(cursor.u16_le(), month, day, hour, minute, second),
        valid=satellites > 0,
        altitude=altitude,
        speed=speed,
        course=course,
    )


def _read_modules(frame: bytes, report: Report) -> None:
    """Module 6: hdop, two modes, satellites(1 each) longitude(4) latitude(4) altitude(4); 7: valid(1) and the time."""
    at = frame.find(GPS_MODULE, 15)
    if at < 0:
        return
    cursor = Cursor(frame, at + 6)
    satellites = cursor.u8()
    longitude, latitude = cursor.i32_le() * _scale(frame), cursor.i32_le() * _scale(frame)
    time = valid = None
    clock_at = frame.find(TIME_MODULE, at + 22)
    if clock_at > 0 and len(frame) >= clock_at + 10:
        known, second, minute, hour, day, month, year = frame[clock_at + 3 : clock_at + 10]
        time, valid = clock(year, month, day, hour, minute, second), bool(known)
    report.fields["satellites"] = satellites
    report.fix(latitude, longitude, time=time, valid=valid, altitude=cursor.i32_le() / 100)


DIALECT = FramedDialect(
    name="cellocator",
    rank=30,
    anchors=(rb"MCGP", rb"MCPG"),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
)
