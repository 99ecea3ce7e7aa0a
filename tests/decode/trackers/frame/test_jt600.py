"""Jointech's binary frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("jt600")


def frame(flags: int, *, clock: str = "170324094126") -> bytes:
    place = clock + "47183562" + "008234417" + f"{flags:x}"
    body = bytes.fromhex(place) + bytes([0x41, 93]) + bytes(10)
    return b"$" + bytes.fromhex("7012345678") + b"\x18" + struct.pack(">H", len(body)) + body + b"\x07"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize(("flags", "signs"), [(7, (1, 1)), (5, (-1, 1)), (3, (1, -1)), (1, (-1, -1))])
def test_hemispheres(flags: int, signs: tuple[int, int]) -> None:
    (message,) = read(frame(flags))
    (fix,) = message.fixes
    assert (round(fix.latitude, 6), round(fix.longitude, 6)) == (signs[0] * 47.305937, signs[1] * 8.390695)
    assert (fix.valid, fix.speed, fix.course) == (True, 41, 186)
    assert fix.time == 1_710_668_486_000_000
    assert message.device_ids == ("7012345678",)


def test_a_clock_that_is_none_is_no_frame() -> None:
    assert read(frame(7, clock="320324094126")) == []
    assert [message.fixes[0].valid for message in read(frame(6))] == [False]
