"""Iridium DirectIP messages with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

DIALECT = named("iridium")

IMEI = "300234010753374"
WHEN = 1_700_000_000


def element(kind: int, value: bytes) -> bytes:
    return struct.pack(">BH", kind, len(value)) + value


def frame(*elements: bytes) -> bytes:
    return b"\x01" + struct.pack(">H", sum(map(len, elements))) + b"".join(elements)


HEADER = element(1, struct.pack(">I15sBHHI", 77, IMEI.encode(), 0, 5, 0, WHEN))


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_the_reckoned_place_comes_with_its_radius() -> None:
    place = element(3, struct.pack(">BBHBHI", 0x03, 33, 43_256, 70, 43_941, 4))
    (message,) = read(frame(HEADER, place, element(2, b"hello")))
    (fix,) = message.fixes
    assert (round(fix.latitude, 6), round(fix.longitude, 6)) == (-33.720933, -70.73235)
    assert fix.time == WHEN * 1_000_000
    assert message.device_ids == (IMEI,)
    assert message.fields["payload"] == b"hello".hex()
    assert message.doubts == (ReadingDoubt.RECKONED_BY_SATELLITES(radius_km=4),)


def test_what_has_no_header_or_place() -> None:
    (message,) = read(frame(HEADER, element(2, bytes(10))))
    assert message.fixes == ()
    assert read(frame(element(2, bytes(40)))) == []
