"""The bodies of JT/T 808 messages that say something: reports, batches, media, registration, vendors' own.

Source: JT/T 808-2019 sections 8.8 (register), 8.18 (0x0200), 8.49 (0x0704), 8.52 (0x0801). Times are GMT+8, degrees are
integers times 1e6 with the hemisphere in the status.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from iotwatch.decode.fields import Cursor, bcd_time, clock, digits_degrees, on_globe
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded import jt905_body as taxis
from iotwatch.decode.trackers.coded.jt808_items import ZONE, extra, identities
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.patterns import regex
from iotwatch.words.kinds import Kind

BLOCK = 28
_MOST_REPORTS = 512

_PLATE = regex(rb"([\x81-\xfe][\x40-\xfe][A-Z][A-Z0-9]{5,6})\0*\Z")


def _block(cursor: Cursor, report: Report) -> None:
    """Alarm(4) status(4) latitude(4) longitude(4) altitude(2) speed(2, 0.1 km/h) course(2) time(BCD 6).

    Vendors that write negative degrees as two's complement are read as meant.
    """
    cursor.skip(4)
    _stated(cursor, report)


def _stated(cursor: Cursor, report: Report) -> None:
    """The block from its status on."""
    status = cursor.u32()
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    altitude, speed, course = cursor.i16(), cursor.u16() / 10, cursor.u16()
    report.fields["ignition"] = bool(status & 1)
    report.fix(
        -abs(latitude) if status & 4 else latitude,
        -abs(longitude) if status & 8 else longitude,
        time=bcd_time(cursor.take(6), zone=ZONE),
        valid=bool(status & 2),
        speed=speed,
        course=course,
        altitude=altitude,
    )


def _report(cursor: Cursor, report: Report) -> None:
    """0x0200: the block, then extras of id(1) length(1) value; or the taxis' block in the same frame."""
    if taxis.is_taxi(cursor.peek(cursor.left), report):
        taxis.read_block(cursor, report)
    else:
        _block(cursor, report)
    while cursor.left >= 2:
        item, size = cursor.u8(), cursor.u8()
        if size > cursor.left:
            return
        extra(item, cursor.take(size), report)


def _answer(cursor: Cursor, report: Report) -> None:
    """0x0201 and 0x0500: the serial(2) of the question, then a report."""
    cursor.skip(2)
    _report(cursor, report)


def _batch(cursor: Cursor, report: Report) -> None:
    """0x0704: count(2) kind(1), then length(2) and a report each."""
    count = cursor.u16()
    report.fields["stored"] = bool(cursor.u8())
    for _ in range(min(count, _MOST_REPORTS)):
        if cursor.left < 2 + BLOCK:
            return
        _report(cursor.part(min(cursor.u16(), cursor.left)), report)


def _short_batch(cursor: Cursor, report: Report) -> None:
    """0x0210: length(1) and a report each."""
    while cursor.left > BLOCK:
        _report(cursor.part(min(cursor.u8(), cursor.left)), report)


def _media(cursor: Cursor, report: Report) -> None:
    """0x0801: media id(4) type(1) format(1) event(1) channel(1), then a block; the edition of 2011 has none."""
    cursor.skip(8)
    if cursor.left >= BLOCK and bcd_time(cursor.peek(BLOCK)[22:]) is not None:
        _block(cursor, report)


def _media_found(cursor: Cursor, report: Report) -> None:
    """0x0802: serial(2) count(2), then media id(4) type(1) channel(1) event(1) and a block each; that of 2011 has none."""
    cursor.skip(2)
    count = cursor.u16()
    for _ in range(count if cursor.left == count * (7 + BLOCK) else 0):
        cursor.skip(7)
        _block(cursor, report)


def _register(cursor: Cursor, report: Report) -> None:
    """0x0100 and 0x0102: maker, model, terminal id, plate (GBK), or a token; what identifies is text."""
    value = cursor.rest()
    identities(value, report)
    if plate := _PLATE.search(value):
        report.trait(Kind.PLATE, plate[1].decode("gbk", "replace"))


def _digits_report(cursor: Cursor, report: Report) -> None:
    """0x5501 and 0x5502: time(BCD ddmmyyhhmmss), latitude ddmm.mmmm(4), longitude dddmm.mmmm and flags(5), speed(1)
    course(1, 2 degrees) signal(1) satellites(1) mileage(4) battery(1) CID(4) LAC(2) product(1) state(2) alarm(2), then extras,
    of which 0x0A is MCC(2) MNC(1).

    Flags: bit 0 valid, bit 1 north, bit 2 east.
    """
    day, month, year, hour, minute, second = (int(cursor.bcd(1)) for _ in range(6))
    latitude = digits_degrees(cursor.bcd(4), 2)
    packed = cursor.take(5).hex()
    longitude, flags = digits_degrees(packed[:9], 3), int(packed[9], 16)
    speed, course = cursor.u8(), cursor.u8() * 2
    report.fix(
        latitude if flags & 2 else -latitude,
        longitude if flags & 4 else -longitude,
        time=clock(year, month, day, hour, minute, second),
        valid=bool(flags & 1),
        speed=speed,
        course=course,
    )
    if cursor.left < 18:
        return
    cursor.skip(7)
    cid, lac = cursor.u32(), cursor.u16()
    cursor.skip(5)
    network = (0, 0)
    while cursor.left >= 2:
        item, size = cursor.u8(), cursor.u8()
        value = cursor.part(min(size, cursor.left))
        if item == 0x0A and value.left == 3:
            network = value.u16(), value.u8()
    if network[0]:
        report.cell(*network, lac, cid)
    elif lac and cid:
        report.cells.append(Cell(0, 0, lac, cid))


def _passed_block(cursor: Cursor, report: Report) -> None:
    """0x0900 of kind 0x53 or 0x54: the block from its status on."""
    if cursor.left >= BLOCK - 4 and bcd_time(cursor.peek(BLOCK - 4)[18:]) is not None:
        _stated(cursor, report)


def _passed_place(cursor: Cursor, report: Report) -> None:
    """0x0900 of kind 0xFF: time(BCD 6), then signed latitude and longitude (4 each)."""
    if cursor.left < 14 or (time := bcd_time(cursor.take(6), zone=ZONE)) is None:
        return
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    if on_globe(latitude, longitude) and (latitude or longitude):
        report.fix(latitude, longitude, time=time)


_PASSED: dict[int, Callable[[Cursor, Report], None]] = {
    0x53: _passed_block,
    0x54: _passed_block,
    0xFF: _passed_place,
}


def _passthrough(cursor: Cursor, report: Report) -> None:
    """0x0900: kind(1), then a vendor's content, which may begin with a place and hold the VIN as text."""
    kind = cursor.u8()
    value = cursor.rest()
    if kind in _PASSED:
        _PASSED[kind](Cursor(value), report)
    identities(value, report)
    found = re.search(rb"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{17}(?![A-Z0-9])", value)
    if found and not found.group().isdigit() and not found.group().isalpha():
        report.vin = found.group().decode("ascii")


def _track(cursor: Cursor, report: Report) -> None:
    """0x8202: interval(2, seconds) validity(4, seconds)."""
    report.fields["interval"] = cursor.u16()


def _text(cursor: Cursor, report: Report) -> None:
    """0x8300: flags(1), text in GBK."""
    cursor.skip(1)
    report.fields["text"] = cursor.rest()[:400].decode("gbk", "replace")


Reader = Callable[[Cursor, Report], None]
READERS: dict[int, Reader] = {
    0x0100: _register,
    0x0102: _register,
    0x0200: _report,
    0x0201: _answer,
    0x0202: taxis.read_shift,
    0x0210: _short_batch,
    0x0500: _answer,
    0x0704: _batch,
    0x0801: _media,
    0x0802: _media_found,
    0x0900: _passthrough,
    0x0B03: taxis.read_shift,
    0x0B04: taxis.read_shift,
    0x0B05: taxis.read_trip,
    0x5501: _digits_report,
    0x5502: _digits_report,
    0x8202: _track,
    0x8300: _text,
}
