"""Jointech JT600, JT701 and JT70x locks, the binary form: TCP and UDP.

Source: Jointech's GPRS protocol, from general knowledge: no sample was checked. ``24`` id(5 BCD) version and type(1)
length(2), then: date(3 BCD, ddmmyy) time(3 BCD) latitude(4 BCD, ddmmmmmm) longitude(4.5 BCD, dddmmmmmm) flags(half a byte:
bit 0 fix, bit 1 north, bit 2 east) speed(1, km/h) course(1, two degrees) ...
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, clock, digits_degrees
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.kinds import Kind

HEAD = 9
SHORTEST, LONGEST = 28, 256
VALID, NORTH, EAST = 1, 2, 4


def _measure(window: bytes) -> int:
    if len(window) < HEAD or window[0] != 0x24 or not window[1:6].hex().isdecimal():
        return 0
    size = int.from_bytes(window[7:9], "big")
    return HEAD + size if SHORTEST <= size <= LONGEST else 0


def _fill(frame: bytes, report: Report) -> None:
    report.device(bcd(frame[1:6]), Kind.DEVICE_ID)
    report.fields["type"] = f"{frame[6]:02x}"
    body = Cursor(frame, HEAD)
    day, month, year, hour, minute, second = (int(body.bcd(1)) for _ in range(6))
    time = clock(year, month, day, hour, minute, second)
    if time is None:
        raise DecodeError("a place without a time")
    latitude = digits_degrees(body.bcd(4), 2)
    packed = body.take(5).hex()
    if not packed[:9].isdecimal():
        raise DecodeError("the longitude is not packed decimal")
    longitude, flags = digits_degrees(packed[:9], 3), int(packed[9], 16)
    speed, course = body.u8(), body.u8() * 2
    report.fix(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        time=time,
        valid=bool(flags & VALID),
        speed=speed,
        course=course,
    )


DIALECT = FramedDialect(
    name="jt600",
    anchors=(rb"\$[\x00-\x99]{5}[\x00-\xff]\x00[\x1c-\xff][\x01-\x31][\x01-\x12][\x00-\x39]",),
    measure=_measure,
    read=gathered(_fill, unproven=Confidence.LIKELY),
    weak=True,
)
