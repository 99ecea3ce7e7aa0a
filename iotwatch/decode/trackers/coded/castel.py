"""Castel / Sinocastel OBD dongles (SC, CC, MPIP): TCP and UDP.

Source: reference facts for Castel. ``40 40`` length(2 LE, whole frame) version(1) id(20, ASCII) type(2) content
CRC-16/X-25(2 LE) ``0D 0A``; the CC kind begins with ``24 24`` and has no version byte. A place is dd mm yy hh mm ss
(binary) latitude(4 LE) longitude(4 LE), both times 3,600,000, speed(2 LE, cm/s) course(2 LE, 0.1 degrees) flags(1: bit 0
east, bit 1 north, bits 2-3 fix, high nibble satellites). It stands at different depths: its date and ranges find it.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, clock, text
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import VIN, is_imei

SCALE = 3_600_000
PLACE = 19
LOGIN, CC_REPORT = 0x1001, 0x2001
PLACELESS = {0x4002, 0x4003, 0x4005, 0x4006, 0x4008, 0x400B, 0x400E}  # OBD values, cells, network


def _measure(window: bytes) -> int:
    head = window[:6]
    if len(head) < 6 or head[:2] not in (b"@@", b"$$"):
        return 0
    size = int.from_bytes(head[2:4], "little")
    if size < 31 or (size <= len(window) and window[size - 2 : size] != b"\r\n"):
        return 0
    return size


def _verify(frame: bytes) -> str:
    return "ok" if crc16_x25(frame[:-4]) == int.from_bytes(frame[-4:-2], "little") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame, 5 if frame[:2] == b"@@" else 4, len(frame) - 4)
    unit = text(cursor.take(20).split(b"\0")[0])
    if not unit:
        raise DecodeError("a Castel frame without an id")
    report.device(unit, "" if is_imei(unit) else "terminal.serial")
    kind = cursor.u16()
    report.fields["type"] = f"{kind:04x}"
    if kind >= 0xA000 and (vin := VIN.search(frame, cursor.at)):
        report.vin = vin.group().decode("ascii")
    if kind not in PLACELESS:
        _find_places(cursor, report)


def _find_places(cursor: Cursor, report: Report) -> None:
    while cursor.left >= PLACE:
        if _read_place(Cursor(cursor.data, cursor.at), report):
            cursor.skip(PLACE)
        else:
            cursor.skip(1)


def _read_place(cursor: Cursor, report: Report) -> bool:
    day, month, year, hour, minute, second = cursor.take(6)
    if not 5 <= year < 40 or not 1 <= day <= 31:
        return False
    time = clock(year, month, day, hour, minute, second)
    if time is None:
        return False
    latitude, longitude = cursor.u32_le(), cursor.u32_le()
    speed, course, flags = cursor.u16_le(), cursor.u16_le(), cursor.u8()
    if latitude > 90 * SCALE or longitude > 180 * SCALE or course > 3600:
        return False
    report.fields["satellites"] = flags >> 4
    report.fix(
        (1 if flags & 2 else -1) * latitude / SCALE,
        (1 if flags & 1 else -1) * longitude / SCALE,
        time=time,
        valid=bool(flags & 0x0C),
        speed=speed * 0.036,
        course=course / 10,
    )
    return True


DIALECT = FramedDialect(
    name="castel",
    rank=10,
    anchors=(rb"@@[\s\S][\x00-\x04][\x00-\x20]", rb"\$\$[\s\S][\x00-\x04]"),
    measure=_measure,
    read=gathered(_fill, _verify),
)
