"""Cellocator messages made here."""

from __future__ import annotations

import math
import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("cellocator")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def status(latitude: float, longitude: float, magic: bytes = b"MCGP", satellites: int = 8) -> bytes:
    factor = math.radians(1) * 1e8 if magic == b"MCGP" else 1e7
    place = struct.pack("<iiiIH", round(longitude * factor), round(latitude * factor), 12300, 1000, 1571)
    data = magic + b"\0" + struct.pack("<I", 777) + bytes(34) + bytes([satellites]) + place
    data = data[:62] + bytes([9, 8, 7, 6, 5]) + struct.pack("<H", 2024)
    return data + bytes([sum8(data[4:])])


@pytest.mark.parametrize("magic", [b"MCGP", b"MCPG"])
def test_a_status_in_radians_or_degrees(magic: bytes) -> None:
    (message,) = read(status(-33.5, 70.25, magic))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((-33.5, 70.25), abs=1e-5)
    assert (fix.time, fix.valid, fix.altitude, fix.speed) == (1_714_979_289_000_000, True, 123, 36)
    assert fix.course == pytest.approx(90, abs=0.1)
    assert (message.device_ids, message.checksum) == (("777",), "ok")


def test_modules() -> None:
    factor = math.radians(1) * 1e8
    gps = (
        b"\x06\x13\0"
        + bytes([5, 4, 2, 9])
        + struct.pack("<iii", round(10 * factor), round(20 * factor), 500)
        + bytes(3)
    )
    clock = b"\x07\x07\0" + bytes([1, 9, 8, 7, 6, 5, 24])
    modules = b"\x08\x02\0\1\2" + gps + clock
    data = b"MCGP\x0b" + struct.pack("<I", 778) + bytes(4) + struct.pack("<H", len(modules)) + modules
    (message,) = read(data + bytes([sum8(data[4:])]))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((20, 10), abs=1e-5)
    assert (fix.time, fix.altitude) == (1_714_979_289_000_000, 5)


def test_no_satellites_and_a_wrong_sum() -> None:
    assert read(status(1, 2, satellites=0))[0].fixes[0].valid is False
    assert read(status(1, 2)[:-1] + b"\0")[0].checksum == "bad"
