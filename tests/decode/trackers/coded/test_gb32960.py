"""GB/T 32960 frames made here; the position stands behind blocks of changing size."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.gb32960 import DIALECT
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

VIN = "LTEST00000A000001"
TIME = bytes([24, 5, 6, 20, 0, 0])
NOON = 1_714_996_800_000_000


def frame(command: int, data: bytes, *, encryption: int = 1, answer: int = 0xFE, start: bytes = b"##") -> bytes:
    content = bytes([command, answer]) + VIN.encode() + bytes([encryption]) + struct.pack(">H", len(data)) + data
    return start + content + bytes([xor8(content)])


def place(latitude: float, longitude: float, *, invalid: bool = False) -> bytes:
    status = invalid | (2 if latitude < 0 else 0) | (4 if longitude < 0 else 0)
    return b"\5" + struct.pack(">BII", status, round(abs(longitude) * 1e6), round(abs(latitude) * 1e6))


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


BEFORE = {
    "nothing": b"",
    "vehicle": b"\1" + bytes(20),
    "motors": b"\2\2" + bytes(24),
    "fuel cell": b"\3" + bytes(6) + struct.pack(">H", 3) + bytes(13),
    "engine": b"\4" + bytes(5),
    "extremes": b"\6" + bytes(14),
    "alarms": b"\7" + bytes(5) + b"\1" + bytes(4) + b"\0\0\2" + bytes(8),
    "voltages": b"\x08\1" + bytes(9) + b"\3" + bytes(6),
    "temperatures": b"\x09\1\1\0\4" + bytes(4),
    "a vendor's": b"\x80\0\5hello",
}


@pytest.mark.parametrize("before", BEFORE, ids=str)
def test_the_position_is_found_behind_every_block(before: str) -> None:
    (message,) = read(frame(2, TIME + BEFORE[before] + place(-31.5, 121.25)))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-31.5, 121.25, NOON, True)
    assert (message.vin, message.checksum, message.confidence) == (VIN, "ok", Confidence.CERTAIN)


def test_invalid_is_kept_and_the_walk_goes_on() -> None:
    first, second = read(frame(3, TIME + place(31, 121, invalid=True)) + b"??" + frame(2, TIME + place(32, 122)))
    assert (first.fixes[0].valid, second.fixes[0].valid) == (False, True)


def test_login_encryption_and_the_edition_of_2025() -> None:
    (login,) = read(frame(1, TIME + b"\0\1" + b"89860000001234567890" + b"\1\0"))
    assert ("iccid", "89860000001234567890") in {(trait.kind, trait.value) for trait in login.traits}
    (secret,) = read(frame(2, bytes(64), encryption=3))
    assert secret.fixes == ()
    assert secret.vin == VIN
    assert secret.doubts
    (later,) = read(frame(2, TIME + place(31, 121), start=b"$$"))
    assert later.fixes == ()


def test_an_unknown_block_is_told() -> None:
    (message,) = read(frame(2, TIME + b"\x33" + place(31, 121)))
    assert message.fixes == ()
    assert message.doubts == (ReadingDoubt.BLOCK_UNKNOWN(block=0x33),)


def test_claims_need_a_vin() -> None:
    assert DIALECT.claims(frame(2, TIME), None)
    assert not DIALECT.claims(b"##\2\xfe" + bytes(range(60)), None)
