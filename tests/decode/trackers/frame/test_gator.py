"""Gator frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("gator")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(command: int, content: bytes) -> bytes:
    data = b"$$" + bytes([command]) + struct.pack(">H", len(content) + 2) + content
    return data + bytes([xor8(data), 0x0D])


PHONE = bytes([0x80 | 1, 23, 45, 0x80 | 67])  # top bits 1001: 30 + 9
PLACE = bytes.fromhex("240506070809" + "81230000" + "02815000" + "0060" + "0090" + "c0") + bytes(10)


def test_a_report_of_a_phone_number_and_of_an_imei() -> None:
    one, two = read(frame(0x80, PHONE + PLACE) + frame(0x80, bytes.fromhex(IMEI + "0") + PLACE))
    for message, units in ((one, ("13901234567", "3901234567")), (two, (IMEI,))):
        (fix,) = message.fixes
        assert (fix.latitude, fix.longitude) == pytest.approx((-12.5, 28.25))
        assert (fix.time, fix.valid, fix.speed, fix.course) == (1_714_979_289_000_000, True, 60, 90)
        assert (message.device_ids, message.checksum) == (units, "ok")


def test_heartbeats_and_wrong_checks() -> None:
    assert read(frame(0x21, PHONE + b"\2"))[0].fixes == ()
    assert not DIALECT.claims(frame(0x21, PHONE + b"\2")[:-2] + b"\0\x0d", None)
    assert read(frame(0x80, PHONE + PLACE)[:-2] + b"\0\x0d")[0].checksum == "bad"
    assert not any(message.fixes for message in read(frame(0x80, bytes(30))))
