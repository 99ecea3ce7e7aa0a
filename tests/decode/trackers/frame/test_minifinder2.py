"""Frames of Eview's trackers with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import AccessPoint, Cell, Message
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("minifinder2")

IMEI = "490154203237518"
PLACE = struct.pack("<iiHHhHIB", 473_059_370, -83_906_950, 41, 187, 408, 9, 1200, 8)
STATE = struct.pack("<II", 1_700_000_000, 0)


def frame(command: int, **items: bytes) -> bytes:
    body = bytes([command]) + b"".join(bytes([len(v) + 1, int(k[1:], 16)]) + v for k, v in items.items())
    return b"\xab\x10" + struct.pack("<HHH", len(body), crc16_xmodem(body), 7) + body


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def test_place_cells_and_access_points() -> None:
    cells = struct.pack("<HB", 228, 1) + b"\xb0" + struct.pack("<HH", 0x0A0B, 0x0C0D)
    points = b"\xc4" + bytes.fromhex("0a1b2c3d4e5f")
    (message,) = read(frame(1, k01=IMEI.encode(), k24=STATE, k20=PLACE, k21=cells, k22=points))
    (fix,) = message.fixes
    assert (round(fix.latitude, 6), round(fix.longitude, 6)) == (47.305937, -8.390695)
    assert (fix.speed, fix.course, fix.altitude, fix.time) == (41, 187, 408, 1_700_000_000_000_000)
    assert message.device_ids == (IMEI,)
    assert message.cells == (Cell(228, 1, 0x0A0B, 0x0C0D),)
    assert message.access_points == (AccessPoint("0a:1b:2c:3d:4e:5f", -60),)
    assert message.checksum == "none"


def test_two_frames_and_what_does_not_add_up() -> None:
    one = frame(1, k01=IMEI.encode(), k20=PLACE)
    assert len(read(one + one)) == 2
    assert read(one[:-1]) == []
    assert read(b"\xab\x10" + struct.pack("<HHH", 4, 0, 7) + b"\x01\x00\x00\x00") == []
