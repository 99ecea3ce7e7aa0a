"""MAVLink frames, built after the public message definitions."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.mavlink2 import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_mcrf4xx
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


EXTRA = {0: 50, 2: 137, 24: 24, 33: 104, 235: 179}


def v2(message: int, payload: bytes) -> bytes:
    payload = payload.rstrip(b"\0") or b"\0"
    inner = struct.pack("<BBBBBB", len(payload), 0, 0, 9, 1, 1) + message.to_bytes(3, "little") + payload
    return b"\xfd" + inner + struct.pack("<H", crc16_mcrf4xx(inner + bytes([EXTRA[message]])))


def v1(message: int, payload: bytes) -> bytes:
    inner = struct.pack("<BBBBB", len(payload), 9, 1, 1, message) + payload
    return b"\xfe" + inner + struct.pack("<H", crc16_mcrf4xx(inner + bytes([EXTRA[message]])))


PLACE = struct.pack("<IiiiihhhH", 5, 515_000_000, -35_000_000, 120_000, 9, 300, 400, 0, 27_000)
RAW = struct.pack("<Qiii4HBB", 1_700_000_000_000_000, 515_000_000, -35_000_000, 120_000, 1, 1, 500, 27_000, 3, 9)


def test_both_versions():
    for build in (v1, v2):
        messages = read(build(2, struct.pack("<QI", 1_700_000_000_000_000, 5)) + build(33, PLACE) + build(24, RAW))
        fixes = [fix for message in messages for fix in message.fixes]
        assert [(fix.latitude, fix.longitude, fix.speed, fix.course) for fix in fixes] == [
            (51.5, -3.5, 18.0, 270.0)
        ] * 2
        assert {fix.time for fix in fixes} == {1_700_000_000_000_000}
        assert {message.checksum for message in messages} == {"ok"}
        assert messages[0].device_ids == ("1",)


def test_high_latency_and_no_fix():
    messages = read(v2(235, struct.pack("<Iiih", 5, 515_000_000, -35_000_000, 120)) + v1(24, RAW[:28] + b"\1\0"))
    assert [fix.valid for message in messages for fix in message.fixes] == [True, False]


def test_wrong_crc():
    beat = v1(0, bytes(9))
    assert [message.fields["type"] for message in read(beat)] == ["heartbeat"]
    assert read(beat[:-1] + bytes([beat[-1] ^ 1])) == []
    whole = v2(33, PLACE)
    assert [message.checksum for message in read(whole[:-1] + bytes([whole[-1] ^ 1]))] == ["bad"]
