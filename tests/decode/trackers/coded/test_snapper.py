"""Snapper frames with made values."""

from __future__ import annotations

import json
import struct

from iotwatch.decode.trackers.coded.snapper import DIALECT
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


GPS = {"f": "5E", "t": "221320", "d": "141123", "la": "5130.0000", "lo": "00330.0000", "s": "10"}


def frame(*elements: tuple[int, bytes]) -> bytes:
    parts = b"".join(struct.pack("<HH", number, len(value)) + value for number, value in elements)
    body = struct.pack("<H", len(elements)) + parts
    head = b"K\4\1\2\3\4" + struct.pack("<IHI", 2_911_000_001, 0, len(body)) + bytes(6)
    return head + struct.pack("<BH", sum(body) & 0xFF, 0x37) + body


def packed(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def test_position():
    other = (0x33, packed({"b": 1}))
    messages = read(frame((0x32, packed(GPS)), other) + frame((0x34, packed({"a": "0"})), other))
    assert [(fix.latitude, fix.longitude, fix.time) for fix in messages[0].fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000)
    ]
    assert messages[1].fixes == ()
    assert {message.device_ids for message in messages} == {("2911000001",)}


def test_broken_objects_are_no_place():
    for value in (packed({**GPS, "la": "x"}), packed({**GPS, "t": None}), b'{"la":}', packed([1])):
        assert all(message.fixes == () for message in read(frame((0x32, value), (0x33, packed({"b": 1})))))


def test_a_wrong_sum_is_no_frame_and_an_encrypted_one_says_no_place():
    whole = frame((0x32, packed(GPS)))
    assert read(whole[:-1] + b"!") == []
    (message,) = read(whole[:10] + b"\1" + whole[11:])
    assert (message.fixes, message.fields["encrypted"]) == ((), True)
