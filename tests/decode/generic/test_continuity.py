"""Pairs without names make a path, or are no places."""

from __future__ import annotations

import random
import struct

import pytest

from iotwatch.decode import decode
from iotwatch.read.stream import from_bytes


def found(data: bytes) -> list[tuple[float, float]]:
    return [(fix.latitude, fix.longitude) for message in decode(from_bytes(data)) for fix in message.fixes]


def lines(places: list[tuple[float, float]], step: int = 60) -> bytes:
    return b"".join(
        b"u7;%d;%.6f;%.6f;x\r\n" % (1_770_000_000 + step * number, *place) for number, place in enumerate(places)
    )


def test_a_drive_is_a_path_also_with_one_jump() -> None:
    drive = [(48.101234 + number / 500, 11.501234 + number / 400) for number in range(12)]
    assert [round(latitude, 6) for latitude, _ in found(lines(drive))] == [round(latitude, 6) for latitude, _ in drive]
    assert len(found(lines([(52.512345, 13.412345), *drive]))) == 13


@pytest.mark.parametrize("seed", range(20))
def test_readings_jump(seed: int) -> None:
    rng = random.Random(seed)
    assert found(lines([(rng.uniform(-90, 90), rng.uniform(-180, 180)) for _ in range(10)])) == []
    yaw = [(12 + rng.gauss(0, 3), 100 + rng.gauss(0, 4)) for _ in range(30)]
    assert found(lines(yaw, step=1)) == []


def test_a_single_place_stays_possible() -> None:
    assert len(found(lines([(48.137154, 11.575424)]))) == 1


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out, value = out + bytes([value & 127 | 128]), value >> 7
    return out + bytes([value])


def field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


@pytest.mark.parametrize("seed", range(10))
def test_bounds_of_histograms_in_protobuf_are_no_places(seed: int) -> None:
    rng = random.Random(seed)
    points = b""
    for _ in range(12):
        point = b"\x19" + struct.pack("<Q", 1_770_000_000_000_000_000)
        point += b"\x21" + struct.pack("<d", rng.uniform(1, 90)) + b"\x29" + struct.pack("<d", rng.uniform(1, 170))
        points += field(1, point)
    assert found(field(1, field(2, field(2, field(1, b"latency") + field(9, points))))) == []


def test_one_pair_within_the_globe_among_angles_beyond_it() -> None:
    beyond = [(71.9 + number / 50, -190.2 - number / 30) for number in range(12)]
    assert found(lines([*beyond, (71.997012, -174.114634)])) == []


def test_a_remote_id_location_has_its_fields_in_range() -> None:
    place = struct.pack("<ii", round(48.137154 * 1e7), round(11.575424 * 1e7))
    told = (
        bytes((0x10, 0x20, 90, 12, 0))
        + place
        + struct.pack("<HHH", 2300, 2310, 2100)
        + bytes((0x4A, 0x43, 0x10, 0x0E, 1, 0))
    )
    assert len(found(told)) == 1
    for at, value in ((1, 0xC0), (2, 0xC6), (19, 0xFF), (20, 0x0F), (22, 0xF0), (23, 0x10), (24, 1)):
        assert found(told[:at] + bytes([value]) + told[at + 1 :]) == []
