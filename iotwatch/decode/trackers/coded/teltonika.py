"""Teltonika codecs 7, 8, 8 Extended, 16 and the command codecs 12, 13, 14.

Source: Teltonika's public wiki, "Codec" (AVL packets over TCP and UDP, GPRS commands); reference facts: Teltonika.
A TCP packet is four zero bytes, the data's length (4), the data, and CRC-16/ARC of the data in 4 bytes; the data are
codec, number of records, records, number again. Over UDP a channel header with the IMEI stands before the same data
and no CRC behind it. There is no validity flag: a record with no satellite in use repeats the last known place.
"""

from __future__ import annotations

import calendar
from typing import Any

import msgspec

from iotwatch.decode.fields import Cursor, iso, unix_time
from iotwatch.decode.message import Cell, Fix
from iotwatch.decode.trackers.engine.checksums import crc16_arc
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import imei_of_bcd

GH, CODEC8, CODEC8E, CODEC16 = 0x07, 0x08, 0x8E, 0x10
COMMANDS = {0x0C: "command", 0x0D: "command", 0x0E: "command"}
RECORDS = {GH, CODEC8, CODEC8E, CODEC16}
IGNITION, MOVEMENT, CELL_ID, AREA, OPERATOR, VIN = 239, 240, 205, 206, 241, 256
GH_EPOCH = calendar.timegm((2007, 1, 1, 0, 0, 0))
LIMIT = 16 * 1024
_LOGIN = regex(rb"\x00\x0f([0-9]{15})")


class _Data(msgspec.Struct, frozen=True):
    """The content between preamble and CRC."""

    kind: str
    fixes: tuple[Fix, ...] = ()
    cells: tuple[Cell, ...] = ()
    fields: dict[str, Any] = {}
    vin: str = ""
    device: str = ""
    end: int = 0


def _measure(window: bytes) -> int | None:
    if _LOGIN.match(window):  # the same bytes are any 15-digit string of MQTT and others: it must stand alone
        return 17 if len(window) == 17 or window[17:21] == bytes(4) else None
    if window[:4] == bytes(4):
        length = int.from_bytes(window[4:8], "big")
        if length == 0:  # seen from units that do not fill it in: the data end where the packet does
            return len(window) if len(window) >= 45 and window[8] in RECORDS else None
        if len(window) < 10 or not 5 <= length <= LIMIT or window[8] not in RECORDS | COMMANDS.keys():
            return None
        return len(window) if _is_cut(window, length) else 12 + length
    size = int.from_bytes(window[:2], "big") + 2
    return size if window[4:5] == b"\1" and window[6:8] == b"\0\x0f" and size >= 26 else None


def _is_cut(window: bytes, length: int) -> bool:
    """Whether the bytes end before the packet does and all its records are there: a capture's last packet."""
    if len(window) >= 12 + length or window[8] not in RECORDS:
        return False
    try:
        return len(window) - _data(window, 8, Session()).end <= 4
    except DecodeError:
        return False


def _read(frame: bytes, session: Session) -> Frame | None:
    if _LOGIN.fullmatch(frame):
        return Frame(kind="login", device=frame[2:].decode("ascii"), device_at=(2, 17), confidence=Confidence.LIKELY)
    if frame[:4] != bytes(4):
        data = _data(frame, 23, session)
        if not frame[8:23].isdigit() or data.end != len(frame):
            return None
        return _said(data, device=frame[8:23].decode("ascii"), device_at=(8, 23))
    if int.from_bytes(frame[4:8], "big") != len(frame) - 12:
        data = _data(frame, 8, session)
        return _said(data, doubts=(ReadingDoubt.LENGTH_WRONG(),)) if len(frame) - data.end <= 4 else None
    crc_at = len(frame) - 4
    good = crc16_arc(frame[8:crc_at]) == int.from_bytes(frame[crc_at:], "big")
    try:
        data = _data(frame, 8, session)
    except DecodeError:
        return Frame(kind=f"codec {frame[8]}", checksum="ok") if good else None
    if not good and data.end != crc_at:
        return None
    return _said(data, checksum=checked(good=good), device=data.device)


def _said(data: _Data, **more: Any) -> Frame:
    return Frame(kind=data.kind, fixes=data.fixes, cells=data.cells, fields=data.fields, vin=data.vin, **more)


def _data(frame: bytes, at: int, session: Session) -> _Data:
    cursor = Cursor(frame, at)
    codec = cursor.u8()
    if codec in COMMANDS:
        return _command(cursor, codec, session)
    if codec not in RECORDS:
        raise DecodeError(f"codec {codec} is unknown")
    count = cursor.u8()
    fixes: list[Fix] = []
    cells: list[Cell] = []
    fields: dict[str, Any] = {"codec": codec, "records": count}
    vin = ""
    for _ in range(count):
        fix, io = _gh_record(cursor) if codec == GH else _record(cursor, codec)
        if fix is not None:
            fixes.append(fix)
        cell = _cell(io)
        if cell is not None and cell not in cells:
            cells.append(cell)
        fields |= {name: bool(io[key]) for name, key in (("ignition", IGNITION), ("movement", MOVEMENT)) if key in io}
        stated = io.get(VIN)
        if isinstance(stated, bytes) and stated.isascii():
            vin = stated.decode("ascii").strip("\0 ")
    if cursor.u8() != count or not count:
        raise DecodeError("the two record counts differ")
    return _Data("position", tuple(fixes), tuple(cells), fields, vin, end=cursor.at)


def _record(cursor: Cursor, codec: int) -> tuple[Fix, dict[int, Any]]:
    start = cursor.at
    time = unix_time(cursor.u64() / 1000)
    if time is None or cursor.u8() > 4:
        raise DecodeError("a record has no such time or priority")
    longitude, latitude = cursor.i32() / 1e7, cursor.i32() / 1e7
    altitude, course, satellites, speed = cursor.i16(), cursor.u16(), cursor.u8(), cursor.u16()
    fix = fix_at(
        latitude, longitude, (start, cursor.at), time,
        valid=satellites > 0, speed=float(speed), course=float(course), altitude=float(altitude),
    )  # fmt: skip
    wide = 2 if codec in {CODEC8E, CODEC16} else 1
    counts = 2 if codec == CODEC8E else 1
    cursor.skip(wide + (1 if codec == CODEC16 else 0))  # the event's id and its generation type
    missing = cursor.uint(counts)
    io: dict[int, Any] = {}
    for size in (1, 2, 4, 8, 16):
        if size == 16 and (missing <= 0 or codec == CODEC8E):  # some units add a group that the total alone tells of
            break
        group = cursor.uint(counts)
        missing -= group
        for _ in range(group):
            key = cursor.uint(wide)
            io[key] = cursor.uint(size)
    if codec == CODEC8E:
        for _ in range(cursor.u16()):
            key = cursor.u16()
            io[key] = cursor.take(cursor.u16())
    return fix, io


def _gh_record(cursor: Cursor) -> tuple[Fix | None, dict[int, Any]]:
    """Codec 7 (GH3000): masks decide what follows; 30 bits of seconds since 2007, degrees as floats, latitude first."""
    start = cursor.at
    time = unix_time((cursor.u32() & 0x3FFFFFFF) + GH_EPOCH)
    mask = cursor.u8()
    io: dict[int, Any] = {}
    fix = None
    if mask & 1:
        gps = cursor.u8()
        latitude, longitude = (cursor.f32(), cursor.f32()) if gps & 1 else (0.0, 0.0)
        altitude = float(cursor.i16()) if gps & 2 else None
        course = cursor.u8() * 360 / 256 if gps & 4 else None
        speed = float(cursor.u8()) if gps & 8 else None
        satellites = cursor.u8() if gps & 16 else None
        if gps & 1:
            valid = None if satellites is None else satellites > 0
            fix = fix_at(
                latitude, longitude, (start, cursor.at), time,
                valid=valid, speed=speed, course=course, altitude=altitude,
            )  # fmt: skip
        if gps & 32:
            io[AREA], io[CELL_ID] = cursor.u16(), cursor.u16()
        cursor.skip(1 if gps & 64 else 0)
        if gps & 128:
            io[OPERATOR] = cursor.u32()
    for bit, size in ((2, 1), (4, 2), (8, 4)):
        if mask & bit:
            cursor.skip(cursor.u8() * (1 + size))
    return fix, io


def _cell(io: dict[int, Any]) -> Cell | None:
    operator, area, cell = (io.get(key) for key in (OPERATOR, AREA, CELL_ID))
    if not all(isinstance(value, int) and value for value in (operator, area, cell)):
        return None
    mcc, mnc = divmod(int(operator or 0), 100 if int(operator or 0) < 100_000 else 1000)
    return Cell(mcc, mnc, int(area or 0), int(cell or 0)) if 200 <= mcc < 800 else None


def _command(cursor: Cursor, codec: int, session: Session) -> _Data:
    """Codecs 12 to 14: the server's command (type 5) or the device's answer (type 6) as text."""
    count, direction = cursor.u8(), cursor.u8()
    size = cursor.u32()
    device = ""
    fields: dict[str, Any] = {"codec": codec}
    if codec == 0x0D:  # units differ in whether the size counts the time of sending; count and CRC follow
        sent = unix_time(cursor.u32())
        size -= 4 if cursor.left - 5 < size else 0
        fields |= {"sent": iso(sent)} if sent else {}
    if codec == 0x0E:
        device = imei_of_bcd(cursor.bcd(8))
        size -= 8
    words = cursor.take(size)
    if words.isascii():
        fields["text"] = words.decode("ascii").strip()
    if cursor.u8() != count:
        raise DecodeError("the two command counts differ")
    down = direction == 5 or not session.up
    return _Data("command" if down else "answer", fields=fields, device=device, end=cursor.at)


DIALECT = FramedDialect(
    name="teltonika",
    rank=10,
    anchors=(
        rb"\x00\x0f[0-9]{15}",
        rb"\x00\x00\x00\x00\x00\x00[\x00-\x40][\x00-\xff][\x07\x08\x0c-\x0e\x10\x8e]",
        rb"[\x00-\x08][\x00-\xff]{3}\x01[\x00-\xff]\x00\x0f[0-9]{15}[\x07\x08\x0c-\x0e\x10\x8e]",
    ),
    measure=_measure,
    read=_read,
    limit=LIMIT,
)
