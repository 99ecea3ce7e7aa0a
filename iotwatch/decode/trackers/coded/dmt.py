"""Digital Matter's loggers (Dart, Oyster, Yabby ...) over TCP.

Source: Digital Matter's integration document, from general knowledge: no sample was checked. ``02 55`` type(1) length(2) body,
little endian. Type 00 hello: serial number(4), IMEI(16, text). Type 04 data: records of length(2, with itself) number(4)
time(4, seconds since 2013) reason(1), then fields of kind(1) size(1; FF: two more bytes) value. Field 0 is the place.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.kinds import Kind

HEAD = 5
HELLO, DATA = 0x00, 0x04
EPOCH = 1_356_998_400  # 2013-01-01
SCALE = 10_000_000
PLACE, PLACE_SIZE = 0, 21
HELLO_SIZE = 20
LONGEST = 4096
TYPES = range(0x40)


def _measure(window: bytes) -> int:
    if len(window) < HEAD or window[:2] != b"\x02U" or window[2] not in TYPES:
        return 0
    size = int.from_bytes(window[3:5], "little")
    return HEAD + size if size <= LONGEST else 0


def _fill(frame: bytes, report: Report) -> None:
    kind = frame[2]
    report.fields["type"] = f"{kind:02x}"
    cursor = Cursor(frame, HEAD)
    if kind == HELLO and cursor.left >= HELLO_SIZE:
        serial, imei = cursor.u32_le(), text(cursor.take(16))
        if not imei.isdecimal():
            raise DecodeError("a hello without an IMEI")
        report.device(imei)
        report.device(str(serial), Kind.DEVICE_SERIAL)
    elif kind == DATA:
        while cursor.left:
            _read_record(cursor.part(cursor.u16_le() - 2), report)
    else:
        raise DecodeError("a frame that says nothing")


def _read_record(record: Cursor, report: Report) -> None:
    number, logged, reason = record.u32_le(), record.u32_le() + EPOCH, record.u8()
    report.fields["record"], report.fields["reason"] = number, reason
    if unix_time(logged) is None:
        raise DecodeError("a record without a time")
    while record.left:
        kind, size = record.u8(), record.u8()
        value = record.part(record.u16_le() if size == 0xFF else size)
        if kind == PLACE and value.left >= PLACE_SIZE:
            _read_place(value, report)


def _read_place(value: Cursor, report: Report) -> None:
    """Time(4), latitude(4), longitude(4), altitude(2), speed(2, cm/s), its accuracy(1), course(1, two degrees) ..."""
    time = unix_time(value.u32_le() + EPOCH)
    latitude, longitude = value.i32_le() / SCALE, value.i32_le() / SCALE
    altitude, speed = value.i16_le(), value.u16_le() * 0.036
    value.skip(1)
    report.fix(latitude, longitude, time=time, altitude=altitude, speed=speed, course=value.u8() * 2)


DIALECT = FramedDialect(
    name="dmt",
    anchors=(rb"\x02U[\x00-\x3f][\x00-\xff][\x00-\x10]",),
    measure=_measure,
    read=gathered(_fill),
    weak=True,
    limit=HEAD + LONGEST,
)
