"""Queclink binary frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded.queclink import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


IMEI = "490154203237518"
DATE = struct.pack(">H5B", 2023, 11, 14, 22, 13, 20)


def frame(name: bytes, kind: int, body: bytes) -> bytes:
    imei = bytes([49, 1, 54, 20, 32, 37, 51, 8])
    inner = bytes([kind]) + bytes(4) + struct.pack(">H", 64) + b"\x45\1\2\2\5" + imei + body + DATE + b"\0\7"
    return name + inner + struct.pack(">H", crc16_ccitt_false(inner)) + b"\r\n"


def place(state: int) -> bytes:
    return struct.pack(">BHBHhii", state, 66, 5, 270, 120, -3_500_000, 51_500_000) + DATE


def test_report():
    cell = bytes.fromhex("02340015") + struct.pack(">HH", 0x0A0B, 0x0C0D)
    (message,) = read(frame(b"+RSP", 7, bytes(12) + place(1) + cell))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.course, fix.valid) == (51.5, -3.5, 66.5, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D),)
    assert (message.device_ids, message.checksum, message.protocol) == ((IMEI,), "ok", "gl200")


def test_event_without_fix_and_the_sending_time_is_no_place():
    messages = read(frame(b"+EVT", 12, bytes(12) + place(0)) + frame(b"+INF", 1, bytes(20)) + frame(b"+ACK", 1, b""))
    assert [[fix.valid for fix in message.fixes] for message in messages] == [[False], [], []]


def test_first_place_of_a_packed_track():
    point = struct.pack(">iiI", -3_500_000, 51_500_000, 1_700_000_000 - 60)
    (message,) = read(frame(b"+RSP", 0x64, bytes(10) + point + b"\xa0\x7f" * 30))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(51.5, -3.5)]


def test_wrong_crc_is_told():
    whole = frame(b"+RSP", 7, bytes(12) + place(1))
    (message,) = read(whole[:-3] + bytes([whole[-3] ^ 1]) + b"\r\n")
    assert (message.checksum, message.confidence, len(message.fixes)) == ("bad", Confidence.POSSIBLE, 1)
    assert read(b"+RSP is a word in some text\r\n") == []


def test_a_mask_that_leaves_the_motion_out():
    point = struct.pack(">ii", -3_500_000, 51_500_000) + DATE
    (message,) = read(frame(b"+RSP", 7, bytes(4) + point))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.valid) == (51.5, -3.5, None, None)
