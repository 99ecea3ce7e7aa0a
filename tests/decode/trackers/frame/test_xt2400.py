"""XT2400 reports with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("xt2400")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(number: int, seconds: int = 1_700_000_000, latitude: int = 51_500_000) -> bytes:
    head = bytes([number]) + struct.pack(">IB", 183_000_001, 8) + (b"\1\xa0" if number else b"")
    return head + struct.pack(">Iii", seconds, latitude, -3_500_000) + bytes(10) + b"WAUZZZ8K9AA000001" + bytes(4)


@pytest.mark.parametrize("number", [0, 1])
def test_position_is_possible_not_more(number):
    (message,) = read(frame(number))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [(51.5, -3.5, 1_700_000_000_000_000)]
    assert (message.confidence, message.vin, message.device_ids) == (
        Confidence.POSSIBLE,
        "WAUZZZ8K9AA000001",
        ("183000001",),
    )


def test_not_ours():
    assert read(frame(0, seconds=900_000_000)) == []
    assert read(frame(0, latitude=91_000_000)) == []
    assert read(b"?" + frame(0)) == []
