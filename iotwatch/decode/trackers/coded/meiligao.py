"""Meiligao VT300, VT310, VT400, GT30i and the makes that took them over.

Source: reference facts: Meiligao. ``$$`` (to the device: ``@@``), length of the whole frame (2; some units leave it
zero or miscount), id in packed digits filled up with F (7), command (2), data, CRC-16/CCITT-FALSE of all before (2), CR LF. The
data of position commands are the tail of an NMEA RMC sentence with further fields after ``|``.
"""

from __future__ import annotations

import re
from typing import Any

from iotwatch.decode.fields import clock, degrees_minutes
from iotwatch.decode.message import Cell, Fix, Trait
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import KNOT, Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.words.identity import with_check_digit
from iotwatch.words.kinds import Kind

KINDS = {
    0x5000: "login", 0x9955: "position", 0x9999: "alarm", 0x9966: "tag", 0x9988: "photo", 0x6688: "positions",
    0x9901: "obd", 0x9902: "obd", 0x9903: "trouble codes", 0x4000: "login answer", 0x4101: "locate",
    0x4102: "set interval", 0x4115: "switch output", 0x4106: "set movement alarm", 0x5100: "result", 0x5101: "id",
}  # fmt: skip
ALARM = 0x9999
HEAD, TAIL = 13, 4
REPORTING_BODIES = {"01", "35", "86"}
"""First digits of today's IMEIs: 14 digits that do not begin so are some other number."""
LIMIT = 4096
_PLACE = rb"(\d{1,5}\.\d+),([NS]),(\d{1,5}\.\d+),([EW])"
_RMC = regex(rb"(\d{5,6})(?:\.\d+)?,([AV])," + _PLACE + rb",([\d.]*),([\d.]*),(\d{6})")
_TAG = regex(rb"\|(\d{6}),(\d{6})," + _PLACE)
_CELL = regex(rb"\|([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4})([0-9A-F]{4,8})(?=\||$)")


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + TAIL or window[:2] not in {b"$$", b"@@"} or not _id(window):
        return None
    size = int.from_bytes(window[2:4], "big")
    if HEAD + TAIL <= size <= LIMIT and window[size - 2 : size] in {b"\r\n", b""}:
        return size
    end = window.find(b"\r\n", HEAD + 2)
    return end + 2 if end > 0 else None


def _id(frame: bytes) -> str:
    digits = frame[4:11].hex().rstrip("f")
    return digits if digits.isdecimal() else ""


def _read(frame: bytes, session: Session) -> Frame | None:
    command = int.from_bytes(frame[11:13], "big")
    good = crc16_ccitt_false(frame[:-TAIL]) == int.from_bytes(frame[-TAIL:-2], "big")
    if not good and (command not in KINDS or frame[:1] == b"@"):
        return None
    data = frame[HEAD:-TAIL]
    text_at = HEAD + (command == ALARM)  # the alarm's number may itself look like a digit
    fixes = [_fix(found) for found in _RMC.finditer(frame, text_at, len(frame) - TAIL)] or [
        _tag_fix(found) for found in _TAG.finditer(frame, text_at, len(frame) - TAIL)
    ]
    if command >> 8 == 0x99 and not good and not fixes:
        return None
    digits = _id(frame)
    imei = with_check_digit(digits) if len(digits) == 14 else ""
    fields = {"alarm": data[0]} if command == ALARM and data else {}
    down = frame[:1] == b"@" or not session.up
    return Frame(
        kind=KINDS.get(command, f"command {command:04x}") + (" (to the device)" if down else ""),
        fields=fields,
        fixes=tuple(fix for fix in fixes if fix),
        cells=tuple(_cells(data)) if fixes else (),
        device=digits,
        device_at=(4, 11),
        aliases=(imei,) if imei else (),
        traits=(Trait(Kind.IMEI, imei, (4, 11)),) if imei[:2] in REPORTING_BODIES else (),
        checksum=checked(good=good),
    )


def _fix(found: re.Match[bytes]) -> Fix | None:
    hour, valid, *place, knots, course, date = found.groups()
    speed = _number(knots)
    return _place(
        found,
        _time(hour, date),
        place,
        valid=valid == b"A",
        speed=None if speed is None else speed * KNOT,
        course=_number(course),
    )


def _tag_fix(found: re.Match[bytes]) -> Fix | None:
    hour, date, *place = found.groups()
    return _place(found, _time(hour, date), place, valid=True)


def _time(hour: bytes, date: bytes) -> int | None:
    """``hmmss`` or ``hhmmss`` and ``ddmmyy``."""
    day, month, year = (int(date[at : at + 2]) for at in (0, 2, 4))
    return clock(year, month, day, int(hour[:-4]), int(hour[-4:-2]), int(hour[-2:]))


def _place(found: re.Match[bytes], time: int | None, place: list[bytes], **motion: Any) -> Fix | None:
    try:
        latitude, longitude = degrees_minutes(float(place[0])), degrees_minutes(float(place[2]))
        return fix_at(
            -latitude if place[1] == b"S" else latitude,
            -longitude if place[3] == b"W" else longitude,
            found.span(),
            time,
            **motion,
        )
    except DecodeError:
        return None


def _number(digits: bytes) -> float | None:
    try:
        return float(digits)
    except ValueError:
        return None


def _cells(data: bytes) -> list[Cell]:
    """Cells as hexadecimal MCC, MNC, area and cell without separators."""
    found = (tuple(int(part, 16) for part in match.groups()) for match in _CELL.finditer(data))
    return [Cell(*parts) for parts in found if 200 <= parts[0] < 800 and parts[1] < 1000]


DIALECT = FramedDialect(
    name="meiligao",
    rank=10,
    anchors=(rb"(?:\$\$|@@)[\x00-\x0f][\x00-\xff][0-9\x00-\x99]",),
    measure=_measure,
    read=_read,
    limit=LIMIT,
)
