"""Dolphin frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.dolphin import DIALECT
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

IMEI = "490154203237518"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(kind: int, body: bytes) -> bytes:
    return b"\xab\xab" + struct.pack("<IHHHQII", 7, 1, 0, kind, int(IMEI), len(body), 0) + body


def point(seconds: int = 1_700_000_000) -> bytes:
    data = (
        b"\x0d"
        + struct.pack("<f", 51.5)
        + b"\x15"
        + struct.pack("<f", -3.5)
        + b"\x20\x09"
        + b"\x45"
        + struct.pack("<I", seconds)
    )
    return b"\x0a" + bytes([len(data)]) + data


def test_points():
    (message,) = read(frame(1, point() + point(1_700_000_060)))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in message.fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000),
        (51.5, -3.5, 1_700_000_060_000_000),
    ]
    assert (message.device_ids, message.confidence) == ((IMEI,), Confidence.LIKELY)


def test_other_types_and_a_broken_body():
    assert [message.fixes for message in read(frame(30, b""))] == [()]
    assert read(frame(1, b"\x0a\x7f")) == []
    assert read(frame(1, point(5))) == []
