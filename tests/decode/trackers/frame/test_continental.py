"""Continental frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("continental")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def degrees(value: float) -> bytes:
    return b"\0" + (round(value * 3600) & 0xFFFFFF).to_bytes(3, "big")


def frame(latitude: float, longitude: float, *, kind: int = 2, valid: int = 1, course: int = 90) -> bytes:
    place = degrees(latitude) + degrees(longitude) + struct.pack(">HHBI", course, 42, valid, SECONDS)
    content = b"\x0d" + struct.pack(">IBBI", 12345, 3, kind, SECONDS) + place + bytes(6)
    return b"SV" + struct.pack(">H", len(content) + 4) + content


@pytest.mark.parametrize(("latitude", "longitude"), [(-23.5, -46.25), (48.5, 11.25)])
def test_a_report_in_seconds_of_arc(latitude: float, longitude: float) -> None:
    one, two = read(frame(latitude, longitude) + frame(latitude, longitude, valid=0))
    (fix,) = one.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (latitude, longitude, SECONDS * 1_000_000, True)
    assert (fix.course, fix.speed) == (90, 42)
    assert one.device_ids == ("12345",)
    assert two.fixes[0].valid is False


def test_the_finer_form() -> None:
    coarse = frame(1, 2)
    fine = (round(-23.5 * 360_000) & 0xFFFFFFF).to_bytes(4, "big") + (round(46.25 * 360_000) & 0xFFFFFFF).to_bytes(
        4, "big"
    )
    (message,) = read(coarse[:15] + fine + coarse[23:])
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == (-23.5, 46.25)


def test_other_kinds_and_impossible_courses() -> None:
    assert read(frame(1, 2, kind=1))[0].fixes == ()
    assert not any(message.fixes for message in read(frame(1, 2, course=999)))
