"""Galileosky packets made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.galileo import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def record(latitude: float, longitude: float, *, quality: int = 0x08, before: bytes = b"") -> bytes:
    place = struct.pack("<Bii", quality, round(latitude * 1e6), round(longitude * 1e6))
    motion = b"\x33" + struct.pack("<HH", 425, 900) + b"\x34" + struct.pack("<h", 120)
    return before + b"\x20" + struct.pack("<I", SECONDS) + b"\x30" + place + motion + b"\x40\0\x02"


def packet(tags: bytes, archive: int = 0) -> bytes:
    data = b"\1" + struct.pack("<H", len(tags) | archive) + tags
    return data + struct.pack("<H", crc16_modbus(data))


def test_records_one_after_the_other() -> None:
    tags = record(-33.5, -70.25, before=b"\x03" + IMEI.encode() + b"\x04\x32\0") + record(
        51.5, 11.25, before=b"\x04\x32\0"
    )
    (message,) = read(packet(tags, archive=0x8000))
    first, second = message.fixes
    assert (first.latitude, first.longitude, first.time, first.valid) == (-33.5, -70.25, SECONDS * 1_000_000, True)
    assert (first.speed, first.course, first.altitude) == (42.5, 90, 120)
    assert (second.latitude, message.device_ids, message.checksum) == (51.5, (IMEI,), "ok")
    assert message.fields["ignition"] is True


def test_no_fix_and_unknown_tags() -> None:
    assert read(packet(record(1, 2, quality=0x10)))[0].fixes[0].valid is False
    (message,) = read(packet(record(51.5, 11.25) + b"\x99\1\2"))
    assert message.fixes[0].latitude == 51.5
    assert "0x99" in message.doubts[0].text


def test_inside_an_iridium_message() -> None:
    def element(kind: int, data: bytes) -> bytes:
        return bytes([kind]) + struct.pack(">H", len(data)) + data

    head = element(1, bytes(4) + IMEI.encode() + bytes(9))
    place = element(3, b"\3" + struct.pack(">BHBH", 33, 30_000, 70, 15_000) + bytes(4))
    full = head + place + element(2, record(-33.25, -70.5))
    bare = head + place
    one, two = read(b"\1" + struct.pack(">H", len(full)) + full + b"\1" + struct.pack(">H", len(bare)) + bare)
    assert (one.fixes[0].latitude, one.device_ids) == (-33.25, (IMEI,))
    assert (two.fixes[0].latitude, two.fixes[0].longitude) == (-33.5, -70.25)


def test_compressed_records_are_likely_at_most() -> None:
    longitude, latitude = round((11.25 + 180) / 360 * (1 << 22)), round((51.5 + 90) / 180 * (1 << 21))
    bits = 86_400 << 54 | longitude << 31 | latitude << 10
    content = bits.to_bytes(10, "big") + b"\x02\x40\x35\x00\x02\x09"
    data = b"\x08" + struct.pack("<H", len(content)) + content
    (message,) = read(data + struct.pack("<H", crc16_modbus(data)))
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx((51.5, 11.25), abs=1e-4)
    assert (message.checksum, message.confidence, message.fixes[0].time) == ("ok", Confidence.LIKELY, None)


def test_a_wrong_checksum_is_no_frame() -> None:
    assert not any(message.fixes for message in read(packet(record(1, 2))[:-1] + b"\0"))
