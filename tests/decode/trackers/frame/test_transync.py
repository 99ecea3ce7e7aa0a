"""Transync frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("transync")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def frame(month: int = 11, status: bytes = b"\7") -> bytes:
    place = bytes([23, month, 14, 22, 13, 20]) + struct.pack(">ii", 92_700_000, 6_300_000)
    cell = b"\x42\x01" + struct.pack(">HH", 0x0F, 0x0C0D)
    return b"::\x2b\x0a\x0b" + bytes.fromhex("0" + IMEI) + b"\0\7\x10" + place + cell + status + bytes(19) + b"##"


def test_position():
    (message,) = read(frame())
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(51.5, 3.5, 1_700_000_000_000_000)]
    assert (message.device_ids, message.cells) == ((IMEI,), (Cell(0, 15, 0x0A0B, 0x0C0D),))
    assert message.fixes[0].valid is True


def test_hemispheres_and_a_lost_fix():
    (message,) = read(frame(status=b"\0"))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [(-51.5, -3.5, False)]


def test_impossible_date():
    assert read(frame(month=13)) == []
