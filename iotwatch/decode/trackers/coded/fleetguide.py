"""FleetGuide: UDP.

Source: reference samples, and the public description of the options, the kinds and the packing. ``S`` options(2, little endian:
length of the data in the lower 11 bits, then id, type, acknowledgement announced, data packed) [id(4)] [type(1)]
[acknowledgement(2)] data, CRC-16/CCITT-FALSE of all behind the ``S`` (2, little endian). The data are records of a word (2,
little endian: length in the lower 10 bits, kind above). Kind 0 begins a point with its time, seconds since 2010(4); kind 1:
latitude and longitude as fractions of 90 and 180 degrees(4 + 4), speed(2, 0.1 km/h; bit 14 south, bit 15 west), course and
satellites(2) [altitude(2)].
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import FramedDialect, checked
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.kinds import Kind

LENGTH, NAMED, TYPED, ACKNOWLEDGED, PACKED = 0x7FF, 0x800, 0x1000, 0x2000, 0x4000
POINT, PLACE = 0, 1
SINCE_2010 = 1_262_304_000
WHOLE = (1 << 32) - 1
SOUTH, WEST, SPEED = 0x4000, 0x8000, 0x3FFF
LOWERED, ALTITUDE = 0x4000, 0x3FFF
_LONGEST = 1 << 16  # unpacked


def _measure(window: bytes) -> int | None:
    if len(window) < 5:
        return None
    options = int.from_bytes(window[1:3], "little")
    size = 5 + (options & LENGTH) + 4 * bool(options & NAMED) + bool(options & TYPED) + 2 * bool(options & ACKNOWLEDGED)
    return size if size <= len(window) else None


def _verify(frame: bytes) -> str:
    return checked(good=crc16_ccitt_false(frame[1:-2]) == int.from_bytes(frame[-2:], "little"))


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame, 1, len(frame) - 2)
    options = cursor.u16_le()
    if options & NAMED:
        report.device(str(cursor.u32_le()), Kind.TERMINAL_SERIAL)
    if options & TYPED:
        cursor.skip(1)
    if options & ACKNOWLEDGED:
        cursor.skip(2)
    data = cursor.rest()
    _read_records(Cursor(_unpacked(data) if options & PACKED else data), report)


def _unpacked(data: bytes) -> bytes:
    """Bytes as they are, but for a marker(1, the first byte): ``00`` behind it is the marker itself, else it is a length and a
    distance, from which what was unpacked is copied. Both take seven bits a byte, the highest first."""
    cursor, plain = Cursor(data), bytearray()
    marker = cursor.u8()
    while cursor.left:
        byte = cursor.u8()
        if byte != marker:
            plain.append(byte)
        elif (length := _number(cursor)) == 0:
            plain.append(marker)
        else:
            distance = _number(cursor)
            if not 0 < distance <= len(plain) or length + len(plain) > _LONGEST:
                raise DecodeError("packed bytes point to none")
            for _ in range(length):
                plain.append(plain[-distance])
    return bytes(plain)


def _number(cursor: Cursor) -> int:
    value = 0
    for _ in range(3):
        byte = cursor.u8()
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value
    raise DecodeError("a packed number without an end")


def _read_records(cursor: Cursor, report: Report) -> None:
    time: int | None = None
    while cursor.left >= 2:
        word = cursor.u16_le()
        part = cursor.part(word & 0x3FF)
        if word >> 10 == POINT:
            time = unix_time(part.u32_le() + SINCE_2010)
        elif word >> 10 == PLACE:
            _read_place(part, time, report)


def _read_place(part: Cursor, time: int | None, report: Report) -> None:
    latitude, longitude = part.u32_le() * 90 / WHOLE, part.u32_le() * 180 / WHOLE
    moved, turned = part.u16_le(), part.u16_le()
    altitude = part.u16_le() if part.left >= 2 else None
    if altitude is not None:
        altitude = -(altitude & ALTITUDE) if altitude & LOWERED else altitude & ALTITUDE
    report.fields["satellites"] = turned >> 11
    report.fix(
        -latitude if moved & SOUTH else latitude,
        -longitude if moved & WEST else longitude,
        time=time,
        valid=None if turned >> 11 else False,  # no flag says more than the satellites
        speed=(moved & SPEED) / 10,
        course=turned & 0x1FF,
        altitude=altitude,
    )


DIALECT = FramedDialect(
    name="fleetguide",
    rank=10,
    anchors=(rb"S[\s\S]{6}",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    limit=2048,
    weak=True,
)
