"""FleetGuide datagrams made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("fleetguide")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


FULL = (1 << 32) - 1


def frame(content: bytes, flags: int = 0x1800) -> bytes:
    data = struct.pack("<HIB", len(content) | flags, 777, 5) + content
    return b"S" + data + struct.pack("<H", crc16_ccitt_false(data))


def report(latitude: float, longitude: float) -> bytes:
    fractions = (round(latitude / 90 * FULL), round(longitude / 180 * FULL))
    return (
        b"\x07\0"
        + struct.pack("<I", SECONDS - 1_262_304_000)
        + b"\1\2\3\4\x04"
        + struct.pack("<II", *fractions)
        + bytes(20)
    )


def test_a_report_and_the_first_of_packed_ones() -> None:
    (plain,) = read(frame(report(56.5, 53.25)))
    assert (plain.fixes[0].latitude, plain.fixes[0].longitude) == pytest.approx((56.5, 53.25), abs=1e-6)
    assert plain.fixes[0].time == SECONDS * 1_000_000
    assert (plain.device_ids, plain.checksum) == (("777",), "ok")
    (packed,) = read(frame(b"\x02" + report(45.5, 41.25), flags=0x5800))
    assert packed.fixes[0].latitude == pytest.approx(45.5, abs=1e-6)
    assert packed.doubts


def test_a_wrong_checksum_is_no_frame() -> None:
    assert not DIALECT.claims(frame(report(1, 2))[:-1] + b"\0", None)
    assert not any(message.fixes for message in read(frame(report(1, 2))[:-2] + b"\0\0"))
