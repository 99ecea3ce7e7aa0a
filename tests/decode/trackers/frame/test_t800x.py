"""Topflytech frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("t800x")

IMEI = "490154203237518"
TIME = bytes.fromhex("231114221320")


def frame(head: int, kind: int, body: bytes) -> bytes:
    return bytes([head, head, kind]) + struct.pack(">HH", 15 + len(body), 1) + bytes.fromhex("0" + IMEI) + body


def place(latitude: float = 51.5) -> bytes:
    return struct.pack("<fff", 120.0, -3.5, latitude) + bytes.fromhex("0665") + struct.pack(">H", 270)


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize(
    ("head", "kind", "before"), [(0x23, 2, 29), (0x25, 4, 29), (0x26, 2, 25), (0x25, 0x13, 37), (0x27, 4, 2)]
)
def test_position(head, kind, before):
    (message,) = read(frame(head, kind, bytes(before) + TIME + place()))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.altitude) == (51.5, -3.5, 120.0)
    assert (fix.speed, fix.course, fix.valid) == (66.5, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert message.device_ids == (IMEI,)
    assert [trait.kind for trait in message.traits] == ["imei"]


def test_behaviour_holds_two_records_and_one_without_fix():
    none = TIME + b"\xff" * 12 + bytes.fromhex("0270ffff0360")
    (message,) = read(frame(0x26, 5, b"\x04" + none + TIME + place() + bytes(2)))
    assert len(message.fixes) == 1


def test_cells_stand_where_the_place_would():
    block = struct.pack("<8H", 234, 15, 0x0A0B, 0x0C0D, 0x0A0B, 0x0C0E, 0xFFFF, 0xFFFF)
    (message,) = read(frame(0x23, 2, bytes(29) + TIME + block))
    assert message.fixes == ()
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D), Cell(234, 15, 0x0A0B, 0x0C0E))


def test_login_and_heartbeat_have_no_place():
    messages = read(frame(0x23, 1, b"\x01") + frame(0x23, 3, b""))
    assert [message.fields["type"] for message in messages] == ["login", "heartbeat"]


def test_electric_car_frame_is_not_ours():
    assert read(b"##\x02\xfeLAUZZZ8K9AA000001\x01\0\x20" + bytes(33)) == []


def test_nothing_is_looked_for_behind_a_block_that_says_neither_place_nor_cells():
    (message,) = read(frame(0x23, 2, bytes(29) + TIME + b"\xff" * 16 + TIME + place()))
    assert (message.fixes, message.cells, message.device_ids) == ((), (), (IMEI,))
