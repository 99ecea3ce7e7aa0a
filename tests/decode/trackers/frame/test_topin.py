"""Topin frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import AccessPoint, Cell
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("topin")
IMEI = "490154203237518"
TIME = bytes([23, 11, 14, 22, 13, 20])


def frame(kind: int, body: bytes, length: int | None = None) -> bytes:
    return b"xx" + bytes([len(body) + 1 if length is None else length, kind]) + body + b"\r\n"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def position(flags: int = 1 << 12 | 1 << 11 | 1 << 10 | 270) -> bytes:
    place = TIME + b"\x9c" + struct.pack(">IIBH", 92_700_000, 6_300_000, 66, flags)
    return frame(0x10, place, length=18)


def test_login_then_positions():
    login = frame(1, bytes.fromhex("0" + IMEI) + b"\1")
    messages = read(login + position() + frame(8, b"") + position(flags=270))
    assert {message.device_ids for message in messages} == {(IMEI,)}
    fixes = [fix for message in messages for fix in message.fixes]
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in fixes] == [(51.5, -3.5, True), (-51.5, 3.5, False)]
    assert fixes[0].time == 1_700_000_000_000_000


def test_track_with_whole_degrees():
    body = TIME + bytes([51]) + (500_000).to_bytes(3, "big") + bytes([3]) + (500_000).to_bytes(3, "big") + bytes(9)
    assert [(fix.latitude, fix.longitude) for fix in read(frame(8, body))[0].fixes] == [(51.5, 3.5)]


def test_wifi_and_cells():
    points = bytes.fromhex("020000000001") + b"\x40" + bytes.fromhex("020000000002") + b"\x50"
    cells = b"\x01" + struct.pack(">HBII", 234, 15, 0x0A0B, 0x0C0D0E) + b"\x42"
    (message,) = read(frame(0x18, bytes.fromhex("231114221320") + points + cells + b"\0", length=2))
    assert message.access_points == (AccessPoint("02:00:00:00:00:01", -64), AccessPoint("02:00:00:00:00:02", -80))
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D0E),)


def test_gt06_with_its_crc_is_left_alone():
    inner = bytes([13, 0x01]) + bytes.fromhex("0" + IMEI) + b"\0\1"
    assert read(b"xx" + inner + struct.pack(">H", crc16_x25(inner)) + b"\r\n") == []


def test_a_type_alone_proves_little():
    assert [message.confidence for message in read(frame(0x30, b""))] == [Confidence.POSSIBLE]
