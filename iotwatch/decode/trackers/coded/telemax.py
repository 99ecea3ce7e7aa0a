"""Telemax: TCP, lines of hexadecimal digits.

Source: the public description and one sample of a login. Login: ``%`` length of the id(2, decimal) id ... A line of places: ``Y``
command(8) password(6) length of the id(2) id, counters(4), seconds between records(4), state(4), count(2), records of state and
speed(2: bit 7 valid, knots), longitude(6), latitude(6), thirty-thousandths of a degree from -180. The first record and the last
one have a time behind them, ``yymmddhhmmss`` in decimal digits, and a state(8); those between follow at the interval.
"""

from __future__ import annotations

from iotwatch.decode.fields import SECOND, clock
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

_LOGIN = regex(rb"%(\d\d)(\d{4,20})(?=\r?\n|$)")
_PLACES = regex(rb"Y[0-9A-Fa-f]{14}([0-9A-Fa-f]{2})[0-9A-Fa-f]{30,4000}(?=\r?\n|$)")
ZERO, DEGREE = 5_400_000, 30_000
RECORD, TIMED = 14, 20  # digits of a record, and of its time and state


def _measure(window: bytes) -> int | None:
    found = _LOGIN.match(window) or _PLACES.match(window)
    return found.end() if found else None


def _fill(frame: bytes, report: Report) -> None:
    text = frame.decode("ascii")
    if text[0] == "%":
        size = int(text[1:3])
        if size < 4 or len(text) < 3 + size:
            raise DecodeError("a Telemax login is shorter than its id")
        report.fields["type"] = "login"
        report.device(text[3 : 3 + size], Kind.DEVICE_ID)
        report.confidence = Confidence.POSSIBLE
        return
    size = int(text[15:17], 16)
    report.device(text[17 : 17 + size], Kind.DEVICE_ID)
    interval, count = int(text[21 + size : 25 + size], 16), int(text[29 + size : 31 + size], 16)
    _read_records(text[31 + size :], count, interval, report)


def _read_records(text: str, count: int, interval: int, report: Report) -> None:
    times = 1 + (count > 1)
    if not count or len(text) != count * RECORD + times * TIMED:
        raise DecodeError("Telemax records are of one length")
    at, first = 0, _time(text[RECORD:])
    for number in range(count):
        state, longitude, latitude = (int(text[at + start : at + end], 16) for start, end in ((0, 2), (2, 8), (8, 14)))
        at += RECORD
        time = first + number * interval * SECOND
        if number in (0, count - 1):
            time, at = _time(text[at:]), at + TIMED
        report.fix(
            (latitude - ZERO) / DEGREE,
            (longitude - ZERO) / DEGREE,
            time=time,
            valid=bool(state >> 7),
            speed=(state & 0x7F) * KNOT,
        )


def _time(text: str) -> int:
    if not text[:12].isdecimal():
        raise DecodeError("a Telemax time is decimal digits")
    time = clock(*(int(text[start : start + 2]) for start in range(0, 12, 2)))
    if time is None:
        raise DecodeError("a Telemax record without a time")
    return time


DIALECT = FramedDialect(
    name="telemax",
    anchors=(rb"%\d{6,22}(?:\r?\n|$)", rb"Y[0-9A-Fa-f]{46}"),
    measure=_measure,
    read=gathered(_fill),
    weak=True,
    samples=0,
    transport="tcp",
)
