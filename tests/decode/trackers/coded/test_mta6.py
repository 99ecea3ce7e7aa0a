"""MTA6 bodies made here."""

from __future__ import annotations

import math
import struct

import pytest

from iotwatch.decode.trackers.coded.mta6 import DIALECT
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def whole(value: float) -> bytes:
    return struct.pack(">I", struct.unpack(">I", struct.pack(">f", value))[0] >> 2)


def body(*, kind: bytes = b"1", event: int = 3, week: int = 2288, second: float = 166_400) -> bytes:
    record = bytes([0, event]) + whole(math.radians(51.5)) + whole(math.radians(-3.5)) + whole(second)
    return b"id=4711&bin=" + kind + b"\5\1\0\0" + record + struct.pack(">HB", week, 0)


def test_a_place_in_radians():
    (message,) = read(body())
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((51.5, -3.5), abs=5e-5)
    assert fix.time == (315_964_800 + 2288 * 604_800 + 166_400) * 1_000_000
    assert (message.device_ids, message.confidence) == (("4711",), Confidence.POSSIBLE)


def test_what_is_left():
    assert [message.fixes for message in read(body(kind=b"4"))] == [()]
    assert read(body(event=0x83)) == []
    assert read(body(week=5)) == []
