"""SkyPatrol reports with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("skypatrol")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(day: int = 14, state: int = 1) -> bytes:
    mask = sum(1 << bit for bit in (1, 23, 3, 8, 9, 10, 11, 12, 13, 14, 16))
    place = bytes([day, 11, 23, state]) + struct.pack(">iiHH", 51_300_000, -3_300_001, 100, 2700) + bytes([22, 13, 20])
    return b"\0\5\2\x10\4" + struct.pack(">I", mask) + bytes(4) + b"TRACK01 " + bytes(2) + place + b"\x08"


def test_position():
    (message,) = read(frame())
    (fix,) = message.fixes
    assert (fix.latitude, round(fix.longitude, 5), fix.course, fix.valid) == (51.5, -3.5, 270.0, True)
    assert (fix.speed, fix.time) == (18.52, 1_700_000_000_000_000)
    assert message.device_ids == ("TRACK01",)


def test_no_fix_and_no_date():
    assert read(frame(state=0))[0].fixes[0].valid is False
    assert read(frame(day=32)) == []


def test_it_is_read_from_the_start_alone():
    assert read(b"?" + frame()) == []
