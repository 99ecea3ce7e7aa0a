"""MTA6: binary behind the id in the body of a POST.

Source: the public description alone; no sample was checked. ``id=`` id ``&bin=`` packet(1) where the data begin(1) count(1)
spare(1) zone(1), then one record of the form A1: flags(1) event(1) latitude, longitude (radians) and second of the week as
floats of which the two lowest bits are lost, week since 1980-01-06(2). A float's upper two bits are 0 where all of it is
written; where they are not, it is a difference to one before, and a record of form A, several in a packet, begins alike:
those are left.
"""

from __future__ import annotations

import math
import struct

from iotwatch.decode.fields import WEEK_S, Cursor, gps_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

MARK = b"&bin="
PLACED = b"126"
MORE_EVENT = 0x80


def _measure(window: bytes) -> int | None:
    return len(window) if MARK in window[:40] else None


def _fill(frame: bytes, report: Report) -> None:
    head = frame.index(MARK)
    report.device(frame[len("id=") : head].decode("ascii"), Kind.DEVICE_ID)
    report.confidence = Confidence.POSSIBLE
    cursor = Cursor(frame, head + len(MARK))
    kind, begins = cursor.take(1), cursor.u8()
    report.fields["type"] = kind.decode("latin-1")
    if kind not in PLACED:
        return
    cursor.skip(3 + max(begins - 5, 0))
    cursor.skip(1)
    if cursor.u8() & MORE_EVENT:
        raise DecodeError("an MTA6 event of several bytes")
    latitude, longitude, second = (_real(cursor) for _ in range(3))
    time = gps_time(round(second), cursor.u16()) if 0 <= second < WEEK_S else None
    if time is None:
        raise DecodeError("an MTA6 record without a time")
    report.doubts.append(ReadingDoubt.NO_SAMPLE())
    report.fix(math.degrees(latitude), math.degrees(longitude), time=time)


def _real(cursor: Cursor) -> float:
    bits = cursor.u32()
    if bits >> 30:
        raise DecodeError("an MTA6 number that is a difference")
    value: float = struct.unpack(">f", struct.pack(">I", bits << 2))[0]
    if not math.isfinite(value):
        raise DecodeError("an MTA6 number that is none")
    return value


DIALECT = FramedDialect(
    name="mta6",
    anchors=(rb"id=[0-9A-Za-z]{1,24}&bin=",),
    measure=_measure,
    read=gathered(_fill),
    resync=False,
    samples=0,
    transport="http",
)
