"""Aplicom frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("aplicom")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(protocol: bytes, content: bytes, *, selector: int | None = 0x0000FC) -> bytes:
    version = 0x83 | (0x40 if selector is not None else 0)
    head = protocol + bytes([version]) + int(IMEI).to_bytes(7, "big") + struct.pack(">H", len(content))
    return head + (b"" if selector is None else selector.to_bytes(3, "big")) + content


def report(latitude: float, longitude: float, flags: int = 0xC0) -> bytes:
    scaled = (round(latitude * 1e6), round(longitude * 1e6))
    return bytes([7, 0, flags]) + struct.pack(">IIiiBBBB", SECONDS + 3, SECONDS, *scaled, 8, 50, 60, 45)


def test_reports_with_and_without_a_selector() -> None:
    stream = frame(b"D", report(-62.25, 25.5)) + frame(b"D", report(48.5, -6.5, flags=0x80), selector=None)
    one, two = read(stream)
    (fix,) = one.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-62.25, 25.5, SECONDS * 1_000_000, True)
    assert (fix.speed, fix.course) == (50, 90)
    assert one.device_ids == (IMEI,)
    assert two.fixes[0].valid is False


def test_a_report_without_the_place_says_none() -> None:
    (message,) = read(frame(b"D", bytes([7, 0]) + struct.pack(">I", SECONDS) + bytes(8), selector=0x000004))
    assert message.fixes == ()


def test_the_vin_of_a_tachograph_message() -> None:
    (message,) = read(frame(b"E", bytes(6) + b"\x01WDBTEST00A0000001" + bytes(4), selector=0x01FFFF))
    assert message.vin == "WDBTEST00A0000001"


def test_a_report_without_a_time_gives_no_place() -> None:
    assert not any(message.fixes for message in read(frame(b"D", bytes(24))))
    assert not DIALECT.claims(b"D\xc3" + bytes(40), None)
