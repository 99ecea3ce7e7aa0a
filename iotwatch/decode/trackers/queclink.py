"""Queclink @Track in its binary form: ``+RSP``, ``+EVT``, ``+BSP``, ``+INF``, ``+ACK``.

``+RSP`` type(1) mask(4) length(2) device type(1) versions(4) IMEI(8: seven bytes of two decimal digits, one of one digit) ...
CRC-16/CCITT-FALSE(2) ``0D 0A``. Which fields stand before the place depends on the mask and the model; a place is longitude
and latitude (int32 BE, 1e-6 degrees) with a time behind (year(2) and five plain bytes, or Unix time), and that block is searched
for under the proven CRC. Source: reference facts, Queclink; the IMEI's form was read off samples (its check digit holds).
"""

from __future__ import annotations

import re

from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.checksums import crc16_ccitt_false
from iotwatch.decode.fields import SECOND, Cursor, clock, is_imei, on_globe, unix_time
from iotwatch.decode.trackers.frames import Frame, FramedDialect, Session, checked, fix_at

_HEAD = re.compile(rb"\+(RSP|EVT|BSP|INF|ACK|BEV|CRD)", re.DOTALL)
_IMEI_AT = 16
_MICRO = 1e-6
_TAIL = b"\r\n"
_DAY = 86_400 * SECOND
_STALE = 400 * _DAY


def measure(window: bytes) -> int | None:
    """To the ``0D 0A`` before which the CRC holds, else to where the length points."""
    if not _HEAD.match(window) or len(window) < 28:
        return None
    if window[1:4] == b"ACK":
        end = window.find(_TAIL, 20, 64)
        return end + 2 if end > 0 else None
    length = int.from_bytes(window[9:11], "big")
    return length if 28 <= length <= 4096 else None


def read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    """Every place of a frame whose CRC holds, else the sender alone."""
    good = frame[-2:] == _TAIL and crc16_ccitt_false(frame[4:-4]) == int.from_bytes(frame[-4:-2], "big")
    imei = _imei(frame)
    if not good and not imei:
        return None
    fixes: list[Fix] = []
    cells: list[Cell] = []
    at = _IMEI_AT + 8
    end = len(frame) - 13  # where the time of sending stands, before count, CRC and line end
    sent = _date(frame[end : end + 7])
    while good and sent is not None and frame[1:4] not in (b"ACK", b"INF") and at + 12 <= end:
        found = _place(frame, at, end, sent)
        if found is None:
            at += 1
            continue
        fix, at = found
        fixes.append(fix)
        if (cell := _cell(frame[at : at + 8])) is not None:
            cells.append(cell)
    return Frame(
        kind=frame[1:4].decode("ascii"),
        fixes=tuple(fixes),
        cells=tuple(cells),
        device=imei,
        device_at=(_IMEI_AT, _IMEI_AT + 8),
        checksum=checked(good=good),
    )


def _imei(frame: bytes) -> str:
    raw = frame[_IMEI_AT : _IMEI_AT + 8]
    if len(raw) < 8 or max(raw[:7]) > 99 or raw[7] > 9:
        return ""
    digits = "".join(f"{byte:02d}" for byte in raw[:7]) + str(raw[7])
    return digits if is_imei(digits) else ""


def _date(raw: bytes) -> int | None:
    """The time of a year in two bytes and five plain bytes."""
    if len(raw) < 7:
        return None
    return clock(int.from_bytes(raw[:2], "big"), *raw[2:7]) if raw[0] else None


def _place(frame: bytes, at: int, end: int, sent: int) -> tuple[Fix, int] | None:
    """The place at byte ``at`` and where its time ends; ``None`` when the bytes are no such block.

    Its time is at most ``_STALE`` before the frame was sent: that, not the number ranges, is what tells it from other fields.
    """
    cursor = Cursor(frame, at, end)
    longitude, latitude = cursor.i32() * _MICRO, cursor.i32() * _MICRO
    if not on_globe(latitude, longitude):
        return None
    for time, size in ((_date(frame[at + 8 : min(at + 15, end)]), 15), (unix_time(cursor.u32()), 12)):
        if time is not None and -_DAY < sent - time < _STALE:
            return fix_at(latitude, longitude, (at, at + 8), time), at + size
    return None


def _cell(raw: bytes) -> Cell | None:
    mcc, mnc, lac, cid = (int.from_bytes(raw[i : i + 2], "big") for i in range(0, 8, 2))
    return Cell(mcc, mnc, lac, cid) if 200 <= mcc <= 799 and mnc <= 999 and lac and cid else None


DIALECT = FramedDialect(
    name="gl200",
    anchors=(rb"\+(?:RSP|EVT|BSP|INF|ACK)[\x00-\x7f]",),
    measure=measure,
    read=read,
    limit=4096,
)
