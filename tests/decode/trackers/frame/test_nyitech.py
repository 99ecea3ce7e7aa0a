"""Nyitech frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("nyitech")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


TIME = bytes([14, 11, 23, 22, 13, 20])


def frame(body: bytes, kind: int = 0x1001) -> bytes:
    size = 18 + len(body) + 4
    return b"@@" + struct.pack("<H", size) + b"014612345678" + struct.pack("<H", kind) + body + b"\0\0\r\n"


def place(flags: int = 7) -> bytes:
    return TIME + bytes([flags]) + struct.pack("<II", 185_400_000, 12_600_000)


@pytest.mark.parametrize(
    ("kind", "before"),
    [(0x1001, b""), (0x2001, TIME + b"\x80\0\0"), (0x2002, TIME + b"\x80\0\0"), (0x2003, bytes(14)), (0x2004, TIME)],
)
def test_place_at_once_or_after_what_its_type_puts_before(kind, before):
    (message,) = read(frame(before + place() + bytes(9), kind))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.valid) == (51.5, -3.5, True)
    assert fix.time == 1_700_000_000_000_000
    assert message.device_ids == ("014612345678",)


def test_flags():
    messages = read(frame(place(4)) + frame(place(8 | 3)))
    fixes = [fix for message in messages for fix in message.fixes]
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in fixes] == [(51.5, -3.5, False), (-51.5, 3.5, True)]


def test_motion_and_no_place():
    (message,) = read(frame(place() + struct.pack("<HHh", 1000, 900, -25)))
    (fix,) = message.fixes
    assert (fix.speed, fix.course, fix.altitude) == (36, 90, -2.5)
    (message,) = read(frame(TIME + bytes(12), 0x2001))
    assert message.fixes == ()


def test_no_time_is_not_ours():
    assert read(frame(bytes(30))) == []
