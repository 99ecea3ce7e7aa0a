"""Tramigo reports with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.tramigo import DIALECT
from iotwatch.read.stream import from_bytes


def frame(words: bytes, seconds: int = 1_700_000_000) -> bytes:
    size = 20 + len(words)
    head = b"\x80\0\x01\x02\xb0\0" + struct.pack("<H", size) + b"\1\1\0\0"
    return head + struct.pack(">I", 51_000_001) + struct.pack("<I", seconds) + words


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_place_speed_and_year_of_the_head():
    (message,) = read(frame(b"Made: Moving, 51.50000, -3.50000, W with speed 66 km/h, 22:13:05 Nov 14  EOF"))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed) == (51.5, -3.5, 66.0)
    assert fix.time == (1_700_000_000 - 15) * 1_000_000
    assert message.device_ids == ("51000001",)


def test_words_without_place():
    messages = read(frame(b"Ping EOF") + frame(b"Ignition off EOF"))
    assert [message.fixes for message in messages] == [(), ()]
    assert messages[1].fields["text"] == "Ignition off"


def blocks(*parts: bytes) -> bytes:
    tail = b"\7\0" + struct.pack("<III", 49015420, 3237518, 1_700_000_000) + b"".join(parts)
    return b"\x04" + struct.pack("<H", len(tail) + 5) + b"\0\0" + tail


PAIR = struct.pack("<ii", 5_150_000, -350_000)


def test_status_and_landmark():
    status = (
        b"\0" + bytes(8) + PAIR + struct.pack("<HH", 66, 270) + bytes(15) + struct.pack("<I", 1_699_999_999) + b"\1"
    )
    (message,) = read(blocks(status, b"\x01\x05\0GB"))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.course) == (51.5, -3.5, 66, 270)
    assert fix.time == 1_699_999_999_000_000
    assert message.device_ids == ("490154203237518",)


def test_both_ends_of_a_trip():
    ends = [struct.pack("<I", 1_700_000_000 + minute * 60) + bytes(8) + PAIR for minute in (0, 20)]
    (message,) = read(blocks(b"\x04" + b"".join(ends) + bytes(13)))
    assert [(fix.latitude, fix.time) for fix in message.fixes] == [
        (51.5, 1_700_000_000_000_000),
        (51.5, 1_700_001_200_000_000),
    ]


def test_not_ours():
    assert read(frame(b"Ping, 51.5")) == []
    assert read(frame(b"\x01\x02binary EOF")) == []
    assert read(frame(b"at 95.50000, -3.50000, W EOF")) == []
