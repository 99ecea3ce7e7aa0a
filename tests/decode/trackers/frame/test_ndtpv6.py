"""NDTP frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("ndtpv6")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def frame(service: int, kind: int, body: bytes) -> bytes:
    inner = struct.pack("<HHHI", service, kind, 1, 7) + body
    crc = struct.pack("<H", crc16_modbus(inner))
    return b"~~" + struct.pack("<HH", len(inner), 2) + crc + struct.pack("<BIH", 2, 0, 7) + inner


def test_login_then_position():
    cell = b"\0\0" + struct.pack("<IiiB", 1_700_000_000, 35_000_000, 515_000_000, 0x80 | 0x20) + bytes(13)
    messages = read(frame(0, 100, b"\6\0\2\0" + IMEI.encode() + b"\0") + frame(1, 101, cell) + frame(1, 500, b""))
    assert {message.device_ids for message in messages} == {(IMEI,)}
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in messages[1].fixes] == [(51.5, -3.5, True)]
    assert messages[1].confidence == Confidence.LIKELY


def test_wrong_crc():
    whole = frame(0, 100, IMEI.encode())
    assert read(whole[:-1] + b"?") == []
