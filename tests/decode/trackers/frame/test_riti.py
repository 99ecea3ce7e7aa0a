"""Riti frames with made values."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("riti")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


SENTENCE = b"GPRMC,221320.000,A,5130.0000,N,00330.0000,W,10.0,270.0,141123,,,A"


def frame(sentence: bytes, check: int) -> bytes:
    return b";(\x34\x12" + bytes(21) + b"$" + sentence + b"*%02X\r\n" % check + bytes(9) + b"\4\4\4"


def test_sentence_inside():
    messages = read(frame(SENTENCE, xor8(SENTENCE)) + frame(SENTENCE, xor8(SENTENCE) ^ 1))
    assert [message.checksum for message in messages] == ["ok", "bad"]
    (fix,) = messages[0].fixes
    assert (fix.latitude, fix.longitude, fix.course, fix.valid) == (51.5, -3.5, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert messages[0].device_ids == (str(0x3412),)


def test_no_sentence():
    assert read(frame(b"GPRMC,,,,", 0)) == []
