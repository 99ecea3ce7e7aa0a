"""Ulbotech T300 series, binary form.

Source: public descriptions, held against samples. A frame is ``F8``, version, type, IMEI in packed
digits (8), time (4: seconds since 2000 with a flag in the top bit), elements of id, length (1; 2 for the CAN bus) and value,
CRC-16/XMODEM of all but the first F8, ``F8``. Inside, F7 and F8 are sent as ``F7 00`` and ``F7 0F``.
"""

from __future__ import annotations

from typing import Any

from iotwatch.decode.fields import EARLIEST, Cursor, bcd, text, unix_time
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.words.identity import imei_of_bcd

GPS, CELL, STATUS, CAN, VIN = 0x01, 0x02, 0x03, 0x0B, 0x0D
NO_FIX = 9999
"""HDOP of a place that is not current."""
IGNITION = 1 << 9
HEAD = 15
ENDS = 8


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 2 or not window[3:11].hex().isdecimal() or window[3] >= 0x10:
        return None
    end = HEAD
    for _ in range(ENDS):  # in bytes that were unescaped already an F8 may stand inside
        end = window.find(b"\xf8", end + 1)
        if end < 0:
            break
        if _is_whole(_plain(window[:end])):
            return end + 1
    return len(window) if _is_whole(window) or _elements_end(window) else None


def _plain(frame: bytes) -> bytes:
    return frame.replace(b"\xf7\x0f", b"\xf8").replace(b"\xf7\x00", b"\xf7")


def _is_whole(frame: bytes) -> bool:
    return len(frame) > HEAD + 4 and crc16_xmodem(frame[1:-2]) == int.from_bytes(frame[-2:], "big")


def _elements_end(frame: bytes) -> int:
    """Where the elements end, give or take a CRC and the last F8, or 0 when their lengths do not add up."""
    at = HEAD
    while at + 3 <= len(frame) - 2 and frame[at]:
        long = frame[at] == CAN
        after = at + 2 + long + int.from_bytes(frame[at + 1 : at + 2 + long], "big")
        if after > len(frame):
            break
        at = after
    return at if at > HEAD + 2 and len(frame) - at <= 3 else 0


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    body = frame if frame[-1] != 0xF8 or _is_whole(frame) else frame[:-1]
    plain = _plain(body) if _is_whole(_plain(body)) else body
    good = _is_whole(plain)
    end = len(plain) - 2 if good else _elements_end(plain)
    cursor = Cursor(plain, 11, end)
    time = unix_time((cursor.u32() & 0x7FFFFFFF) + EARLIEST)
    if not end or (time is None and not good):
        return None
    fixes: list[Fix] = []
    cells: list[Cell] = []
    fields: dict[str, Any] = {}
    vin = ""
    escaped = plain != body
    while cursor.left >= 2:
        kind = cursor.u8()
        size = cursor.u16() if kind == CAN else cursor.u8()
        span = (0, len(frame)) if escaped else (cursor.at, cursor.at + size)
        value = cursor.part(size)
        if kind == GPS and size == 14:
            fixes.append(_fix(value, span, time))
        elif kind == CELL and size in {9, 11}:
            cells.append(Cell(value.u16(), value.u16(), value.u16(), value.uint(size - 7)))
        elif kind == STATUS and size == 4:
            fields["ignition"] = bool(value.u16() & IGNITION)
        elif kind == VIN:
            vin = text(value.rest())
    return Frame(
        kind="position" if fixes else "status",
        fields=fields,
        fixes=tuple(fixes),
        cells=tuple(cell for cell in cells if 200 <= cell.mcc < 800),
        device=imei_of_bcd(bcd(frame[3:11])),
        device_at=(3, 11),
        vin=vin,
        time=time,
        checksum="ok" if good else "none" if len(frame) == end else checked(good=False),
    )


def _fix(value: Cursor, span: tuple[int, int], time: int | None) -> Fix:
    latitude, longitude = value.i32() / 1e6, value.i32() / 1e6
    speed, course, hdop = value.u16(), value.u16(), value.u16()
    if hdop > NO_FIX and (latitude or longitude) and abs(latitude) < 1e-5:
        raise DecodeError("the place is filled with ones")
    return fix_at(latitude, longitude, span, time, valid=hdop < NO_FIX, speed=float(speed), course=float(course))


DIALECT = FramedDialect(
    name="ulbotech",
    rank=10,
    anchors=(rb"\xf8[\x01-\x0f][\x00-\x10][\x00-\x09][\x00-\x99]{7}",),
    measure=_measure,
    read=_read,
    limit=1024,
)
