"""Radar frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("radar")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


WHEN = 1_700_000_000


def frame(*places: tuple[int, int]) -> bytes:
    masks = b"\xff\0\x0c"  # bits 0 to 7 are the place's, two more of a byte each
    motion = struct.pack(">HHhB", 42, 900, -7, 0x71)
    record = b"".join(
        struct.pack(">HB", 2, len(masks)) + masks + struct.pack(">HIIii", 33, WHEN, WHEN - 2, *place) + motion + b"\1\2"
        for place in places
    )
    body = struct.pack(">HHHH", 0x01FF, 1, len(places), 0) + record
    size = 14 + len(body) + 2
    head = b"\x36\x18" + struct.pack(">IBIBH", 70_001, 1, WHEN + 9, 0x4C, size)
    return head + body + struct.pack(">H", crc16_ccitt_false(head + body))


def test_places_in_a_proven_frame():
    (message,) = read(frame((18_540_000, -1_260_000), (18_540_000, -1_260_000)))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)] * 2
    (fix, _) = message.fixes
    assert (fix.speed, fix.course, fix.altitude, fix.valid) == (42, 90, -7, True)
    assert message.fixes[0].time == (WHEN - 2) * 1_000_000
    assert message.device_ids == ("70001",)


def test_wrong_crc():
    whole = frame((18_540_000, -1_260_000))
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []
