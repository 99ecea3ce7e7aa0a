"""Huasheng frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("huasheng")

IMEI = b"490154203237518"


def frame(kind: int, body: bytes) -> bytes:
    inner = struct.pack(">HIH", kind, 0, 7) + body
    return b"\xc0\0\0" + struct.pack(">H", len(inner) + 4) + inner + b"\xc0"


def element(number: int, value: bytes) -> bytes:
    return struct.pack(">HH", number, len(value) + 4) + value


def place(status: int = 1 << 31, longitude: int = -350_000) -> bytes:
    return struct.pack(">I", status) + b"231114221320" + struct.pack(">iiHHHH", longitude, 5_150_000, 66, 270, 120, 0)


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_position_with_elements():
    more = element(9, b"WAUZZZ8K9AA000001") + element(15, IMEI) + element(0x20, b"234@15@a0b@c0d")
    (message,) = read(frame(0xAA00, place() + more))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.valid) == (51.5, -3.5, 66.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert message.vin == "WAUZZZ8K9AA000001"
    assert message.device_ids == (IMEI.decode(),)
    assert message.cells == (Cell(234, 15, 0xA0B, 0xC0D),)


def test_no_fix_and_no_vin():
    (message,) = read(frame(0xAA00, place(status=0) + element(9, b"F" * 17)))
    assert (message.fixes[0].valid, message.vin) == (False, "")


def test_login_names_the_sender():
    login = frame(0x0002, b"\2" + struct.pack(">HH", 19, 0xA004) + IMEI)
    assert [message.device_ids for message in read(login + frame(0xAA00, place()))] == [(IMEI.decode(),)] * 2


def test_broken_elements_and_dates():
    assert read(frame(0xAA00, place() + b"\0\1\0\x40ab")) == []
    assert read(frame(0xAA00, place().replace(b"231114", b"231399"))) == []


def test_slip_escapes():
    whole = frame(0xAA00, place(longitude=0x00C0DB) + element(5, b"\xc0\xdb"))
    wire = b"\xc0" + whole[1:-1].replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"
    for data in (whole, wire + wire):
        assert {fix.longitude for message in read(data) for fix in message.fixes} == {0x00C0DB / 1e5}
