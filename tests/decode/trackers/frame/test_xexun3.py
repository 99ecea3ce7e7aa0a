"""Xexun3 frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("xexun3")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"


def frame(content: bytes) -> bytes:
    return b"\xfc" + struct.pack(">H", len(content)) + content + struct.pack(">H", crc16_ccitt_false(content)) + b"\xcf"


def test_login_names_the_sender():
    login = frame(b"\3\x20\x08" + bytes.fromhex("0" + IMEI))
    messages = read(login + frame(b"\3\x21\x09" + bytes.fromhex("0" + IMEI) + b"other"))
    assert [message.device_ids for message in messages] == [(IMEI,), (IMEI,)]
    assert [message.checksum for message in messages] == ["ok", "ok"]


def test_wrong_crc():
    whole = frame(b"\5other")
    assert read(whole[:-2] + bytes([whole[-2] ^ 1]) + b"\xcf") == []
