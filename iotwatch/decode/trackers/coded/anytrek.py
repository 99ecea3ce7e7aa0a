"""Anytrek trailer trackers: TCP.

Source: reference sample. ``78 78`` length(2 LE, of what follows up to the line end) type(1) id(8 BCD) firmware(2)
battery(2, 0.01 V) a byte, time(6, binary) satellites(low nibble) latitude(4 LE) longitude(4 LE), both times 1,800,000,
speed(1, km/h) flags(2 LE: bit 12 valid, bit 11 west, bit 10 north, bits 0-9 course) ... ``0D 0A``.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError

SCALE = 1_800_000
HEAD = 5
SHORTEST = 40


def _measure(window: bytes) -> int:
    if window[:2] != b"\x78\x78" or len(window) < SHORTEST:
        return 0
    stop = 4 + int.from_bytes(window[2:4], "little")
    return stop + 2 if window[stop : stop + 2] == b"\r\n" and stop >= SHORTEST else 0


def _fill(frame: bytes, report: Report) -> None:
    report.fields["type"] = f"{frame[4]:02x}"
    report.device(bcd(frame[HEAD : HEAD + 8]).lstrip("0"))
    cursor = Cursor(frame, HEAD + 13, len(frame) - 2)
    time = binary_time(cursor.take(6))
    if time is None:
        raise DecodeError("an Anytrek report without a time")
    report.fields["satellites"] = cursor.u8() & 0x0F
    latitude, longitude = cursor.u32_le() / SCALE, cursor.u32_le() / SCALE
    speed, flags = cursor.u8(), cursor.u16_le()
    report.fix(
        latitude if flags & 0x400 else -latitude,
        -longitude if flags & 0x800 else longitude,
        time=time,
        valid=bool(flags & 0x1000),
        speed=speed,
        course=flags & 0x3FF,
    )


DIALECT = FramedDialect(
    name="anytrek",
    anchors=(rb"\x78\x78[\s\S][\x00-\x02][\s\S][\x00-\x99]{2}",),
    measure=_measure,
    read=gathered(_fill),
)
