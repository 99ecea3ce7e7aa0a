"""Dolphin: TCP, protocol buffers behind a fixed head.

Source: the public description alone; no sample was checked. Head of 28 bytes, little endian: ``AB AB`` sequence(4) version(2)
flags(2) type(2) IMEI as a number(8) length of the body(4) spare(4). Type 1: points (field 1) of latitude(1), longitude(2),
altitude(3), speed(5, km/h) and course(6) as floats, time(8, Unix seconds). A field that is zero is not sent.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.files.protobuf import Field, fields
from iotwatch.words.identity import is_imei

HEAD = 28
POSITIONS = 1
POINT = 1
LATITUDE, LONGITUDE, ALTITUDE, SPEED, COURSE, TIME = 1, 2, 3, 5, 6, 8
FIXED32, COUNTED = 5, 2


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or not is_imei(str(int.from_bytes(window[12:20], "little"))):
        return None
    return HEAD + int.from_bytes(window[20:24], "little")


def _fill(frame: bytes, report: Report) -> None:
    kind = int.from_bytes(frame[10:12], "little")
    report.fields["type"] = kind
    report.device(str(int.from_bytes(frame[12:20], "little")))
    if kind != POSITIONS:
        return
    body = fields(frame, HEAD, len(frame))
    if body is None:
        raise DecodeError("a Dolphin body is a protocol buffer")
    for field in body:
        if (field.number, field.wire) == (POINT, COUNTED):
            _read_point(frame, fields(frame, field.at, field.end) or [], report)


def _read_point(frame: bytes, point: list[Field], report: Report) -> None:
    held = {field.number: frame[field.at : field.end] for field in point if field.wire == FIXED32}

    def real(number: int) -> float:
        value: float = struct.unpack("<f", held.get(number, bytes(4)))[0]
        return value

    time = unix_time(int.from_bytes(held.get(TIME, b""), "little"))
    if time is None:
        raise DecodeError("a Dolphin point without a time")
    report.fix(
        real(LATITUDE), real(LONGITUDE), time=time, speed=real(SPEED), course=real(COURSE), altitude=real(ALTITUDE)
    )


DIALECT = FramedDialect(
    name="dolphin",
    anchors=(rb"\xab\xab[\s\S]{16}[\x00-\x03]\x00",),
    measure=_measure,
    read=gathered(_fill),
    limit=1 << 14,
    samples=0,
    transport="tcp",
)
