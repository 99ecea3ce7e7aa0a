"""Naviset frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.naviset import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def frame(kind: int, body: bytes) -> bytes:
    inner = struct.pack("<H", len(body) | kind << 12) + body
    return inner + struct.pack("<H", crc16_modbus(inner))


def record(number: int, size: int = 40) -> bytes:
    return struct.pack("<HBIiiH", number, 9, 1_700_000_000 + number, 51_500_000, -3_500_000, 665).ljust(size, b"\0")


def test_records_of_equal_length():
    (message,) = read(frame(5, struct.pack("<HB", 4321, 0x3F) + b"".join(record(n) for n in (700, 701, 702))))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)] * 3
    assert (message.fixes[0].speed, message.fixes[1].time) == (66.5, 1_700_000_701_000_000)
    assert (message.device_ids, message.checksum) == (("4321",), "ok")


def test_login_names_the_sender():
    login = frame(0, struct.pack("<H", 4321) + IMEI.encode() + bytes(8))
    messages = read(login + frame(4, struct.pack("<HB", 4321, 0x3F) + record(9)))
    assert [message.device_ids for message in messages] == [(IMEI,), (IMEI,)]


def test_wrong_crc():
    whole = frame(5, struct.pack("<HB", 4321, 0x3F) + record(9))
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []


def test_one_record_without_a_login_is_possible():
    alone = frame(4, struct.pack("<HB", 4321, 0x3F) + record(9))
    assert [message.confidence for message in read(alone)] == [Confidence.POSSIBLE]
    login = frame(0, struct.pack("<H", 4321) + IMEI.encode() + bytes(8))
    assert [message.confidence for message in read(login + alone)] == [Confidence.CERTAIN] * 2
