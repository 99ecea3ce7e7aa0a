"""Suntech binary frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("suntech")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


ALL = 0x3FFFFF


def frame(body: bytes, mask: int = ALL) -> bytes:
    inner = bytes.fromhex("0123456789") + mask.to_bytes(3, "big") + body
    return b"\x82" + struct.pack(">H", len(inner)) + inner


def fields(date: bytes = bytes([23, 11, 14, 22, 13, 20])) -> bytes:
    cell = struct.pack(">IHHHB", 0x0C0D0E, 234, 15, 0x0A0B, 60)
    place = struct.pack(">IIHHBB", 51_500_000, 3_500_000 | 1 << 31, 6650, 27000, 9, 1)
    return b"\x36\1\0\2\1" + date + cell + place + bytes(12)


def test_all_fields():
    (message,) = read(frame(fields()))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.course, fix.valid) == (51.5, -3.5, 66.5, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D0E),)
    assert (message.protocol, message.device_ids) == ("suntech", ("0123456789",))


def test_mask_takes_fields_away():
    place = bytes([23, 11, 14, 22, 13, 20]) + struct.pack(">II", 51_500_000, 3_500_000) + bytes(20)
    (message,) = read(frame(place, mask=1 << 3 | 1 << 4 | 1 << 10 | 1 << 11))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, 3.5)]
    assert read(frame(place, mask=1 << 3 | 1 << 4)) == []


def test_impossible_date():
    assert read(frame(fields(bytes([23, 13, 14, 22, 13, 20])))) == []
