"""Ruptela frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.ruptela import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_kermit
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

IMEI = "490154203237518"


def frame(command: int, body: bytes) -> bytes:
    inner = struct.pack(">QB", int(IMEI), command) + body
    return struct.pack(">H", len(inner)) + inner + struct.pack(">H", crc16_kermit(inner))


def gps(longitude: int = -34_500_000) -> bytes:
    return struct.pack(">iihHBH", longitude, 515_000_000, 1200, 27000, 7, 66)


def record(longitude: int = -34_500_000) -> bytes:
    return struct.pack(">IBB", 1_700_000_000, 0, 0) + gps(longitude) + b"\x0a\x07" + b"\x01\x05\x01\0\0\0"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_records():
    (message,) = read(frame(1, b"\0\x02" + record() + record()))
    assert (message.checksum, message.confidence, message.device_ids) == ("ok", Confidence.CERTAIN, (IMEI,))
    assert len(message.fixes) == 2
    fix = message.fixes[0]
    assert (fix.latitude, fix.longitude, fix.altitude, fix.course, fix.speed) == (51.5, -3.45, 120.0, 270.0, 66.0)
    assert fix.time == 1_700_000_000_000_000
    assert message.fields["ignition"] is True


def test_extended_records():
    body = struct.pack(">IBBB", 1_700_000_000, 0, 0x10, 0) + gps() + b"\x0a\0\x07" + b"\x01\0\x05\0\0\0\0"
    (message,) = read(frame(0x44, b"\0\x01" + body))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.45)]
    assert message.fields["ignition"] is False


def test_no_fix_is_no_position():
    (message,) = read(frame(1, b"\0\x01" + record(longitude=-(1 << 31))))
    assert message.fixes == ()


def test_frames_in_a_row_with_junk():
    one = frame(1, b"\0\x01" + record())
    messages = read(one + frame(0x0F, b"v1") + b"\r\n" + one)
    assert [message.fields["type"] for message in messages] == ["position", "login", "position"]


def test_wrong_checksum():
    good = frame(1, b"\0\x01" + record())
    (message,) = read(good[:-1] + bytes([good[-1] ^ 1]))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)
    other = frame(0x0F, b"v1")
    assert read(other[:-1] + bytes([other[-1] ^ 1])) == []
