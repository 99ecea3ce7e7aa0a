"""The bodies of JT/T 808 messages that say something: reports, batches, media, registration, vendors' own.

Source: JT/T 808-2019 sections 8.8 (register), 8.18 (0x0200), 8.49 (0x0704), 8.52 (0x0801), table 27 (extras);
reference facts for vendors' extras. Times are GMT+8, degrees are integers times 1e6 with the hemisphere in the status.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from iotwatch.decode.fields import Cursor, bcd_time, clock, digits_degrees, on_globe
from iotwatch.decode.trackers.coded import jt905_body as taxis
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei, is_vin
from iotwatch.words.kinds import Kind

BLOCK = 28
ZONE = 8  # hours east of Greenwich
_MOST_REPORTS = 512

_IMEI = regex(rb"(?<!\d)\d{15}(?!\d)")
_ICCID = regex(rb"(?<!\d)89\d{17,18}(?!\d)")
_NAMED_CELL = regex(rb"(\d{3});(\d{1,3});(\d{1,8});(\d{1,10})")
_PLATE = regex(rb"([\x81-\xfe][\x40-\xfe][A-Z][A-Z0-9]{5,6})\0*\Z")


def _block(cursor: Cursor, report: Report) -> None:
    """Alarm(4) status(4) latitude(4) longitude(4) altitude(2) speed(2, 0.1 km/h) course(2) time(BCD 6).

    Vendors that write negative degrees as two's complement are read as meant.
    """
    cursor.skip(4)
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
        _extra(item, cursor.take(size), report)


def _extra(item: int, value: bytes, report: Report) -> None:
    reader = EXTRAS.get(item)
    if reader is not None:
        reader(Cursor(value), report)
    if not report.vin and is_vin(text := value.decode("latin-1")):
        report.vin = text
    elif len(value) >= 15:
        _identities(value, report)


def _identities(value: bytes, report: Report) -> None:
    """IMEI and ICCID that stand as text in vendors' items."""
    for found in _IMEI.findall(value):
        if is_imei(found.decode("ascii")):
            report.device(found.decode("ascii"))
    if iccid := _ICCID.search(value):
        report.trait(Kind.ICCID, iccid.group().decode("ascii"))


def _cells_with_wide_lac(cursor: Cursor, report: Report) -> None:
    """Extra 0xF0: MCC(2) MNC(2) CID(4) LAC(4) signal(1), repeated."""
    while cursor.left >= 13:
        mcc, mnc, cid, lac = cursor.u16(), cursor.u16(), cursor.u32(), cursor.u32()
        report.cell(mcc, mnc, lac, cid)
        cursor.skip(1)


def _cells_counted(cursor: Cursor, report: Report) -> None:
    """Extra 0x5D: count(1), then MCC(2) MNC(1) LAC(2) CID(4) signal(1) each."""
    if cursor.left < 1 or cursor.left != 1 + 10 * cursor.peek()[0]:
        return
    for _ in range(cursor.u8()):
        report.cell(cursor.u16(), cursor.u8(), cursor.u16(), cursor.u32())
        cursor.skip(1)


def _cells_with_three_byte_lac(cursor: Cursor, report: Report) -> None:
    """Extra 0xE1 of 4 + 8n bytes: MCC(2) MNC(2), then LAC(3) CID(4) signal(1) each."""
    if cursor.left < 12 or cursor.left % 8 != 4:
        return
    mcc, mnc = cursor.u16(), cursor.u16()
    while cursor.left:
        report.cell(mcc, mnc, int.from_bytes(cursor.take(3), "big"), cursor.u32())
        cursor.skip(1)


def _cells_of_several_operators(cursor: Cursor, report: Report) -> None:
    """Extra 0x66: MCC(2), then signal(1) MNC(2) CID(4) LAC(2) each."""
    if cursor.left < 11 or cursor.left % 9 != 2 or not _is_country(cursor):
        return
    mcc = cursor.u16()
    while cursor.left:
        cursor.skip(1)
        mnc, cid, lac = cursor.u16(), cursor.u32(), cursor.u16()
        report.cell(mcc, mnc, lac, cid)


def _cell_of_lte(cursor: Cursor, report: Report) -> None:
    """Extra 0xFF of 12 bytes: MCC(2) MNC(1) LAC(4) CID(4) signal(1)."""
    if cursor.left == 12 and _is_country(cursor):
        report.cell(cursor.u16(), cursor.u8(), cursor.u32(), cursor.u32())


def _is_country(cursor: Cursor) -> bool:
    """Whether a mobile country code (ITU-T E.212) comes next: vendors give the same extra other meanings."""
    return 200 <= int.from_bytes(cursor.peek(2), "big") <= 799


def _driver_alarm(cursor: Cursor, report: Report) -> None:
    """Extras 0x64 and 0x65 of 47 bytes, alarms of driver assistance and of watching the driver: where and when it was.

    At 12 speed(1) altitude(2) latitude(4) longitude(4) time(BCD 6); the report's own status gives the hemispheres.
    """
    if cursor.left != 47 or not report.fixes:
        return
    cursor.skip(12)
    speed, altitude, latitude, longitude = cursor.u8(), cursor.i16(), cursor.u32() / 1e6, cursor.u32() / 1e6
    time = bcd_time(cursor.take(6), zone=ZONE)
    if time is not None and on_globe(latitude, longitude):
        own = report.fixes[0]
        report.fix(
            math.copysign(latitude, own.latitude),
            math.copysign(longitude, own.longitude),
            time=time,
            valid=own.valid,
            speed=speed,
            altitude=altitude,
        )


def _cell_with_lac_last(cursor: Cursor, report: Report) -> None:
    """Extra 0xFD of 10 bytes: MCC(2) MNC(2) CID(4) LAC(2)."""
    if cursor.left == 10:
        mcc, mnc, cid, lac = cursor.u16(), cursor.u16(), cursor.u32(), cursor.u16()
        report.cell(mcc, mnc, lac, cid)


def _access_points(cursor: Cursor, report: Report) -> None:
    """Extras 0x50, 0xEC and 0xF4: BSSID(6) signal(1), repeated."""
    if cursor.left % 7:
        return
    while cursor.left:
        report.access_point(cursor.take(6), cursor.i8())


def _nested(cursor: Cursor, report: Report) -> None:
    """Extra 0xEB: a cell list (MCC(2) MNC(1), LAC(2) CID(2) signal(1) each), or items of length(2) id(2) value."""
    if (cursor.left - 3) % 5 == 0 and _is_country(cursor):
        mcc, mnc = cursor.u16(), cursor.u8()
        while cursor.left:
            report.cell(mcc, mnc, cursor.u16(), cursor.u16())
            cursor.skip(1)
        return
    while cursor.left >= 4:
        size, item = cursor.u16(), cursor.u16()
        if not 2 <= size <= cursor.left + 2:
            return
        value = cursor.part(size - 2)
        if item == 0xB2 and value.left == 10:
            report.trait(Kind.ICCID, value.rest().hex().rstrip("f"))
        elif item == 0xD8 and value.left == 12:  # MCC(2) MNC(2) count(1) LAC(2) CID(4) signal(1)
            mcc, mnc = value.u16(), value.u16()
            value.skip(1)
            report.cell(mcc, mnc, value.u16(), value.u32())
        elif item == 0xD8 and value.left >= 9:
            report.cell(value.u16(), value.u8(), value.u16(), value.u32())
        elif item == 0x24 and (named := _NAMED_CELL.fullmatch(value.rest())):
            report.cell(*map(int, named.groups()))


EXTRAS: dict[int, Callable[[Cursor, Report], None]] = {
    0x50: _access_points,
    0x5D: _cells_counted,
    0x64: _driver_alarm,
    0x65: _driver_alarm,
    0x66: _cells_of_several_operators,
    0xE1: _cells_with_three_byte_lac,
    0xEB: _nested,
    0xEC: _access_points,
    0xF0: _cells_with_wide_lac,
    0xF4: _access_points,
    0xFD: _cell_with_lac_last,
    0xFF: _cell_of_lte,
}


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
    _identities(value, report)
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
    while cursor.left >= 2:
        item, size = cursor.u8(), cursor.u8()
        value = cursor.part(min(size, cursor.left))
        if item == 0x0A and value.left == 3:
            report.cell(value.u16(), value.u8(), lac, cid)


def _passthrough(cursor: Cursor, report: Report) -> None:
    """0x0900: kind(1), then a vendor's content, which may hold the VIN as text."""
    cursor.skip(1)
    value = cursor.rest()
    _identities(value, report)
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
