"""GT02 and TK-series forerunners of GT06: TCP.

Source: reference samples; the GT02A protocol names the fields. ``68 68`` length(1, up to the line end) voltage(1)
signal(1) id(8 BCD) serial(2) type(1) content ``0D 0A``. Type 10 is a place, 1A a heartbeat, 1C an answer in text.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, bcd, binary_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import imei_of_bcd

SCALE = 1_800_000
PLACE, HEARTBEAT, ANSWER = 0x10, 0x1A, 0x1C
SHORTEST = 20


def _measure(window: bytes) -> int:
    if window[:2] != b"hh" or len(window) < SHORTEST or not window[5:13].hex().isdecimal():
        return 0
    size = 5 + window[2]
    return size if size <= len(window) and window[size - 2 : size] == b"\r\n" else 0


def _fill(frame: bytes, report: Report) -> None:
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


DIALECT = FramedDialect(
    name="gt02",
    anchors=(rb"hh[\x0d-\xff][\s\S]{2}[\x00-\x99]",),
    measure=_measure,
    read=gathered(_fill),
)
