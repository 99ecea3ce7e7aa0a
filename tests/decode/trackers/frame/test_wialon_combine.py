"""Wialon Combine frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.engine.checksums import crc16_arc
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("wialon_combine")

IMEI = "490154203237518"
WHEN = 1_700_000_000
PLACE = b"\x01" + struct.pack(">iiHHhBH", 47_305_937, -8_390_695, 41, 187, 408, 9, 110)


def frame(kind: int, body: bytes, *, wide: bool = False) -> bytes:
    size = struct.pack(">I", len(body) | 1 << 31) if wide else struct.pack(">H", len(body))
    whole = b"$$" + bytes([kind]) + b"\0\x01" + size + body
    return whole + struct.pack(">H", crc16_arc(whole))


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_login_then_records() -> None:
    sensors = b"\x00\x03" + b"\x01\x22" + bytes(4) + b"\x81\x02\x0ax\0" + b"\x03\x00\x09"
    cells = b"\x04\x01" + struct.pack(">HHHHHH", 228, 1, 0x0A0B, 0x0C0D, 30, 0)
    data = struct.pack(">IB", WHEN, 4) + sensors + b"\x02" + bytes(8) + PLACE + cells
    login, report = read(frame(0, b"\x01\x30" + IMEI.encode() + b"\0") + frame(1, data, wide=True))
    assert login.device_ids == report.device_ids == (IMEI,)
    (fix,) = report.fixes
    assert (fix.latitude, fix.longitude, fix.altitude) == (47.305937, -8.390695, 408)
    assert (fix.speed, fix.course, fix.time) == (41, 187, WHEN * 1_000_000)
    assert report.cells == (Cell(228, 1, 0x0A0B, 0x0C0D),)
    assert (report.checksum, report.confidence) == ("ok", Confidence.LIKELY)


def test_numbers_as_ids_and_places_before_what_is_not_known() -> None:
    (login,) = read(frame(0, b"\x01\x10" + struct.pack(">I", 4711)))
    assert login.device_ids == ("4711",)
    (report,) = read(frame(1, struct.pack(">IB", WHEN, 2) + PLACE + b"\x0b\x01"))
    assert len(report.fixes) == 1
    assert report.doubts
    broken = bytearray(frame(1, struct.pack(">IB", WHEN, 1) + PLACE))
    broken[-1] ^= 1
    assert read(bytes(broken)) == []
