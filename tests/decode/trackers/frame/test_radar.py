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
    body = b"".join(b"\0\2\7\xff" + struct.pack(">IIii", WHEN, WHEN - 2, *place) + bytes(21) for place in places)
    size = 16 + len(body) + 2
    head = b"\x36\x18" + struct.pack(">IBIBHH", 70_001, 1, WHEN + 9, 0x4C, size, 0x01FF)
    return head + body + struct.pack(">H", crc16_ccitt_false(head + body))


def test_places_in_a_proven_frame():
    (message,) = read(frame((18_540_000, -1_260_000), (18_540_000, -1_260_000)))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)] * 2
    assert message.fixes[0].time == (WHEN - 2) * 1_000_000
    assert message.device_ids == ("70001",)


def test_wrong_crc():
    whole = frame((18_540_000, -1_260_000))
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []
