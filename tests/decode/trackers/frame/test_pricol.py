"""Pricol frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("pricol")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(latitude: tuple[int, int] = (5130, 0), year: int = 23) -> bytes:
    place = struct.pack(">HH", *latitude) + b"N" + (330).to_bytes(3, "big") + struct.pack(">H", 0) + b"W"
    return (b"<AB00001P" + bytes(4) + bytes([14, 11, year, 22, 13, 20]) + place).ljust(63, b"\0") + b">"


def test_position_in_a_row():
    messages = read(frame() + frame())
    assert [(fix.latitude, fix.longitude, fix.time) for message in messages for fix in message.fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ] * 2
    assert messages[0].device_ids == ("AB00001",)


def test_impossible_values():
    assert read(frame(latitude=(5199, 0))) == []
    assert read(frame(year=77)) == []
    assert read(frame()[:-1] + b"?") == []
