"""FleetGuide datagrams made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.fleetguide import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
FULL = (1 << 32) - 1


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(content: bytes, flags: int = 0x1800) -> bytes:
    data = struct.pack("<HIB", len(content) | flags, 777, 5) + content
    return b"S" + data + struct.pack("<H", crc16_ccitt_false(data))


def report(latitude: float, longitude: float, satellites: int = 9) -> bytes:
    fractions = (round(abs(latitude) / 90 * FULL), round(abs(longitude) / 180 * FULL))
    moved = 665 | (latitude < 0) << 14 | (longitude < 0) << 15
    place = struct.pack("<IIHH", *fractions, moved, 90 | satellites << 11)
    return b"\x07\0" + struct.pack("<I", SECONDS - 1_262_304_000) + b"\1\2\3\x0c\x04" + place


def test_a_report_without_altitude() -> None:
    (plain,) = read(frame(report(-56.5, -53.25)))
    (fix,) = plain.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((-56.5, -53.25), abs=1e-6)
    assert (fix.time, fix.speed, fix.course, fix.altitude, fix.valid) == (SECONDS * 1_000_000, 66.5, 90, None, None)
    assert (plain.device_ids, plain.checksum) == (("777",), "ok")
    assert read(frame(report(1, 2, satellites=0)))[0].fixes[0].valid is False


def test_packed_reports_are_copied_from_what_was_unpacked() -> None:
    once = report(45.5, 41.25)
    packed = b"\xee" + once + b"\xee" + bytes([len(once), len(once)])
    (message,) = read(frame(packed, flags=0x5800))
    assert [fix.latitude for fix in message.fixes] == pytest.approx([45.5, 45.5], abs=1e-6)
    assert not read(frame(b"\xee" + once + b"\xee\x05\x7f", flags=0x5800))[0].fixes[1:]


def test_a_wrong_checksum_is_no_frame() -> None:
    assert not DIALECT.claims(frame(report(1, 2))[:-1] + b"\0", None)
    assert not any(message.fixes for message in read(frame(report(1, 2))[:-2] + b"\0\0"))
