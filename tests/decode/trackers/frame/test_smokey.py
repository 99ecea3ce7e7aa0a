"""Smokey reports with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("smokey")


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def frame(mcc: int = 234) -> bytes:
    head = b"SM\3\0" + bytes.fromhex("4901542032375180") + bytes(4) + struct.pack(">IBHHH", 2949, 1, 0x0200, 12, 3600)
    return head + struct.pack(">HHHH", mcc, 15, 10, 20) + bytes(4)


def test_cell():
    (message,) = read(frame())
    assert (message.cells, message.fixes) == ((Cell(234, 15, 10, 20),), ())
    assert message.device_ids == ("4901542032375180",)


def test_not_ours():
    assert read(frame(mcc=999)) == []
    assert read(frame() + b"?") == []
