"""Progress frames with made values."""

from __future__ import annotations

import struct
import zlib

import pytest

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("progress")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def frame(kind: int, body: bytes) -> bytes:
    inner = struct.pack("<HH", kind, len(body)) + body
    return inner + struct.pack("<I", zlib.crc32(inner))


def words(*texts: str) -> bytes:
    return b"".join(struct.pack("<H", len(text)) + text.encode() for text in texts)


def test_login_then_position():
    unit = 0x7FFFFFFF / 180
    place = struct.pack("<IIiiIHH", 7, 1_700_000_000, round(51.5 * unit), round(-3.5 * unit), 6650, 27_000, 12_000)
    place += bytes((9, 20)) + bytes(12)  # satellites, signal, odometer, what follows
    messages = read(frame(2, bytes(4) + words("1.0", IMEI, "234150000000001") + bytes(8)) + frame(10, place))
    assert [message.device_ids for message in messages] == [(IMEI, "234150000000001"), (IMEI,)]
    assert {trait.kind: trait.value for trait in messages[0].traits} == {"imsi": "234150000000001", "imei": IMEI}
    (fix,) = messages[1].fixes
    assert (fix.latitude, fix.longitude) == (pytest.approx(51.5), pytest.approx(-3.5))
    assert (fix.speed, fix.course, fix.altitude) == (66.5, 270.0, 120.0)
    assert messages[1].confidence == Confidence.LIKELY


def test_wrong_crc():
    whole = frame(102, b"some text")
    assert [message.fields["type"] for message in read(whole)] == ["text"]
    assert read(whole[:-1] + bytes([whole[-1] ^ 1])) == []
