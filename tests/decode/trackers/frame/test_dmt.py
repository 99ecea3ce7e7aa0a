"""Digital Matter frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("dmt")

IMEI = "490154203237518"
EPOCH = 1_356_998_400  # 2013-01-01
WHEN = 1_700_000_000
PLACE = struct.pack("<IiihHBBBBB", WHEN - EPOCH, -338_671_000, 1_512_071_000, 24, 1000, 3, 90, 12, 4, 3)


def frame(kind: int, body: bytes) -> bytes:
    return b"\x02U" + bytes([kind]) + struct.pack("<H", len(body)) + body


def record(*fields: tuple[int, bytes]) -> bytes:
    inner = struct.pack("<IIB", 9, WHEN - EPOCH, 11)
    for kind, value in fields:
        size = bytes([len(value)]) if len(value) < 0xFF else b"\xff" + struct.pack("<H", len(value))
        inner += bytes([kind]) + size + value
    return struct.pack("<H", len(inner) + 2) + inner


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_the_hello_names_the_sender_of_the_records() -> None:
    hello = frame(0, struct.pack("<I", 123_456) + IMEI.encode() + b"\0" + bytes(30))
    data = frame(4, record((2, bytes(8)), (0, PLACE)) + record((1, bytes(300)), (0, PLACE)))
    login, places = read(hello + data)
    assert login.device_ids == (IMEI, "123456")
    assert places.device_ids == (IMEI,)
    assert [(fix.latitude, fix.longitude) for fix in places.fixes] == [(-33.8671, 151.2071)] * 2
    fix = places.fixes[0]
    assert (fix.speed, fix.course, fix.altitude, fix.time) == (36.0, 180, 24, WHEN * 1_000_000)


def test_records_that_do_not_add_up_are_none() -> None:
    assert read(frame(4, record((0, PLACE))[:-1])) == []
    assert read(frame(9, bytes(4))) == []
