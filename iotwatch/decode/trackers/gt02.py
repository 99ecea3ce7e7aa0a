"""GT02 and TK-series forerunners of GT06: TCP.

Source: reference samples; the GT02A protocol names the fields. ``68 68`` length(1, up to the line end) voltage(1)
signal(1) id(8 BCD) serial(2) type(1) content ``0D 0A``. Type 10 is a place, 1A a heartbeat, 1C an answer in text.
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.fields import Cursor, bcd, binary_time, imei_of_bcd
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError

SCALE = 1_800_000
PLACE, HEARTBEAT, ANSWER = 0x10, 0x1A, 0x1C
SHORTEST = 20


class Gt02(FrameDialect):
    """GT02 trackers."""

    name: ClassVar[str] = "gt02"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"hh[\x0f-\xff][\s\S]{2}[\x00-\x99]",)
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"hh")

    def measure(self, data: bytes, at: int, end: int) -> int:
        if data[at : at + 2] != b"hh" or end - at < SHORTEST or not data[at + 5 : at + 13].hex().isdecimal():
            return 0
        size = 5 + data[at + 2]
        return size if at + size <= end and data[at + size - 2 : at + size] == b"\r\n" else 0

    def verify(self, frame: bytes) -> str:  # noqa: ARG002
        return "none"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        report.device(imei_of_bcd(bcd(frame[5:13])))
        cursor = Cursor(frame, 15, len(frame) - 2)
        kind = cursor.u8()
        report.fields["type"] = f"{kind:02x}"
        if kind == ANSWER:
            report.fields["text"] = cursor.rest()[1:].decode("latin-1")[:200]
        elif kind == PLACE:
            _read_place(cursor, report)


def _read_place(cursor: Cursor, report: Report) -> None:
    """Time(6, binary) latitude(4) longitude(4) speed(1, km/h) course(2) three bytes, flags(4: bit 0 valid, bit 1 north,
    bit 2 east)."""
    time = binary_time(cursor.take(6))
    if time is None:
        raise DecodeError("a GT02 place without a time")
    latitude, longitude = cursor.u32() / SCALE, cursor.u32() / SCALE
    speed, course = cursor.u8(), cursor.u16()
    cursor.skip(3)
    flags = cursor.u32()
    report.fix(
        latitude if flags & 2 else -latitude,
        longitude if flags & 4 else -longitude,
        time=time,
        valid=bool(flags & 1),
        speed=speed,
        course=course,
    )


DIALECT = Gt02()
