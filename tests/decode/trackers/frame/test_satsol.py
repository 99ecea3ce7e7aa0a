"""Satsol frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("satsol")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def record(number: int) -> bytes:
    return struct.pack("<HHHHIii", 0, number, 32, 10, 1_700_000_000, 51_500_000, -3_500_000) + bytes(20)


def frame(*records: bytes) -> bytes:
    body = b"".join(records)
    inner = b"\xbf\x4c" + struct.pack("<IH", 1_500_001, len(body)) + body
    return struct.pack("<H", crc16_ccitt_false(inner)) + inner


def test_records():
    messages = read(frame(record(1), record(2)) + frame(record(3)))
    assert [len(message.fixes) for message in messages] == [2, 1]
    assert all((fix.latitude, fix.longitude) == (51.5, -3.5) for message in messages for fix in message.fixes)
    assert messages[0].device_ids == ("1500001",)


def test_wrong_crc():
    whole = frame(record(1))
    assert read(bytes([whole[0] ^ 1]) + whole[1:]) == []
