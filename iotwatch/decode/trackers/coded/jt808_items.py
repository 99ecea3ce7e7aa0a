"""The items that follow a report of JT/T 808: vendors put cells, access points, identities and second places there.

Source: JT/T 808-2019 table 27 (extras); reference facts for vendors' own. The same item means other things by vendor, so
that its length and its first values have to fit.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from iotwatch.decode.fields import Cursor, bcd_time, on_globe
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei, is_vin
from iotwatch.words.kinds import Kind

ZONE = 8  # hours east of Greenwich
IMSI = 0x6C
_IMEI = regex(rb"(?<!\d)\d{15}(?!\d)")
_ICCID = regex(rb"(?<!\d)89\d{17,18}(?!\d)")
_NAMED_CELL = regex(rb"(\d{3});(\d{1,3});(\d{1,8});(\d{1,10})")
_NAMED_POINT = regex(rb"((?:[0-9A-Fa-f]{2}:?){5}[0-9A-Fa-f]{2}),(-?\d{1,3})")


def extra(item: int, value: bytes, report: Report) -> None:
    if item == IMSI and len(value) == 15 and value.isdigit():
        report.trait(Kind.IMSI, value.decode("ascii"))
        return
    reader = EXTRAS.get(item)
    if reader is not None:
        reader(Cursor(value), report)
    if not report.vin and is_vin(text := value.decode("latin-1")):
        report.vin = text
    elif len(value) >= 15:
        identities(value, report)


def identities(value: bytes, report: Report) -> None:
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
        elif item == 0xB9:
            _named_access_points(value.rest()[1:], report)
        elif item == 0x24 and (named := _NAMED_CELL.fullmatch(value.rest())):
            report.cell(*map(int, named.groups()))


def _named_access_points(text: bytes, report: Report) -> None:
    """Item 0x00B9 of 0xEB: ``mac,signal`` and so on, as text."""
    for mac, signal in _NAMED_POINT.findall(text):
        report.access_point(bytes.fromhex(mac.decode("ascii").replace(":", "")), int(signal))


def _imei_in_digits(cursor: Cursor, report: Report) -> None:
    """Extra 0xF6 of 8 bytes: the IMEI in packed digits."""
    digits = cursor.rest().hex()[1:]
    if is_imei(digits):
        report.device(digits)


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
    0xF6: _imei_in_digits,
    0xFD: _cell_with_lac_last,
    0xFF: _cell_of_lte,
}
