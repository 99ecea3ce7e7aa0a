"""SkyPatrol reports with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("skypatrol")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(day: int = 14, state: int = 1) -> bytes:
    place = bytes([day, 11, 23, state]) + struct.pack(">iiHH", 51_300_000, -3_300_000, 100, 2700) + bytes([22, 13, 20])
    return b"\0\5\2\x10\4\xff\xff\xff\xff" + bytes(4) + b"TRACK01" + bytes(9) + place + bytes(12)


def test_position():
    (message,) = read(frame())
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.course, fix.valid) == (51.5, -3.5, 270.0, True)
    assert (fix.speed, fix.time) == (18.52, 1_700_000_000_000_000)
    assert message.device_ids == ("TRACK01",)


def test_no_fix_and_no_date():
    assert read(frame(state=0))[0].fixes[0].valid is False
    assert read(frame(day=32)) == []


def test_it_is_read_from_the_start_alone():
    assert read(b"?" + frame()) == []
