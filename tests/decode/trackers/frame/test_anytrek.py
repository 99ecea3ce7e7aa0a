"""Anytrek frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("anytrek")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(latitude: float, longitude: float, *, valid: bool = True) -> bytes:
    flags = 45 | (0x1000 if valid else 0) | (0x400 if latitude > 0 else 0) | (0x800 if longitude < 0 else 0)
    scaled = (round(abs(latitude) * 1_800_000), round(abs(longitude) * 1_800_000))
    place = bytes([24, 5, 6, 7, 8, 9, 0xC7]) + struct.pack("<IIBH", *scaled, 88, flags)
    content = b"\x03" + bytes.fromhex("0012345678901234") + bytes(5) + place + bytes(12)
    return b"xx" + struct.pack("<H", len(content)) + content + b"\r\n"


@pytest.mark.parametrize(("latitude", "longitude"), [(32.5, -116.75), (-33.5, 151.25)])
def test_a_report(latitude: float, longitude: float) -> None:
    one, two = read(frame(latitude, longitude) + frame(latitude, longitude, valid=False))
    (fix,) = one.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((latitude, longitude))
    assert (fix.time, fix.valid, fix.speed, fix.course) == (1_714_979_289_000_000, True, 88, 45)
    assert one.device_ids == ("12345678901234",)
    assert two.fixes[0].valid is False


def test_claims_need_the_line_end() -> None:
    assert DIALECT.claims(frame(1, 2), None)
    assert not DIALECT.claims(frame(1, 2)[:-1] + b"x", None)
