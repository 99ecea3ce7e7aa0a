"""EGTS packets made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.egts import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc8, crc16_ccitt_false
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


FULL = (1 << 32) - 1


def position(latitude: float, longitude: float, *, valid: bool = True, altitude: int | None = None) -> bytes:
    flags = valid | (0x20 if latitude < 0 else 0) | (0x40 if longitude < 0 else 0) | (0 if altitude is None else 0x80)
    fractions = (round(abs(latitude) / 90 * FULL), round(abs(longitude) / 180 * FULL))
    data = struct.pack("<IIIBHB", SECONDS - 1_262_304_000, *fractions, flags, 425 | 0x8000, 14) + bytes(5)
    return subrecord(16, data + (b"" if altitude is None else altitude.to_bytes(3, "little")))


def subrecord(kind: int, data: bytes) -> bytes:
    return struct.pack("<BH", kind, len(data)) + data


def record(*parts: bytes, unit: int | None = 777) -> bytes:
    body = b"".join(parts)
    head = struct.pack("<HHB", len(body), 1, 0 if unit is None else 1)
    return head + (b"" if unit is None else struct.pack("<I", unit)) + b"\2\2" + body


def packet(*records: bytes, flags: int = 2, kind: int = 1) -> bytes:
    body = b"".join(records)
    head = struct.pack("<BBBBBHHB", 1, 0, flags, 11, 0, len(body), 5, kind)
    return head + bytes([crc8(head)]) + body + struct.pack("<H", crc16_ccitt_false(body))


@pytest.mark.parametrize(("latitude", "longitude"), [(56.5, 85.25), (-33.5, -70.25)])
def test_positions_of_several_records(latitude: float, longitude: float) -> None:
    (message,) = read(packet(record(position(latitude, longitude, altitude=120)), record(position(1, 2, valid=False))))
    first, second = message.fixes
    assert (first.latitude, first.longitude) == pytest.approx((latitude, longitude), abs=1e-6)
    assert (first.time, first.valid, first.speed, first.course, first.altitude) == (
        SECONDS * 1_000_000,
        True,
        42.5,
        270,
        120,
    )
    assert second.valid is False
    assert (message.checksum, message.confidence, message.device_ids) == ("ok", Confidence.CERTAIN, ("777",))


def test_identity_and_vehicle() -> None:
    identity = subrecord(1, struct.pack("<IB", 4242, 6) + IMEI.encode() + b"0262011234567890")
    (message,) = read(packet(record(identity, subrecord(3, b"WDBTEST00A0000001" + bytes(8)), unit=None)))
    assert message.device_ids == (IMEI, "4242")
    assert message.vin == "WDBTEST00A0000001"


def test_encrypted_answers_and_wrong_checksums() -> None:
    (secret,) = read(packet(bytes(40), flags=0x08))
    assert secret.fixes == ()
    assert secret.doubts
    assert read(packet(bytes(3), kind=0))[0].fixes == ()
    assert read(packet(record(position(1, 2)))[:-1] + b"\0")[0].checksum == "bad"
    assert not DIALECT.claims(b"\1\0\2\x0b\0\x10\0\5\0\1\0" + bytes(30), None)
