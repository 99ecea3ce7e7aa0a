"""Enfora messages made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("enfora")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(place: bytes = b"070809.00,A,5130.0000,N,00015.0000,W,10.0,90.0,060524,,") -> bytes:
    sentence = b"GPRMC," + place
    body = (
        b"\x00\x0a\x08\x10\x00             33      "
        + IMEI.encode()
        + b" 13 $"
        + sentence
        + f"*{xor8(sentence):02X}".encode()
    )
    return struct.pack(">H", len(body) + 2) + body


def test_a_sentence_behind_a_head() -> None:
    (message,) = read(frame())
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (51.5, -0.25, 1_714_979_289_000_000, True)
    assert (fix.speed, fix.course) == (pytest.approx(18.52), 90)
    assert (message.device_ids, message.checksum) == ((IMEI,), "ok")


def test_no_fix_and_a_wrong_checksum() -> None:
    (lost,) = read(frame(b"070809,V,5130.0000,S,00015.0000,E,,,060524,,"))
    assert (lost.fixes[0].valid, lost.fixes[0].speed) == (False, None)
    assert read(frame()[:-2] + b"00")[0].checksum == "bad"
    assert not DIALECT.claims(b"\0\x6a\0\x0a\x08" + bytes(120), None)
