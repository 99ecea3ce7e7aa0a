"""Thuraya frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import sum16
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("thuraya")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(kind: int, body: bytes) -> bytes:
    inner = b"#T" + struct.pack(">HHI", 10 + len(body) + 2, kind, 120_000_001) + body
    return inner + struct.pack(">H", -sum16(inner) & 0xFFFF)


def record(time: int = 221_320) -> bytes:
    return struct.pack(">IIii", 20_231_114, time, -3_500_000, 51_500_000) + bytes(6) + b"B2:0\0"


def test_records():
    (message,) = read(frame(0x7101, b"\2" + record() + record()))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ] * 2
    assert (message.device_ids, message.checksum) == (("120000001",), "ok")


def test_status_and_wrong_sum():
    whole = frame(0x8115, b"\0" + b"settings")
    assert [message.fixes for message in read(whole)] == [()]
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []
