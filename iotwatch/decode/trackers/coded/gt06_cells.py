"""The cells and access points of GT06 frames: how each message type lays them out.

Source: reference facts for GT06. MCC(2; bit 15 says that the MNC takes two bytes) MNC(1 or 2) LAC(2 or 4)
CID(3, 4 or 8).
"""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.decode.fields import Cursor, bcd_time, binary_time
from iotwatch.decode.trackers.engine.report import Report

_STATUS_BYTES = 5
_MOST_CELLS = 7


class CellLayout(NamedTuple):
    """Bytes before the country code, whether a length byte is one of them, and the sizes of the numbers."""

    gap: int = 0
    sized: bool = False
    lac: int = 2
    cid: int = 3
    mnc: int = 1


WIDE = CellLayout(lac=4, cid=8)
_SIZED = CellLayout(gap=1, sized=True)

AFTER_GPS: dict[int, CellLayout] = {
    0x11: CellLayout(cid=4, mnc=2),
    0x16: _SIZED,
    0x25: _SIZED,
    0x26: _SIZED,
    0x27: _SIZED,
    0x2D: _SIZED,
    0x31: CellLayout(cid=4, mnc=2),
    0x32: _SIZED,
    0x33: _SIZED,
    0x34: CellLayout(gap=6, cid=4),
    0x36: CellLayout(cid=4),
    0x38: WIDE._replace(gap=3),
    0xA0: WIDE,
    0xA2: WIDE,
    0xA4: WIDE._replace(gap=1),
}
# Lists of cells after a time: the country code, then cells each with its signal, then perhaps access points.
LISTS: dict[int, CellLayout] = {
    0x17: CellLayout(),
    0x18: CellLayout(),
    0x24: CellLayout(gap=1),
    0x28: CellLayout(),
    0x2C: CellLayout(),
    0x2E: CellLayout(),
    0xA1: WIDE,
    0xA2: WIDE,
    0xF3: CellLayout(),
}
ALONE: dict[int, CellLayout] = {0x19: CellLayout(), 0xA5: WIDE, 0xA7: WIDE}


def _operator(cursor: Cursor, mnc_size: int) -> tuple[int, int]:
    mcc = cursor.u16()
    mnc = cursor.uint(2 if mcc & 0x8000 else mnc_size)
    return mcc & 0x7FFF, mnc


def read_cell(cursor: Cursor, layout: CellLayout, report: Report) -> None:
    """One serving cell; nothing when the bytes do not reach."""
    if cursor.left < layout.gap + 2 + layout.mnc + layout.lac + layout.cid:
        return
    unsized = layout.sized and 200 <= int.from_bytes(cursor.peek(2), "big") <= 799
    gap = cursor.take(0 if unsized else layout.gap)
    size = gap[0] if layout.sized and gap else 8
    wide_mnc = int.from_bytes(cursor.peek(2), "big") & 0x8000
    two_byte_mnc = size == 10 and int.from_bytes(cursor.peek(4)[2:], "big") <= 999
    mcc, mnc = _operator(cursor, 2 if two_byte_mnc else layout.mnc)
    if cursor.left < layout.lac + layout.cid:
        return
    lac = cursor.uint(layout.lac)
    # A length of 9 is said of 3-byte cell ids (it counts itself) and of 4-byte ones: the status that follows decides.
    longer = size == 10 or (size == 9 and cursor.left == 4 + _STATUS_BYTES)
    report.cell(mcc, mnc, lac, cursor.uint(4 if longer and not wide_mnc else layout.cid))


def read_list(kind: int, body: bytes, report: Report) -> bool:
    """Time(6), operator, cells and access points of the types that carry no GPS; false when it is not that."""
    layout = LISTS.get(kind)
    if layout is None or binary_time(body[:6]) is None:
        return False
    cursor = Cursor(body, 6)
    if cursor.left < layout.gap + 4 + layout.lac + layout.cid:
        return False
    cursor.skip(layout.gap)
    mcc, mnc = _operator(cursor, layout.mnc)
    if not 200 <= mcc <= 799:
        return False
    count = min(cursor.u8(), _MOST_CELLS) if layout.gap else _MOST_CELLS
    for _ in range(count):
        if cursor.left < layout.lac + layout.cid + 1:
            return True
        report.cell(mcc, mnc, cursor.uint(layout.lac), cursor.uint(layout.cid))
        cursor.skip(1)
    if cursor.left >= 2 and not layout.gap:
        cursor.skip(1)  # timing advance
        for _ in range(min(cursor.u8(), cursor.left // 7)):
            report.access_point(cursor.take(6), -cursor.u8())
    return True


def scan_frame_size(window: bytes) -> int:
    """Size of the frame whose length byte counts access points instead; 0 when it is not one.

    ``78 78`` count(1) type ``17`` or ``69``, BCD time(6), access points, number of cells, operator, cells, ``0D 0A``.
    """
    head = window[:10]
    if len(head) < 10 or head[3] not in (0x17, 0x69) or head[2] > 32 or bcd_time(head[4:10]) is None:
        return 0
    count = 10 + 7 * head[2]
    stop = count + 4 + 5 * window[count] if count < len(window) else 0
    return stop + 2 if window[stop : stop + 2] == b"\r\n" else 0


def read_scan_frame(frame: bytes, report: Report) -> None:
    """What ``scan_frame_size`` measured: BSSID(6) signal(1) each; MCC(2) MNC(1); LAC(2) CID(2) signal(1) each."""
    cursor = Cursor(frame, 10, len(frame) - 2)
    for _ in range(frame[2]):
        report.access_point(cursor.take(6), -cursor.u8())
    count = cursor.u8()
    mcc, mnc = cursor.u16(), cursor.u8()
    for _ in range(count):
        report.cell(mcc, mnc, cursor.u16(), cursor.u16())
        cursor.skip(1)
