"""Blocks of Wialon Retranslator with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("retranslator")

UNIT = "353976013445485"
WHEN = 1_700_000_000


def block(name: bytes, kind: int, value: bytes) -> bytes:
    inner = b"\0" + bytes([kind]) + name + b"\0" + value
    return b"\x0b\xbb" + struct.pack(">I", len(inner)) + inner


def frame(*blocks: bytes) -> bytes:
    body = UNIT.encode() + b"\0" + struct.pack(">II", WHEN, 3) + b"".join(blocks)
    return struct.pack("<I", len(body)) + body


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_posinfo_among_other_blocks() -> None:
    place = struct.pack("<ddd", 8.390695, 47.305937, 408.0) + struct.pack(">HHB", 41, 187, 9)
    (message,) = read(frame(block(b"posinfo", 2, place), block(b"pwr_ext", 4, struct.pack("<d", 12.6))))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.altitude) == (47.305937, 8.390695, 408.0)
    assert (fix.speed, fix.course, fix.time) == (41, 187, WHEN * 1_000_000)
    assert message.device_ids == (UNIT,)


def test_other_bytes_are_none() -> None:
    assert read(frame()) == []
    assert read(frame(block(b"avl_inputs", 3, bytes(4)))[:-1]) == []
