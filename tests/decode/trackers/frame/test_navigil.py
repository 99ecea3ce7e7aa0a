"""Navigil frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("navigil")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(kind: int, body: bytes, seconds: int = 1_700_000_025) -> bytes:
    head = struct.pack("<HHHHH", 1, 7, kind, 20 + len(body), 0)
    return head + struct.pack("<HII", crc16_ccitt_false(body), 133_001, seconds) + body


def test_snapshot():
    body = struct.pack("<ii", 515_000_000, -35_000_000) + bytes(8)
    messages = read(frame(15, body) + frame(5, b"\1\2\3\4"))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in messages[0].fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ]
    assert [message.device_ids for message in messages] == [("133001",)] * 2
    assert messages[1].fixes == ()


def test_wrong_crc_and_time():
    whole = frame(15, struct.pack("<ii", 515_000_000, -35_000_000))
    assert read(whole[:-1] + b"\x77") == []
    assert read(frame(15, bytes(16), seconds=5)) == []
