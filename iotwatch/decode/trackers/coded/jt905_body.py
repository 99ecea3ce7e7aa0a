"""JT/T 905, the Chinese standard of taxis: other bodies in the frame of JT/T 808.

Source: JT/T 905.2-2014, from general knowledge. Block: alarm(4) status(4) latitude(4) longitude(4), both in 1e-4 minutes,
speed(2, 0.1 km/h) course(1, two degrees) time(BCD 6, GMT+8); in the status bit 0 is no fix, bit 1 south, bit 2 west.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd_time
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt

BLOCK = 25
UNIT = "10"
"""How the number of a taxi's unit begins, where JT/T 808 has a phone's."""
_ZONE = 8
_DEGREE = 600_000
_LATER_BLOCK = 28  # of JT/T 808


def is_taxi(body: bytes, report: Report) -> bool:
    """Whether a report's body is a taxi's: its clock, the chain of its extras to the last byte and its ranges say which.

    Where they say nothing, the number of the unit does; what is read as JT/T 808 then is possible at most.
    """
    taxi, later = _weight_of_taxi(body), _weight_of_later(body)
    if taxi != later or not any(taxi):
        return taxi > later
    if any(name.startswith(UNIT) for name in report.device_ids):
        return True
    report.doubts.append(ReadingDoubt.OTHER_LAYOUT(other="JT/T 905"))
    report.confidence = Confidence.POSSIBLE
    return False


def _weight_of_taxi(body: bytes) -> tuple[bool, bool, bool]:
    if len(body) < BLOCK or bcd_time(body[19:25]) is None:
        return False, False, False
    latitude, longitude = int.from_bytes(body[8:12], "big"), int.from_bytes(body[12:16], "big")
    in_range = latitude <= 90 * _DEGREE and longitude <= 180 * _DEGREE and body[18] <= 180
    return True, _ends(body, BLOCK), in_range


def _weight_of_later(body: bytes) -> tuple[bool, bool, bool]:
    if len(body) < _LATER_BLOCK or bcd_time(body[22:28]) is None:
        return False, False, False
    latitude, longitude = (abs(int.from_bytes(body[at : at + 4], "big", signed=True)) for at in (8, 12))
    in_range = latitude <= 90e6 and longitude <= 180e6 and int.from_bytes(body[20:22], "big") <= 360
    return True, _ends(body, _LATER_BLOCK), in_range


def _ends(body: bytes, at: int) -> bool:
    """Whether extras of id(1) length(1) value, from ``at`` on, end with the body."""
    while at + 2 <= len(body):
        at += 2 + body[at + 1]
    return at == len(body)


def read_block(cursor: Cursor, report: Report) -> None:
    """One place of a taxi."""
    cursor.skip(4)
    status = cursor.u32()
    latitude, longitude = cursor.u32() / _DEGREE, cursor.u32() / _DEGREE
    speed, course = cursor.u16() / 10, cursor.u8() * 2
    report.fields["standard"] = "JT/T 905"
    report.doubts.append(ReadingDoubt.NO_TAXI_SAMPLE())
    report.confidence = Confidence.POSSIBLE
    report.fix(
        -latitude if status & 2 else latitude,
        -longitude if status & 4 else longitude,
        time=bcd_time(cursor.take(6), zone=_ZONE),
        valid=not status & 1,
        speed=speed,
        course=course,
    )


def read_trip(cursor: Cursor, report: Report) -> None:
    """0x0B05: where the meter was started and where it was stopped, then the trip's numbers."""
    for _ in range(2):
        if bcd_time(cursor.peek(BLOCK)[19:]) is None:
            return
        read_block(cursor, report)


def read_shift(cursor: Cursor, report: Report) -> None:
    """0x0202 while tracked, 0x0B03 and 0x0B04 at a driver's sign-in and sign-out: a block first."""
    if bcd_time(cursor.peek(BLOCK)[19:]) is not None:
        read_block(cursor, report)
