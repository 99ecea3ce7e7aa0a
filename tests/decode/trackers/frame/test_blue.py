"""Blue frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("blue")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(flags: int = 0x80) -> bytes:
    place = (
        bytes(4)
        + bytes([flags])
        + struct.pack(">HHHH", 1530, 0, 4415, 0)
        + bytes(7)
        + bytes([24, 5, 6, 7, 8, 9])
        + bytes(5)
    )
    items = b"\x04\x84\1\2" + bytes([len(place) + 2, 1]) + place
    content = struct.pack(">H", len(items) + 9) + b"\x86\0" + struct.pack(">I", 2_000_000_001) + items
    return b"\xaa" + content + bytes([xor8(content)])


def test_a_place_behind_other_items() -> None:
    (message,) = read(frame())
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (15.5, 44.25, 1_714_979_289_000_000, True)
    assert (message.device_ids, message.checksum) == (("2000000001",), "ok")


def test_flags() -> None:
    (message,) = read(frame(0x60))
    assert (message.fixes[0].latitude, message.fixes[0].longitude, message.fixes[0].valid) == (-15.5, -44.25, False)


def test_an_item_without_a_length_gives_no_place() -> None:
    content = struct.pack(">H", 13) + b"\x86\0" + bytes(4) + b"\0\0\0\0"
    assert not any(message.fixes for message in read(b"\xaa" + content + bytes([xor8(content)])))
