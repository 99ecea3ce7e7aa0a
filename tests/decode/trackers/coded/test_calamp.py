"""CalAmp messages made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.calamp import DIALECT
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


HEAD = b"\x83\x05\x12\x34\x56\x78\x90\x01\x01"


def event(latitude: float, longitude: float, *, kind: int = 2, status: int = 0) -> bytes:
    scaled = (round(latitude * 1e7), round(longitude * 1e7))
    place = struct.pack(">IIiiiIHBB", SECONDS + 5, SECONDS, *scaled, 12300, 1000, 90, 8, status)
    return HEAD + bytes([1, kind, 0, 7]) + place + bytes(14)


def test_an_event() -> None:
    (message,) = read(event(-34.5, 18.25))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-34.5, 18.25, SECONDS * 1_000_000, True)
    assert (fix.altitude, fix.speed, fix.course) == (123, 36, 90)
    assert (message.device_ids, message.confidence) == (("1234567890",), Confidence.LIKELY)
    assert read(event(1, 2, status=8))[0].fixes[0].valid is False


def test_a_mini_event_and_an_imei() -> None:
    head = b"\x83\x08" + bytes.fromhex(IMEI + "f") + b"\x01\x02"
    mini = struct.pack(">IiiHBB", SECONDS, 246_000_000, 468_000_000, 240, 5, 9)
    (message,) = read(head + bytes([1, 10, 0, 8]) + mini)
    assert (message.fixes[0].latitude, message.fixes[0].course) == (24.6, 240)
    assert message.device_ids == (IMEI,)


def test_the_vin_of_an_identity_report() -> None:
    (message,) = read(HEAD + bytes([1, 3, 0, 1]) + bytes(30) + b"VIN-INFO:VIN=WDBTEST00A0000001,DEV-RGN=US")
    assert message.vin == "WDBTEST00A0000001"
    assert message.fixes == ()


def test_claims_need_packed_digits_and_a_known_service() -> None:
    assert not DIALECT.claims(b"\x83\x05\xab\xcd\xef\xab\xcd" + bytes(60), None)
    assert not DIALECT.claims(HEAD + bytes([9, 2, 0, 7]) + bytes(60), None)
    assert not DIALECT.claims(HEAD + bytes([1, 2, 0, 7]) + bytes(60), None)
