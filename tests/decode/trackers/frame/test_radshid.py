"""Radshid frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("radshid")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def record(seconds: int = 1_700_000_000) -> bytes:
    return (
        bytes(9)
        + struct.pack(">I", seconds)
        + bytes(16)
        + struct.pack(">ii", 515_000_000, -35_000_000)
        + bytes(6)
        + b"\2\7\1"
    )


def frame(*records: bytes) -> bytes:
    body = b"\1" + struct.pack(">IB", 352_000_001, len(records)) + b"".join(records) + b"\0\0"
    return struct.pack("<I", len(body)) + body


def test_records():
    (message,) = read(frame(record(), record()))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ] * 2
    assert message.device_ids == ("352000001",)


def test_one_record_without_time_spoils_the_frame():
    assert read(frame(record(), record(5))) == []
    assert DIALECT.claims(frame(record())[:-1], None) is None
