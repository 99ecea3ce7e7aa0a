"""Huasheng OBD devices.

Source: reference facts: Huasheng (C0 frames, longitude first in 1e-5 degrees, VIN as an element); the head, the status
bit and the element numbers are read off the samples. A frame is ``C0``, version (2), length of all between the two C0
(2), type (2), reserved (4), serial (2), body, ``C0``. Position bodies are status (4), time in ASCII digits, place and
elements of number (2), length (2, with its head), value; login elements have the length first. No checksum. ``C0`` and
``DB`` inside are sent as SLIP does it (RFC 1055).
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, clock, text
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.errors import DecodeError

LOGIN, STATUS, POSITION = 0x0002, 0x0060, 0xAA00
KINDS = {LOGIN: "login", STATUS: "status", POSITION: "position"}
VIN, IMEI, CELL, LOGIN_IMEI = 0x0009, 0x000F, 0x0020, 0xA004
VALID = 1 << 31
HEAD = 13
_CELL = re.compile(r"(\d{3})@(\d{1,3})@([0-9a-fA-F]{1,8})@([0-9a-fA-F]{1,8})")


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[0] != 0xC0 or int.from_bytes(window[5:7], "big") not in KINDS or any(window[7:11]):
        return None
    size = int.from_bytes(window[3:5], "big") + 2
    if size <= HEAD or window[size - 1 : size] in {b"\xc0", b""}:
        return size if size > HEAD else None
    end = window.find(b"\xc0", HEAD) + 1
    return end if end and len(_plain(window[:end])) == size else None


def _plain(frame: bytes) -> bytes:
    return frame.replace(b"\xdb\xdc", b"\xc0").replace(b"\xdb\xdd", b"\xdb")


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    kind = int.from_bytes(frame[5:7], "big")
    plain = frame if len(frame) == int.from_bytes(frame[3:5], "big") + 2 else _plain(frame)
    cursor = Cursor(plain, HEAD, len(plain) - 1)
    if kind != POSITION:
        if kind == LOGIN:
            cursor.skip(1)
        elements = _elements(cursor, length_first=True) if kind == LOGIN else {}
        return Frame(kind=KINDS[kind], device=_text(elements.get(LOGIN_IMEI, b"")))
    status = cursor.u32()
    digits = cursor.take(12)
    if not digits.isdigit():
        return None
    time = clock(*(int(digits[at : at + 2]) for at in range(0, 12, 2)))
    if time is None:
        return None
    longitude, latitude = cursor.i32() / 1e5, cursor.i32() / 1e5
    speed, course, altitude = cursor.u16(), cursor.u16(), cursor.i16()
    fix = fix_at(
        latitude, longitude, (HEAD + 4, cursor.at) if plain is frame else (0, len(frame)), time,
        valid=bool(status & VALID), speed=float(speed), course=float(course), altitude=float(altitude),
    )  # fmt: skip
    cursor.skip(2)
    elements = _elements(cursor, length_first=False)
    cell = _CELL.match(_text(elements.get(CELL, b"")))
    return Frame(
        kind="position",
        fixes=(fix,),
        cells=(Cell(int(cell[1]), int(cell[2]), int(cell[3], 16), int(cell[4], 16)),) if cell else (),
        vin=_text(elements.get(VIN, b"")),
        device=_text(elements.get(IMEI, b"")),
    )


def _elements(cursor: Cursor, *, length_first: bool) -> dict[int, bytes]:
    """The elements by number, as far as their lengths add up."""
    elements: dict[int, bytes] = {}
    while cursor.left >= 4:
        first, second = cursor.u16(), cursor.u16()
        number, length = (second, first) if length_first else (first, second)
        if length < 4 or length - 4 > cursor.left:
            raise DecodeError("an element is longer than its frame")
        elements[number] = cursor.take(length - 4)
    return elements


def _text(value: bytes) -> str:
    try:
        return text(value)
    except DecodeError:
        return ""


DIALECT = FramedDialect(
    name="huasheng",
    anchors=(rb"\xc0[\x00-\xff]{4}(?:\xaa\x00|\x00\x02|\x00\x60)\x00\x00\x00\x00",),
    measure=_measure,
    read=_read,
)
