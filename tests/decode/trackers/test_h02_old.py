"""H02 in packed digits, on frames built here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.h02 import DIALECT
from iotwatch.read.stream import from_bytes

MICROS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp()) * 1_000_000


def only(data: bytes) -> Message:
    messages = list(DIALECT.messages(from_bytes(data)))
    assert len(messages) == 1
    return messages[0]


def place(message: Message) -> tuple[float, float]:
    return round(message.fixes[0].latitude, 6), round(message.fixes[0].longitude, 6)


def h02_frame(flags: int, *, tail: str) -> bytes:
    return b"$" + bytes.fromhex(
        "4108236591" + "094126170324" + "47183562" + "06" + f"008234417{flags:x}" + "012183" + tail
    )


@pytest.mark.parametrize(
    ("flags", "latitude", "longitude", "valid"),
    [
        (0x0E, 47.305937, 8.390695, True),
        (0x0C, 47.305937, 8.390695, False),
        (0x02, -47.305937, -8.390695, True),
    ],
)
@pytest.mark.parametrize("tail", ["fffffbff000012", "fffffbff" + "00" * 16])
def test_h02_packed_digits(flags: int, latitude: float, longitude: float, valid: bool, tail: str) -> None:
    message = only(h02_frame(flags, tail=tail))
    assert place(message) == (latitude, longitude)
    fix = message.fixes[0]
    assert (fix.time, fix.valid, fix.course) == (MICROS, valid, 183)
    assert fix.speed == pytest.approx(12 * 1.852)
    assert message.device_ids == ("4108236591",)


def test_h02_frames_follow_each_other() -> None:
    frame = h02_frame(0x0E, tail="fffffbff000012")
    assert [m.span for m in DIALECT.messages(from_bytes(frame * 3))] == [(0, 32), (32, 64), (64, 96)]


FRAME = h02_frame(0x0E, tail="fffffbff000012")


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_damaged_frames_never_raise(damage: list[tuple[int, int]], more: bytes) -> None:
    data = bytearray(FRAME + more)
    for at, value in damage:
        data[at % len(data)] = value
    for message in DIALECT.messages(from_bytes(bytes(data))):
        assert 0 <= message.span[0] < message.span[1] <= len(data)
