"""KHD and NIOT frames with made values: one grammar, two ways to write an angle."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

KHD = named("khd")
TIME = bytes.fromhex("231114221320")
IMEI = "490154203237518"


def frame(start: bytes, kind: int, body: bytes) -> bytes:
    head = start + bytes([kind]) + struct.pack(">H", len(body) + 2) + body
    return head + bytes([xor8(head)]) + b"\r"


def khd_place(state: int = 0xF8) -> bytes:
    return TIME + bytes.fromhex("05130000" + "80330000" + "0066" + "0270") + bytes([state]) + bytes(10)


def niot_place(state: int = 0xF8) -> bytes:
    angles = struct.pack(">II", 92_700_000, 6_300_000 | 1 << 31)
    return TIME + angles + bytes.fromhex("00660270") + bytes([state]) + bytes(10)


def read(dialect, data: bytes):
    return list(dialect.messages(from_bytes(data)))


@pytest.mark.parametrize(
    ("dialect", "data"),
    [
        (KHD, frame(b"))", 0x80, b"\x12\x34\x56\x78" + khd_place())),
        (named("niot"), frame(b"XX", 0x80, bytes.fromhex("0" + IMEI) + niot_place())),
    ],
)
def test_position(dialect, data):
    (message,) = read(dialect, data)
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (51.5, -3.5)
    assert (fix.time, fix.speed, fix.course, fix.valid) == (1_700_000_000_000_000, 66.0, 270.0, True)
    assert message.checksum == "ok"
    assert message.device_ids in {("12345678",), (IMEI,)}


def test_state_says_no_fix():
    assert read(KHD, frame(b"))", 0xA3, b"\x12\x34\x56\x78" + khd_place(0x7B)))[0].fixes[0].valid is False


def test_login_needs_its_checksum():
    login = frame(b"))", 0xB1, b"\x12\x34\x56\x78")
    assert [message.fields["type"] for message in read(KHD, login)] == ["login"]
    assert read(KHD, login[:-2] + b"\0\r") == []


def test_digits_that_are_none():
    assert read(KHD, frame(b"))", 0x80, b"\x12\x34\x56\x78" + b"\xff" * 30)) == []
