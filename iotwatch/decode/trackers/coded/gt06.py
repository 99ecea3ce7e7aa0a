"""GT06 and its family (Concox, Jimi, GK3xx, and many clones): TCP, no port of its own.

Source: reference facts for GT06; the Concox GT06 protocol manual names the fields. A frame is ``78 78`` length(1) or
``79 79`` length(2), type(1), body, serial(2), CRC-16/X-25(2), ``0D 0A``; the length counts from the type to the CRC.
A type number means different things on different models, so the GPS block is found by its date, ranges and course.
"""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.decode.fields import Cursor, bcd, binary_time, unix_time
from iotwatch.decode.trackers.coded import gt06_cells as cells
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.identity import imei_of_bcd
from iotwatch.words.kinds import Kind

SCALE = 1_800_000  # minutes of arc times 30,000
_DEEPEST_BLOCK = 20
EARLIEST_YEAR = 6  # the first such trackers were made after 2005
UNSET_CLOCKS = (b"\x00\x01\x01", b"\x01\x01\x01")  # the day on which a clock that was never set begins

LOGIN, STATUS, INFORMATION, MODULAR, MEDIA, COMMAND = 0x01, 0x13, 0x94, 0x70, 0x95, 0x80
TEXT_TYPES = {0x15: 5, 0x21: 5, 0x80: 5, 0x81: 5, 0x8C: 6, 0x97: 0, 0x98: 0, 0x99: 0, 0x9B: 0}  # bytes before the text
GPS_TYPES = {0x10, 0x12, 0x22, 0x36, 0x37, MEDIA, *cells.AFTER_GPS}
PLACELESS_TYPES = {LOGIN, STATUS, 0x23, 0x8A, INFORMATION, *TEXT_TYPES}

_TEXT = regex(rb"[ -~]{4,}")
_TEXT_PLACE = regex(r"Lat:([NS])(\d{1,2}\.\d{1,8}),Lon:([EW])(\d{1,3}\.\d{1,8})")
_VIN = regex(r"VIN[:=]\s?([A-HJ-NPR-Z0-9]{17})\b")


class BlockLayout(NamedTuple):
    """Bytes between the time and the latitude (the last counts satellites), and whether a speed precedes the flags."""

    between: int
    speed: bool = True

    @property
    def size(self) -> int:
        return 6 + self.between + 8 + self.speed + 2


PLAIN = BlockLayout(1)
LENGTH_FIRST = BlockLayout(2)  # a byte 0x0C, the length of the GPS part, stands between time and satellites
MEDIA_BLOCKS = (BlockLayout(1, speed=False), BlockLayout(0, speed=False))


def _measure(window: bytes) -> int:
    head = window[:4]
    if len(head) < 4 or len(window) < 6:
        return 0
    if head[:2] == b"\x78\x78":
        return cells.scan_frame_size(window) or _through_line_end(window, 3 + head[2])
    if head[:2] == b"\x79\x79":
        return _through_line_end(window, 4 + int.from_bytes(head[2:4], "big"))
    return 0


def _verify(frame: bytes) -> str:
    content = frame[:-2] if frame.endswith(b"\r\n") else frame.removesuffix(b"\r")
    short = frame[0] == 0x78
    declared = frame[2] if short else int.from_bytes(frame[2:4], "big")
    if declared < 5 or len(content) != declared + (3 if short else 4):
        return "none"
    return "ok" if crc16_x25(content[2:-2]) == int.from_bytes(content[-2:], "big") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    head = 3 if frame[0] == 0x78 else 4
    kind = frame[head]
    report.fields["type"] = f"{kind:02x}"
    if head == 3 and cells.scan_frame_size(frame):
        cells.read_scan_frame(frame, report)
        return
    body = frame.removesuffix(b"\n").removesuffix(b"\r")[head + 1 : -4]
    if kind == LOGIN:
        _read_login(frame[head + 1 : head + 9], report)
    elif kind == STATUS and body:
        report.fields["ignition"] = bool(body[0] & 2)
    elif kind == INFORMATION:
        _read_information(body, report)
    elif kind == MODULAR:
        _read_modules(body, report)
    elif kind not in PLACELESS_TYPES:
        _read_place(kind, body, report)
    if kind in TEXT_TYPES or kind == INFORMATION:
        _read_text(body[TEXT_TYPES.get(kind, 0) :], report)
    if kind == COMMAND and "text" in report.fields:
        report.fields["command"] = report.fields.pop("text")


def _through_line_end(window: bytes, stop: int) -> int:
    """Size of the frame whose CRC ends at ``stop``: with its line end, or without one where the data stop."""
    size = len(window)
    if window[stop : stop + 2] == b"\r\n":
        return stop + 2
    if window[stop:] in (b"", b"\r") and stop <= size:
        return size
    if stop > size >= 12 and window.endswith(b"\r\n"):
        return size  # clones that leave the serial out of what they send, not out of the length
    return stop + 2 if stop + 2 > size else 0


def _read_login(digits: bytes, report: Report) -> None:
    report.device(imei_of_bcd(bcd(digits)))
    if not report.device_ids:
        raise DecodeError("a GT06 login without an id")


def _read_information(body: bytes, report: Report) -> None:
    """Type 0x94, kind 0x0A: IMEI(8) IMSI(8) ICCID(10), all packed decimal."""
    if body[:1] == b"\x0a" and len(body) >= 27:
        report.device(imei_of_bcd(bcd(body[1:9])))
        report.trait(Kind.IMSI, imei_of_bcd(bcd(body[9:17])))
        report.trait(Kind.ICCID, body[17:27].hex().rstrip("f"))


def _read_text(body: bytes, report: Report) -> None:
    """Answers to commands, alarms in words and OBD values are text."""
    found = _TEXT.search(body)
    if not found:
        return
    text = found.group().decode("ascii")
    report.fields["text"] = text[:200]
    if place := _TEXT_PLACE.search(text):
        south, latitude, west, longitude = place.groups()
        report.fix(float(latitude) * (-1 if south == "S" else 1), float(longitude) * (-1 if west == "W" else 1))
    if vin := _VIN.search(text):
        report.vin = vin.group(1)


def _read_modules(body: bytes, report: Report) -> None:
    """Type 0x70: items of id(2) length(2) value."""
    cursor = Cursor(body)
    while cursor.left >= 4:
        item, size = cursor.u16(), cursor.u16()
        value = cursor.part(min(size, cursor.left))
        if item == 0x03 and size == 8:
            report.device(imei_of_bcd(value.bcd(8)))
        elif item == 0x0A and size == 10:
            report.trait(Kind.ICCID, value.rest().hex().rstrip("f"))
        elif item == 0x11 and size >= 10:
            report.cell(value.u16(), value.u16(), value.u16(), value.u32())
        elif item == 0x33 and size >= 18:
            time = unix_time(value.u32())
            report.fields["satellites"] = value.u8()
            altitude = value.i16()
            _add_fix(value, PLAIN, time, report, altitude)


def _add_fix(
    cursor: Cursor, layout: BlockLayout, time: int | None, report: Report, altitude: int | None = None
) -> None:
    """Latitude(4) longitude(4) speed(1) flags(2): bit 12 valid, bit 11 west, bit 10 north, bits 0-9 course."""
    latitude, longitude = cursor.u32() / SCALE, cursor.u32() / SCALE
    speed = cursor.u8() if layout.speed else None
    flags = cursor.u16()
    report.fix(
        latitude if flags & 0x400 else -latitude,
        -longitude if flags & 0x800 else longitude,
        time=time,
        valid=bool(flags & 0x1000),
        speed=speed,
        course=flags & 0x3FF,
        altitude=altitude,
    )


def _fits(body: bytes, at: int, layout: BlockLayout) -> bool:
    """Whether latitude, longitude and course of a block at ``at`` are in their ranges."""
    if len(body) < at + layout.size:
        return False
    here = at + 6 + layout.between
    latitude, longitude = int.from_bytes(body[here : here + 4], "big"), int.from_bytes(body[here + 4 : here + 8], "big")
    course = int.from_bytes(body[at + layout.size - 2 : at + layout.size], "big") & 0x3FF
    return latitude <= 90 * SCALE and longitude <= 180 * SCALE and course <= 360


def find_gps_block(kind: int, body: bytes) -> tuple[int, BlockLayout] | None:
    """Offset and layout of the GPS block, by its date, ranges and course; of two times the second begins it.

    In a type of which nothing is known, a time may stand before a list of cells as well: the block has to say its own
    length before the satellites, where a list has a country's code or a number of cells.
    """
    timed = binary_time(body[:6]) is not None  # then a date at byte 1 to 5 is made of parts of this one
    known = kind in GPS_TYPES
    for at in range(1 if timed and not known else min(len(body), _DEEPEST_BLOCK)):
        if (
            not (known or body[at + 6 : at + 7] >= b"\x10")
            or not (EARLIEST_YEAR <= body[at] < 40 or (at == 0 and body[:3] in UNSET_CLOCKS))
            or (timed and 0 < at < 6)
            or binary_time(body[at : at + 6]) is None
        ):
            continue
        if kind == MEDIA:
            layouts: tuple[BlockLayout, ...] = MEDIA_BLOCKS
        elif body[at + 6 : at + 7] == b"\x0c":
            layouts = (PLAIN, LENGTH_FIRST)
        elif body[at + 6 : at + 7] < b"\x28" and binary_time(body[at + 6 : at + 12]) and _fits(body, at + 6, PLAIN):
            return at + 6, PLAIN
        else:
            layouts = (PLAIN,)
        for layout in layouts:
            if _fits(body, at, layout):
                return at, layout
    return None


def _read_place(kind: int, body: bytes, report: Report) -> None:
    if kind in cells.ALONE:
        cells.read_cell(Cursor(body), cells.ALONE[kind], report)
        return
    if kind in (0x32, 0x33) and body[6:7] == b"\0" and binary_time(body[:6]) is not None:
        cells.read_cell(Cursor(body, 7), cells.AFTER_GPS[kind], report)  # the GPS part has length 0
        return
    if cells.read_list(kind, body, report):
        return
    found = find_gps_block(kind, body)
    if found is None:
        return
    at, layout = found
    if at >= 8 and body[0] < 0x10 and (digits := body[:8].hex()).isdecimal():
        report.device(imei_of_bcd(digits))
    cursor = Cursor(body, at)
    time = binary_time(cursor.take(6))
    if layout.between:
        report.fields["satellites"] = cursor.take(layout.between)[-1] & 0x0F
    _add_fix(cursor, layout, time, report)
    if kind != MEDIA:
        cells.read_cell(cursor, cells.AFTER_GPS.get(kind, cells.CellLayout()), report)


DIALECT = FramedDialect(
    name="gt06",
    anchors=(rb"\x78\x78", rb"\x79\x79"),
    measure=_measure,
    read=gathered(_fill, _verify, unproven=Confidence.POSSIBLE),
    limit=1 << 16,
    rank=10,
)
