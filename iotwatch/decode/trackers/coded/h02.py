"""H02's binary reports (Sinotrack and many cheap relays): TCP and UDP, in the same streams as its text.

Source: reference facts for H02. ``24`` id(5 or 8 BCD) time(BCD ``hhmmss ddmmyy``) latitude(4 BCD ``ddmm.mmmm``) a byte,
longitude(4.5 BCD ``dddmm.mmmm``) flags(half a byte: bit 1 valid, bit 2 north, bit 3 east) speed(1.5 BCD, knots)
course(1.5 BCD) status(4). The frame is 32 or 45 bytes long. No check value.
"""

from __future__ import annotations

from iotwatch.decode.fields import bcd, clock, digits_degrees
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.kinds import Kind

SHORT_ID, LONG_ID = 5, 8
REPORT = 25  # from the mark to the course, with a short id
SIZES = (32, 45, 48, 35)
LONGEST = 64
_DIGITS = b"".join(rb"\x%x0-\x%x9" % (tens, tens) for tens in range(10))  # packed: no half byte is above 9
_TIME = (
    rb"[\x00-\x09\x10-\x19\x20-\x23](?:[" + _DIGITS + rb"]{2})[\x01-\x09\x10-\x19\x20-\x29\x30\x31][\x01-\x09\x10-\x12]"
)


def _measure(window: bytes) -> int:
    if window[:1] != b"$" or len(window) < REPORT:
        return 0
    try:
        _fill(window[:LONGEST], Report())
    except DecodeError:
        return 0
    for size in SIZES:
        if size == len(window) or window[size : size + 1] in (b"$", b"*", b"X"):
            return size
    return len(window) if len(window) <= LONGEST else SIZES[0]


def _fill(frame: bytes, report: Report) -> None:
    for size in (SHORT_ID, LONG_ID):
        digits = frame[1 + size : 7 + size].hex()
        if len(digits) < 12 or not digits.isdecimal():
            continue
        hour, minute, second, day, month, year = (int(digits[at : at + 2]) for at in range(0, 12, 2))
        time = clock(year, month, day, hour, minute, second)
        if time is not None:
            _read_place(frame[7 + size :], time, report)
            unit = bcd(frame[1 : 1 + size])
            report.device(unit[:15] if size == LONG_ID else unit, None if size == LONG_ID else Kind.TERMINAL_SERIAL)
            return
    raise DecodeError("an H02 report without a time")


def _read_place(rest: bytes, time: int, report: Report) -> None:
    digits = rest[:13].hex()
    if len(digits) < 26:
        raise DecodeError("an H02 report is cut short")
    latitude = digits_degrees(digits[:8], 2)
    longitude, flags = digits_degrees(digits[10:19], 3), int(digits[19], 16)
    motion = digits[20:26]
    if latitude > 90 or longitude > 180 or not motion.isdecimal():
        raise DecodeError("an H02 report's place is impossible")
    report.fix(
        latitude if flags & 4 else -latitude,
        longitude if flags & 8 else -longitude,
        time=time,
        valid=bool(flags & 2),
        speed=int(motion[:3]) * KNOT,
        course=int(motion[3:]),
    )


DIALECT = FramedDialect(
    name="h02",
    anchors=tuple(rb"\$[" + _DIGITS + rb"]{%d}" % size + _TIME for size in (SHORT_ID, LONG_ID)),
    measure=_measure,
    read=gathered(_fill),
)
