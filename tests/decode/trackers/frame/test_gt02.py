"""GT02 frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("gt02")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(kind: int, content: bytes) -> bytes:
    body = b"\x05\x04" + bytes.fromhex("0" + IMEI) + b"\0\7" + bytes([kind]) + content
    return b"hh" + bytes([len(body)]) + body + b"\r\n"


def place(latitude: float, longitude: float, *, valid: bool = True) -> bytes:
    flags = valid | (2 if latitude > 0 else 0) | (4 if longitude > 0 else 0)
    scaled = (round(abs(latitude) * 1_800_000), round(abs(longitude) * 1_800_000))
    return bytes([24, 5, 6, 7, 8, 9]) + struct.pack(">IIBH", *scaled, 42, 90) + bytes(3) + struct.pack(">I", flags)


@pytest.mark.parametrize(("latitude", "longitude"), [(51.5, -0.25), (-33.5, 18.5)])
def test_a_place(latitude: float, longitude: float) -> None:
    heartbeat, report, lost = read(
        frame(0x1A, b"\0")
        + frame(0x10, place(latitude, longitude))
        + frame(0x10, place(latitude, longitude, valid=False))
    )
    (fix,) = report.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((latitude, longitude))
    assert (fix.time, fix.valid, fix.speed, fix.course) == (1_714_979_289_000_000, True, 42, 90)
    assert heartbeat.device_ids == report.device_ids == (IMEI,)
    assert lost.fixes[0].valid is False


def test_answers_and_broken_places() -> None:
    assert read(frame(0x1C, b"\7APN OK!"))[0].fields["text"] == "APN OK!"
    assert not any(message.fixes for message in read(frame(0x10, bytes(24))))
    assert not DIALECT.claims(frame(0x1A, b"\0")[:-1] + b"x", None)
