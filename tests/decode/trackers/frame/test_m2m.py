"""M2M frames with made values."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("m2m")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


VALUES = [14, 11, 23, 22, 13, 20, 51, 30, 0, 0, 0x80, 3, 30, 0, 0, 66, 9, 0, 0, 0, 0, 0]


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


def test_the_first_frame_names_the_sender():
    pairs = [8, 60, 54, 33, 53, 49, 84, 3]  # 0 860543353498403
    messages = read(frame([*pairs, *[0] * 14]) + frame(VALUES))
    assert [message.device_ids for message in messages] == [("860543353498403",)] * 2
    assert [len(message.fixes) for message in messages] == [0, 1]


def test_the_speed_is_no_hemisphere():
    (message,) = read(frame([*VALUES[:10], 0x40, *VALUES[11:15], 3, *VALUES[16:]]))
    assert [(fix.latitude, fix.longitude, fix.speed) for fix in message.fixes] == [(-51.5, 3.5, 3 * 1.852)]
