"""Anytrek trailer trackers: TCP.

Source: reference sample. ``78 78`` length(2 LE, of what follows up to the line end) type(1) id(8 BCD) firmware(2)
battery(2, 0.01 V) a byte, time(6, binary) satellites(low nibble) latitude(4 LE) longitude(4 LE), both times 1,800,000,
speed(1, km/h) flags(2 LE: bit 12 valid, bit 11 west, bit 10 north, bits 0-9 course) ... ``0D 0A``.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError

SCALE = 1_800_000
HEAD = 5
SHORTEST = 40


class Anytrek(FrameDialect):
    """Anytrek trackers."""

    name: ClassVar[str] = "anytrek"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"\x78\x78[\s\S][\x00-\x02][\s\S][\x00-\x99]{2}",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"\x78\x78")

    def measure(self, data: bytes, at: int, end: int) -> int:
        if data[at : at + 2] != b"\x78\x78" or end - at < SHORTEST:
            return 0
        stop = at + 4 + int.from_bytes(data[at + 2 : at + 4], "little")
        return stop + 2 - at if data[stop : stop + 2] == b"\r\n" and stop - at >= SHORTEST else 0

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
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


DIALECT = Anytrek()
