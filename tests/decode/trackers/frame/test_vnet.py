"""VNET frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("vnet")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(flags: int = 3, month: str = "11") -> bytes:
    body = bytes.fromhex("14" + month + "23221320" + "51300000" + "0033000000") + bytes([flags]) + bytes(12)
    return b"$$\x33\0" + struct.pack("<H", 6 + len(body) + 2 - 18) + body + b"##"


def test_positions():
    messages = read(frame() + frame(flags=4))
    assert [(fix.latitude, fix.longitude, fix.valid) for message in messages for fix in message.fixes] == [
        (51.5, -3.5, True),
        (-51.5, 3.5, False),
    ]
    assert messages[0].fixes[0].time == 1_700_000_000_000_000


def test_impossible_date():
    assert read(frame(month="13")) == []
