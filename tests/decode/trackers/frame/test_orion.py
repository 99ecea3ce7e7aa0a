"""Orion frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("orion")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize("spare", [0, 1, 5])
def test_position(spare):
    place = struct.pack("<iiHHH", 51_300_000, -3_300_000, 120, 270, 66) + bytes([23, 11, 14, 22, 13, 20])
    record = bytes([9, 4 + len(place) + 12, 9, 1]) + place + bytes(12)
    inner = b"PW\0\x41" + struct.pack(">I", 1_234_567) + record + bytes(spare)
    whole = inner + struct.pack("<H", crc16_xmodem(inner))
    messages = read(whole + b"\r\n" + whole)
    assert len(messages) == 2
    (fix,) = messages[0].fixes
    assert (fix.latitude, fix.longitude, fix.altitude, fix.speed) == (51.5, -3.5, 12.0, 6.6)
    assert fix.time == 1_700_000_000_000_000
    assert (messages[0].device_ids, messages[0].checksum) == (("1234567",), "ok")
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []
