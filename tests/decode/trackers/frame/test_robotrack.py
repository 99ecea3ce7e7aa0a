"""Robotrack frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("robotrack")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def sealed(body: bytes) -> bytes:
    return body + bytes([crc8(body, 0x07, 0xFF)])


def position(seconds: int = 1_700_000_000) -> bytes:
    return sealed(b"\3" + struct.pack("<Iii", seconds, 51_500_000, -3_500_000) + bytes(10))


def test_login_then_position():
    login = sealed(b"\0" + b"ROBO".ljust(16, b"\0") + IMEI.encode() + bytes(36))
    messages = read(login + position())
    assert [message.device_ids for message in messages] == [(IMEI,), (IMEI,)]
    assert [(fix.latitude, fix.longitude, fix.time) for fix in messages[1].fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ]
    assert messages[1].confidence == Confidence.LIKELY


def test_alone_it_is_possible_and_a_wrong_crc_is_nothing():
    assert [message.confidence for message in read(position())] == [Confidence.POSSIBLE]
    assert read(position()[:-1] + bytes([position()[-1] ^ 1])) == []
    assert read(position(seconds=7)) == []
