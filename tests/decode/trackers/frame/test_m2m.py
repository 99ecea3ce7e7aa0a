"""M2M frames with made values."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("m2m")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


VALUES = [14, 11, 23, 22, 13, 20, 51, 30, 0, 0, 0, 3, 30, 0, 0, 1, 66, 0, 0, 0, 0, 0]


def frame(values: list[int]) -> bytes:
    return bytes(value + 0x20 for value in values) + b"\x0b"


def test_position_is_possible_not_more():
    (message,) = read(frame(VALUES))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(51.5, -3.5, 1_700_000_000_000_000)]
    assert message.confidence == Confidence.POSSIBLE
    assert message.doubts


def test_impossible_values():
    for index, value in ((1, 13), (7, 60), (8, 100), (6, 91)):
        assert read(frame([*VALUES[:index], value, *VALUES[index + 1 :]])) == []
