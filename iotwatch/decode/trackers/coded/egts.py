"""EGTS, the Russian telematics standard (ERA-GLONASS, commercial transport): TCP.

Source: GOST R 54619-2011 / Order 285 of the Russian Ministry of Transport, appendices (EGTS); reference facts. Header of
11 or 16 bytes with a CRC-8 (0x31, init 0xFF), then service data records, then a CRC-16/CCITT-FALSE(2 LE) of them.
All integers are little endian; coordinates are fractions of 90 and 180 degrees, the hemispheres are flags.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc8, crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

EPOCH = 1_262_304_000  # 2010-01-01 in Unix seconds
FULL = (1 << 32) - 1
APPDATA, SIGNED_APPDATA = 1, 2
TERM_IDENTITY, VEHICLE_DATA, POSITION = 1, 3, 16
HEADS = (11, 16)
ENCRYPTED = 0x18


def _measure(window: bytes) -> int:
    if len(window) < HEADS[0] or window[0] != 1 or window[3] not in HEADS:
        return 0
    size = window[3]
    head = window[:size]
    if len(head) < size or crc8(head[:-1]) != head[-1]:
        return 0
    body = int.from_bytes(head[5:7], "little")
    return size + body + (2 if body else 0)


def _verify(frame: bytes) -> str:
    body = frame[frame[3] : -2]
    if not body:
        return "none"
    return "ok" if crc16_ccitt_false(body) == int.from_bytes(frame[-2:], "little") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    kind = frame[9]
    report.fields["type"] = kind
    if frame[2] & ENCRYPTED:
        report.doubts.append(ReadingDoubt.PACKET_ENCRYPTED())
        return
    cursor = Cursor(frame, frame[3], len(frame) - 2)
    if kind == SIGNED_APPDATA:
        cursor.skip(cursor.u16_le())
    elif kind != APPDATA:
        return
    while cursor.left > 7:
        _read_record(cursor, report)


def _read_record(cursor: Cursor, report: Report) -> None:
    """Length(2) number(2) flags(1) [object(4)] [event(4)] [time(4)] services(2), then subrecords of type(1) length(2)."""
    size = cursor.u16_le()
    cursor.skip(2)
    flags = cursor.u8()
    if flags & 1:
        report.device(str(cursor.u32_le()), Kind.TERMINAL_OBJECT)
    cursor.skip(4 * (flags >> 1 & 1) + 4 * (flags >> 2 & 1) + 2)
    record = cursor.part(size)
    while record.left >= 3:
        kind, length = record.u8(), record.u16_le()
        part = record.part(min(length, record.left))
        if kind == POSITION:
            _read_position(part, report)
        elif kind == TERM_IDENTITY:
            _read_identity(part, report)
        elif kind == VEHICLE_DATA and part.left >= 17:
            report.vin = part.ascii(17)


def _read_identity(part: Cursor, report: Report) -> None:
    """Terminal(4) flags(1) [dispatcher(2)] [IMEI(15)] [IMSI(16)] ..."""
    if part.left < 5:
        raise DecodeError("an EGTS identity is cut short")
    terminal, flags = str(part.u32_le()), part.u8()
    if flags & 1:
        part.skip(2)
    imei = part.ascii(15) if flags & 2 else ""
    imsi = part.ascii(16) if flags & 4 else ""
    if imei.isdecimal() and int(imei):  # some terminals write a number of their own there
        report.device(imei, None if is_imei(imei) else Kind.TERMINAL_SERIAL)
    report.device(terminal, Kind.TERMINAL_SERIAL)
    report.trait(Kind.IMSI, imsi if imsi.isdecimal() else "")


def _read_position(part: Cursor, report: Report) -> None:
    """Time(4, since 2010) latitude(4) longitude(4) flags(1) speed(14 bits, 0.1 km/h) with the course's ninth bit, course(1)
    odometer(3) inputs(1) source(1) [altitude(3)]. Flags: bit 0 valid, bit 5 south, bit 6 west, bit 7 altitude."""
    time = unix_time(part.u32_le() + EPOCH)
    latitude, longitude = part.u32_le() * 90 / FULL, part.u32_le() * 180 / FULL
    flags, speed, course = part.u8(), part.u16_le(), part.u8()
    altitude: int | None = None
    if flags & 0x80 and part.left >= 8:
        part.skip(5)
        altitude = part.u24_le() * (-1 if speed & 0x4000 else 1)
    report.fix(
        -latitude if flags & 0x20 else latitude,
        -longitude if flags & 0x40 else longitude,
        time=time,
        valid=bool(flags & 1),
        speed=(speed & 0x3FFF) / 10,
        course=course | (speed & 0x8000) >> 7,
        altitude=altitude,
    )


DIALECT = FramedDialect(
    name="egts",
    rank=10,
    anchors=(rb"\x01[\s\S]{2}[\x0b\x10]",),
    measure=_measure,
    read=gathered(_fill, _verify),
    limit=1 << 16,
)
