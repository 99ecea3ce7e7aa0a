"""Galileosky trackers, and BlackKite's that speak the same: TCP, also inside Iridium short-burst messages.

Source: reference facts for Galileosky; the Galileosky protocol description names the tags. ``01`` length(2 LE, bit 15:
from the archive) tags, CRC-16/MODBUS(2 LE). A tag's number gives the size of its value; a lower number begins the next
record. Iridium SBD (DirectIP): ``01`` length(2 BE), elements of id(1) length(2 BE): 01 head with IMEI, 03 place, 02 payload.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt

IMEI, TIME, PLACE, MOTION, ALTITUDE, STATE = 0x03, 0x20, 0x30, 0x33, 0x34, 0x40
SBD_HEAD = b"\x01\x00\x1c"
PHOTO, COMPRESSED = 0x07, 0x08
LONGEST = 2048  # the protocol says 1000


def _sizes() -> dict[int, int]:
    by_size = {
        1: (0x01, 0x02, 0x35, 0x43, 0x88, 0x89, 0x8A, 0x8B, 0x8C, *range(0xA0, 0xB0), *range(0xC4, 0xD3), 0xD5),
        2: (
            0x04,
            0x10,
            0x34,
            0x40,
            0x41,
            0x42,
            0x45,
            0x46,
            0x48,
            *range(0x50, 0x5A),
            0x60,
            0x61,
            0x62,
            *range(0x70, 0x78),
        ),
        3: (0x5D, *range(0x63, 0x70), *range(0x80, 0x88), 0xFA),
        4: (0x20, 0x33, 0x44, 0x47, 0x5A, 0x90, 0xC0, 0xC1, 0xC2, 0xC3, 0xD3, 0xD4, *range(0xDB, 0xE0)),
        7: (0x5B,),
        8: (0xFD,),
        9: (PLACE,),
        15: (IMEI,),
        68: (0x5C,),
    }
    sizes = {tag: size for size, tags in by_size.items() for tag in tags}
    sizes.update(dict.fromkeys((*range(0xB0, 0xBA), *range(0xD6, 0xDB)), 2))
    sizes.update(dict.fromkeys((*range(0xE2, 0xEA), *range(0xF0, 0xFA)), 4))
    sizes[0xE0] = 4
    return sizes


SIZES = _sizes()
BLACKKITE = SIZES | dict.fromkeys((0x60, 0x61, 0x62), 16)
COUNTED = {0xE1, 0xEA}  # a length byte first


def _measure(window: bytes) -> int:
    head = window[:6]
    if len(head) < 6:
        return 0
    if head[3:6] == SBD_HEAD:
        return 3 + int.from_bytes(head[1:3], "big")
    size = 5 + (int.from_bytes(head[1:3], "little") & 0x7FFF)
    known = head[0] in (PHOTO, COMPRESSED) or (
        head[0] == 1 and (head[3] in SIZES or head[3] in COUNTED or head[3] == 0xFE)
    )
    return size if known and size <= LONGEST else 0


def _verify(frame: bytes) -> str:
    if frame[3:6] == SBD_HEAD:
        return "none"
    return "ok" if crc16_modbus(frame[:-2]) == int.from_bytes(frame[-2:], "little") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    if frame[3:6] == SBD_HEAD:
        _read_short_burst(Cursor(frame, 3), report)
    elif frame[0] == PHOTO:
        report.fields["type"] = "photo"
    elif frame[0] == COMPRESSED:
        _read_compressed(Cursor(frame, 3, len(frame) - 2), report)
    else:
        _read_tags(Cursor(frame, 3, len(frame) - 2), report)


def _read_short_burst(cursor: Cursor, report: Report) -> None:
    payload = place = time = None
    while cursor.left >= 3:
        element, size = cursor.u8(), cursor.u16()
        part = cursor.part(min(size, cursor.left))
        if element == 1 and size == 28:
            part.skip(4)
            imei = part.ascii(15)
            if len(imei) != 15 or not imei.isdecimal():
                raise DecodeError("an Iridium message without an IMEI")
            report.device(imei)
            part.skip(5)  # state, counters
            time = unix_time(part.u32())
        elif element == 2:
            payload = part
        elif element == 3:
            place = part
    if payload is not None:
        _read_tags(payload, report)
    if not report.fixes:
        report.confidence = Confidence.POSSIBLE  # the message is Iridium's; whose payload it is does not show
    if place is not None and place.left >= 7:
        _read_satellite_place(place, time, report)


def _read_satellite_place(part: Cursor, time: int | None, report: Report) -> None:
    """The network's own estimate: flags(1: bit 0 west, bit 1 south), degrees(1) thousandths of minutes(2), twice."""
    flags = part.u8()
    latitude = part.u8() + part.u16() / 60_000
    longitude = part.u8() + part.u16() / 60_000
    report.fix(-latitude if flags & 2 else latitude, -longitude if flags & 1 else longitude, time=time)


def _read_compressed(cursor: Cursor, report: Report) -> None:
    """Records of 10 bytes of bits: 1, seconds of the year(25) no fix(1) longitude(22) latitude(21) ...; then a count of
    tags(7 bits), their numbers and values. The coordinates are fractions of the full circle and the half one."""
    report.confidence = Confidence.LIKELY
    report.doubts.append(ReadingDoubt.BY_DESCRIPTION())
    while cursor.left >= 11:
        bits = int.from_bytes(cursor.take(10), "big")
        lost = bits >> 53 & 1
        longitude = (bits >> 31 & 0x3FFFFF) * 360 / (1 << 22) - 180
        latitude = (bits >> 10 & 0x1FFFFF) * 180 / (1 << 21) - 90
        tags = cursor.take(cursor.u8() & 0x7F)
        for tag in tags:
            if tag not in SIZES:
                raise DecodeError(f"the tag {tag:#04x} is unknown")
            cursor.skip(SIZES[tag])
        report.fix(latitude, longitude, valid=not lost)


def _items(cursor: Cursor, sizes: Mapping[int, int]) -> Iterator[tuple[int, Cursor]]:
    while cursor.left >= 2:
        tag = cursor.u8()
        if tag in sizes:
            size = sizes[tag]
        elif tag in COUNTED:
            size = cursor.u8()
        elif tag == 0xFE:
            size = cursor.u16_le()
        else:
            raise DecodeError(f"the tag {tag:#04x} is unknown")
        yield tag, cursor.part(size)


def _ends(cursor: Cursor, sizes: Mapping[int, int]) -> bool:
    """Whether tags of these sizes take up all bytes."""
    ahead = Cursor(cursor.data, cursor.at, cursor.end)
    try:
        for _ in _items(ahead, sizes):
            pass
    except DecodeError:
        return False
    return not ahead.left


def _read_tags(cursor: Cursor, report: Report) -> None:
    """Tag 20 is the time, 30 the place, 33 the motion, 34 the altitude of one record.

    BlackKite's tags 60 to 62 are larger: whose sizes they are shows when only those lead to the last byte.
    """
    sizes = BLACKKITE if _ends(cursor, BLACKKITE) and not _ends(cursor, SIZES) else SIZES
    record: dict[int, Cursor] = {}
    last = 0
    try:
        for tag, value in _items(cursor, sizes):
            if tag <= last:
                _add_record(record, report)
                record = {}
            last = tag
            record[tag] = value
    except DecodeError as error:
        report.doubts.append(ReadingDoubt.TAGS_LEFT(error=str(error)))
    _add_record(record, report)


def _add_record(record: dict[int, Cursor], report: Report) -> None:
    if IMEI in record and (imei := record[IMEI].take(15)).isdigit():
        report.device(imei.decode("ascii"))
    if STATE in record:
        report.fields["ignition"] = bool(record[STATE].u16_le() >> 9 & 1)
    if PLACE not in record:
        return
    place = record[PLACE]
    quality, latitude, longitude = place.u8(), place.i32_le() / 1e6, place.i32_le() / 1e6
    speed = course = None
    if MOTION in record:
        speed, course = record[MOTION].u16_le() / 10, record[MOTION].u16_le() / 10
    report.fields["satellites"] = quality & 0x0F
    report.fix(
        latitude,
        longitude,
        time=unix_time(record[TIME].u32_le()) if TIME in record else None,
        valid=quality >> 4 == 0,
        speed=speed,
        course=course,
        altitude=record[ALTITUDE].i16_le() if ALTITUDE in record else None,
    )


DIALECT = FramedDialect(
    name="galileo",
    anchors=(rb"\x01[\s\S]{2}[\x01-\xff]", rb"[\x07\x08][\s\S][\x00-\x07]"),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    limit=LONGEST,
    weak=True,
    rank=10,
)
