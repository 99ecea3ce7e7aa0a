"""Suntech's binary form, on frames built here."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.suntech import DIALECT
from iotwatch.read.stream import from_bytes

MICROS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp()) * 1_000_000


def only(data: bytes) -> Message:
    messages = list(DIALECT.messages(from_bytes(data)))
    assert len(messages) == 1
    return messages[0]


def place(message: Message) -> tuple[float, float]:
    return round(message.fixes[0].latitude, 6), round(message.fixes[0].longitude, 6)


def suntech_frame(mask: bytes = b"\x3f\xff\xff") -> bytes:
    body = bytes.fromhex("0520001338") + mask + b"\x34\x01\x00\x03\x01" + bytes([24, 3, 17, 9, 41, 26])
    body += struct.pack(">IHHHB", 46_976_241, 732, 123, 5, 60)
    body += struct.pack(">IIHH", 4_712_345, 0x80000000 | 74_054_321, 114, 8787) + b"\x14\x01" + bytes(12)
    return b"\x82" + struct.pack(">H", len(body)) + body


def test_suntech_standard_fields() -> None:
    message = only(suntech_frame())
    assert place(message) == (4.712345, -74.054321)
    fix = message.fixes[0]
    assert (fix.time, fix.valid, fix.speed, fix.course) == (MICROS, True, 1.14, 87.87)
    assert message.cells == (Cell(732, 123, 5, 46_976_241),)
    assert message.device_ids == ("0520001338",)


def test_suntech_with_another_mask_is_left_alone() -> None:
    assert list(DIALECT.messages(from_bytes(suntech_frame(b"\x3e\xff\xff")))) == []


FRAME = suntech_frame()


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_damaged_frames_never_raise(damage: list[tuple[int, int]], more: bytes) -> None:
    data = bytearray(FRAME + more)
    for at, value in damage:
        data[at % len(data)] = value
    for message in DIALECT.messages(from_bytes(bytes(data))):
        assert 0 <= message.span[0] < message.span[1] <= len(data)
