"""Wialon Combine, the binary sibling of Wialon IPS (UMKa and others): TCP and UDP.

Source: Gurtam, "Wialon Combine", from general knowledge: no sample was checked. ``24 24`` type(1) number(2) length(2; four
bytes when its first bit is set) body CRC-16/ARC(2), big endian. Type 0 login: version(1), kinds of id and password(1), id.
Type 1 data: records of time(4) count(1) and subrecords, each a type(1) and its fields: 0 named sensors, 1 place, 2 inputs, 4 cells.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_arc
from iotwatch.decode.trackers.engine.frames import FramedDialect, checked
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.identity import is_imei

LOGIN, DATA, KEEP_ALIVE = 0, 1, 2
SENSORS, PLACE, INPUTS, CELLS = 0, 1, 2, 4
SCALE = 1_000_000
LONGEST = 8192
TEXT_SENSOR = 10
SENSOR_SIZES = {0: 1, 1: 2, 2: 4, 3: 8, 4: 1, 5: 2, 6: 4, 7: 8, 8: 4, 9: 8}
ID_SIZES = {0: 2, 1: 4, 2: 8}


def _body(window: bytes) -> tuple[int, int]:
    """Where the body begins, and its size."""
    if window[5] & 0x80:
        return 9, int.from_bytes(window[5:9], "big") & 0x7FFFFFFF
    return 7, int.from_bytes(window[5:7], "big")


def _measure(window: bytes) -> int:
    if len(window) < 9 or window[:2] != b"$$" or window[2] > KEEP_ALIVE:
        return 0
    start, size = _body(window)
    return start + size + 2 if size <= LONGEST else 0


def _fill(frame: bytes, report: Report) -> None:
    start, size = _body(frame)
    body = Cursor(frame, start, start + size)
    report.confidence = Confidence.LIKELY
    if frame[2] == LOGIN:
        _read_login(body, report)
    elif frame[2] == DATA:
        while body.left:
            _read_record(body, report)
    report.fields["type"] = ("login", "data", "keep-alive")[frame[2]]


def _text(cursor: Cursor) -> str:
    end = cursor.data.find(b"\0", cursor.at, cursor.end)
    return text(cursor.take((end if end >= 0 else cursor.end) - cursor.at))


def _read_login(body: Cursor, report: Report) -> None:
    body.skip(1)
    kind = body.u8() >> 4
    unit = str(body.uint(ID_SIZES[kind])) if kind in ID_SIZES else _text(body)
    report.device(unit, "imei" if is_imei(unit) else "device.id")


def _extended(cursor: Cursor) -> int:
    """One byte, or two without the first bit."""
    first = cursor.u8()
    return (first & 0x7F) << 8 | cursor.u8() if first & 0x80 else first


def _read_record(body: Cursor, report: Report) -> None:
    time = unix_time(body.u32())
    if time is None:
        raise DecodeError("a record without a time")
    for _ in range(body.u8()):
        kind = _extended(body)
        if kind == PLACE:
            _read_place(body, time, report)
        elif kind == SENSORS:
            _pass_sensors(body)
        elif kind == INPUTS:
            body.skip(8)
        elif kind == CELLS:
            _read_cells(body, report)
        else:
            raise DecodeError(f"subrecord {kind} is not known")


def _read_place(body: Cursor, time: int, report: Report) -> None:
    """Latitude(4), longitude(4), speed(2, km/h), course(2), altitude(2), satellites(1), HDOP(2)."""
    latitude, longitude = body.i32() / SCALE, body.i32() / SCALE
    speed, course, altitude = body.u16(), body.u16(), body.i16()
    body.skip(3)
    report.fix(latitude, longitude, time=time, speed=speed, course=course, altitude=altitude)


def _pass_sensors(body: Cursor) -> None:
    for _ in range(_extended(body)):
        _extended(body)
        kind = body.u8() & 0x1F
        if kind == TEXT_SENSOR:
            _text(body)
            body.skip(1)
        elif kind in SENSOR_SIZES:
            body.skip(SENSOR_SIZES[kind])
        else:
            raise DecodeError("a sensor of no known type")


def _read_cells(body: Cursor, report: Report) -> None:
    """A count, then per cell MCC, MNC, area, cell, level, timing advance (2 each)."""
    for _ in range(body.u8()):
        mcc, mnc, area, cell = body.u16(), body.u16(), body.u16(), body.u16()
        body.skip(4)
        report.cell(mcc, mnc, area, cell)


def _verify(frame: bytes) -> str:
    return checked(good=crc16_arc(frame[:-2]) == int.from_bytes(frame[-2:], "big"))


DIALECT = FramedDialect(
    name="wialon_combine",
    rank=10,
    anchors=(rb"\$\$[\x00-\x02][\x00-\xff]{2}[\x00-\x20\x80]",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    weak=True,
    limit=LONGEST + 11,
)
