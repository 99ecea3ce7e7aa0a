"""HYN600 reports with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded.hyn600 import DIALECT
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


DATE = struct.pack(">H5B", 2023, 11, 14, 22, 13, 20)
IMEI = bytes([49, 1, 54, 20, 32, 37, 51, 8])


def frame(body: bytes) -> bytes:
    size = 15 + len(body) + len(DATE) + 3
    return b"+RPT:" + struct.pack(">H", size) + IMEI + body + DATE + b"\0\7#"


def place(state: int = 1) -> bytes:
    """What the mask 0xFD names: all but HDOP and satellites."""
    return struct.pack(">BHHhii", state, 66, 270, 120, 51_500_000, -3_500_000) + DATE


def test_places_and_cell():
    cell = struct.pack(">HHHIB", 234, 15, 0x0A0B, 0x0C0D0E, 40)
    head = struct.pack(">BHBBIBHBHB", 1, 2, 3, 1, 0x1E, 4, 4100, 80, 0xFD, 2)
    (message,) = read(frame(head + place() + place(state=0) + cell))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [
        (51.5, -3.5, True),
        (51.5, -3.5, False),
    ]
    assert message.fixes[0].time == 1_700_000_000_000_000
    assert message.device_ids == ("490154203237518",)
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D0E),)


def test_satellites_and_no_word_on_the_fix():
    """Mask 0x1FE: HDOP, and a byte for each satellite system that is named; nothing says whether it is a fix."""
    one = struct.pack(">BHHhii", 9, 66, 270, 120, 51_500_000, -3_500_000) + DATE
    head = struct.pack(">BHBBIHB", 1, 2, 3, 1, 0x08, 0x1FE, 2)
    (message,) = read(frame(head + one + b"\x05\7\3" + one + b"\0"))
    assert [(fix.latitude, fix.valid) for fix in message.fixes] == [(51.5, None), (51.5, None)]


def test_report_without_place_and_broken_end():
    assert [message.fixes for message in read(frame(bytes(20)))] == [()]
    assert read(frame(bytes(20))[:-1] + b"?") == []
