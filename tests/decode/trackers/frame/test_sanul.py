"""Sanul logins with made values."""

from __future__ import annotations

from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("sanul")


def read(imei: bytes):
    return list(DIALECT.messages(from_bytes(b"\xaa\0\x70\x20\0\1" + bytes(6) + imei + bytes(10))))


def test_login():
    (message,) = read(b"490154203237518")
    assert (message.fields["type"], message.device_ids, message.fixes) == ("login", ("490154203237518",), ())


def test_digits_without_check_digit():
    assert read(b"490154203237519") == []
