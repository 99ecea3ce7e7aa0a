"""Castel frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("castel")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def place(latitude: float, longitude: float, *, fix: bool = True) -> bytes:
    flags = (2 if latitude > 0 else 0) | (1 if longitude > 0 else 0) | (0x0C if fix else 0) | 0x70
    scaled = (round(abs(latitude) * 3_600_000), round(abs(longitude) * 3_600_000))
    return bytes([6, 5, 24, 7, 8, 9]) + struct.pack("<IIHHB", *scaled, 1000, 900, flags)


def frame(kind: int, body: bytes, start: bytes = b"@@") -> bytes:
    content = (b"\4" if start == b"@@" else b"") + b"213EP0000000001".ljust(20, b"\0") + struct.pack(">H", kind) + body
    data = start + struct.pack("<H", len(content) + 8) + content
    return data + struct.pack("<H", crc16_x25(data)) + b"\r\n"


@pytest.mark.parametrize("start", [b"@@", b"$$"])
@pytest.mark.parametrize("depth", [0, 1, 33])
def test_the_place_is_found_at_any_depth(start: bytes, depth: int) -> None:
    (message,) = read(frame(0x4001, b"\xff" * depth + place(-33.5, -70.25), start))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-33.5, -70.25, 1_714_979_289_000_000, True)
    assert (fix.speed, fix.course) == (36, 90)
    assert (message.device_ids, message.checksum) == (("213EP0000000001",), "ok")


def test_several_places_no_fix_and_values_of_the_car() -> None:
    two, none = read(frame(0x4001, place(51.5, 11.5) + place(52.5, 12.5, fix=False)) + frame(0x4002, place(1, 2)))
    assert [fix.valid for fix in two.fixes] == [True, False]
    assert none.fixes == ()


def test_the_vin_of_a_query() -> None:
    assert read(frame(0xA002, b"\1\2WDBTEST00A0000001\0"))[0].vin == "WDBTEST00A0000001"


def test_a_wrong_checksum_is_told_and_a_wrong_end_is_no_frame() -> None:
    data = frame(0x4001, place(51.5, 11.5))
    assert read(data[:-4] + b"\0\0\r\n")[0].checksum == "bad"
    assert not DIALECT.claims(data[:-1] + b"x", None)
