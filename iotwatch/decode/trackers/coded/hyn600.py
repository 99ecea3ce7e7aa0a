"""HYN600, a relative of Queclink's binary reports.

Source: read off the samples. ``+RPT:``, length of the whole frame (2), IMEI (8: two decimal digits a byte), head,
then per place state (1), speed, course, altitude (2 each), latitude, longitude (1e-6 degrees), date (7); after the last
one MCC, MNC, area (2 each), cell (4); sending time (7), count (2), ``#``. No checksum.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.coded.queclink import DATE, date, decimal_digits
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

IMEI_AT, HEAD = 7, 15
BEFORE, PLACE = 7, 8 + DATE
SATELLITES, TAIL = 4, DATE + 3
FIX = 1


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[:5] != b"+RPT:" or not decimal_digits(window[IMEI_AT:HEAD]):
        return None
    size = int.from_bytes(window[5:7], "big")
    return size if size > HEAD + TAIL and window[size - 1 : size] in {b"#", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    sent = date(frame[-TAIL : DATE - TAIL])
    if sent is None:
        return None
    fixes: list[Fix] = []
    cells: list[Cell] = []
    at = HEAD + BEFORE
    while at + PLACE <= len(frame) - TAIL:
        fix = _fix(frame, at)
        if fix is None:
            at += 1
            continue
        fixes.append(fix)
        at += PLACE
        cells = _cell(frame, at) or _cell(frame, at + SATELLITES)
    device = decimal_digits(frame[IMEI_AT:HEAD])
    return Frame(
        kind="report", fixes=tuple(fixes), cells=tuple(cells), device=device, device_at=(IMEI_AT, HEAD), time=sent
    )


def _fix(frame: bytes, at: int) -> Fix | None:
    time = date(frame[at + 8 : at + PLACE])
    cursor = Cursor(frame, at - BEFORE)
    state, speed, course, altitude = cursor.u8(), cursor.u16(), cursor.u16(), cursor.i16()
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    if time is None or not on_globe(latitude, longitude):
        return None
    return fix_at(
        latitude, longitude, (at, at + PLACE), time,
        valid=state == FIX, speed=float(speed), course=float(course), altitude=float(altitude),
    )  # fmt: skip


def _cell(frame: bytes, at: int) -> list[Cell]:
    if at + 10 > len(frame):
        return []
    cursor = Cursor(frame, at)
    mcc, mnc, area, cell = cursor.u16(), cursor.u16(), cursor.u16(), cursor.u32()
    return [Cell(mcc, mnc, area, cell)] if 200 <= mcc < 800 and mnc < 1000 and area and cell < 1 << 28 else []


DIALECT = FramedDialect(name="hyn600", anchors=(rb"\+RPT:[\x00-\x07]",), measure=_measure, read=_read)
