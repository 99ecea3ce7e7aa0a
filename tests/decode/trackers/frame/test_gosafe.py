"""Gosafe's binary frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.fields import EARLIEST
from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("gosafe")

IMEI = "490154203237518"
WHEN = 1_700_000_000


def frame(latitude: float, longitude: float, *, mask: int = 0x007A, state: int = 0x49) -> bytes:
    place = struct.pack(">HBiiHHhH", 0x3F, state, round(latitude * 1e6), round(longitude * 1e6), 41, 187, 408, 90)
    inner = (
        b"\x06\x01"
        + int(IMEI).to_bytes(7, "big")
        + struct.pack(">IH", WHEN - EARLIEST, mask)
        + bytes([len(place)])
        + place
        + b"\x02\x01\x89"
    )
    inner += struct.pack(">H", crc16_xmodem(inner))
    return b"\xf8" + inner.replace(b"\x1b", b"\x1b\0").replace(b"\xf8", b"\x1b\xe3") + b"\xf8"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize("place", [(47.305937, -8.390695), (-33.8671, 151.2071), (0.000248, 16.250112)])
def test_place_and_escapes(place: tuple[float, float]) -> None:
    (message,) = read(frame(*place))
    (fix,) = message.fixes
    assert (round(fix.latitude, 6), round(fix.longitude, 6)) == place
    assert (fix.valid, fix.speed, fix.course, fix.altitude, fix.time) == (True, 41, 187, 408, WHEN * 1_000_000)
    assert (message.device_ids, message.checksum, message.confidence) == ((IMEI,), "ok", Confidence.LIKELY)


def test_no_fix_no_place_and_a_wrong_crc() -> None:
    assert [message.fixes[0].valid for message in read(frame(1.0, 2.0, state=9))] == [False]
    assert [message.fixes for message in read(frame(1.0, 2.0, mask=0))] == [()]
    broken = bytearray(frame(1.0, 2.0))
    broken[25] ^= 1
    assert read(bytes(broken)) == []
