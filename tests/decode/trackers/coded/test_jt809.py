"""JT/T 809 messages with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.jt809 import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

PLATE = "京A12345"
NOON = 1_714_996_800_000_000  # 2024-05-06 12:00:00 UTC


def place(latitude: float, longitude: float) -> bytes:
    state = 2 | (4 if latitude < 0 else 0) | (8 if longitude < 0 else 0)
    scaled = round(abs(longitude) * 1e6), round(abs(latitude) * 1e6)
    clock = struct.pack(">BBBHBBB", 0, 6, 5, 2024, 20, 0, 0)
    return clock + struct.pack(">IIHHIHHII", *scaled, 0x5B, 60, 1000, 187, 0x5E, state, 0)


def frame(kind: int, data: bytes, *, message: int = 0x1200, encrypted: int = 0) -> bytes:
    body = PLATE.encode("gbk").ljust(21, b"\0") + b"\x02" + struct.pack(">HI", kind, len(data)) + data
    head = struct.pack(">IIHI3sBI", 26 + len(body), 7, message, 4711, b"\1\0\0", encrypted, 0)
    content = head + body
    content += struct.pack(">H", crc16_ccitt_false(content))
    for raw, sent in ((b"\x5a", b"\x5a\x02"), (b"\x5b", b"\x5a\x01"), (b"\x5e", b"\x5e\x02"), (b"\x5d", b"\x5e\x01")):
        content = content.replace(raw, sent)
    return b"\x5b" + content + b"\x5d"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize("where", [(39.9, 116.4), (-33.8671, 151.2071), (5.25, -0.5)])
def test_a_place_that_is_passed_on(where: tuple[float, float]) -> None:
    (message,) = read(frame(0x1202, place(*where)))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx(where)
    assert (fix.time, fix.valid, fix.speed, fix.course, fix.altitude) == (NOON, True, 0x5B, 187, 0x5E)
    assert message.device_ids == (PLATE,)
    assert (message.checksum, message.confidence) == ("ok", Confidence.LIKELY)


def test_stored_places_two_messages_and_what_is_not_read() -> None:
    stored, other = read(frame(0x1203, b"\2" + place(1.5, 2.5) + place(1.6, 2.6)) + frame(0x1201, bytes(9)))
    assert [fix.latitude for fix in stored.fixes] == [1.5, 1.6]
    assert other.fixes == ()
    (hidden,) = read(frame(0x1202, bytes(36), encrypted=1))
    assert hidden.doubts
    broken = bytearray(frame(0x1202, place(1.5, 2.5)))
    broken[12] ^= 1
    assert read(bytes(broken)) == []
