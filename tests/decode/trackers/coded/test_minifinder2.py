"""Frames of Eview's trackers with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import AccessPoint, Cell, Message
from iotwatch.decode.trackers.coded.minifinder2 import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.read.stream import from_bytes

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
    assert message.checksum == "ok"


def test_two_frames_and_what_does_not_add_up() -> None:
    one = frame(1, k01=IMEI.encode(), k20=PLACE)
    assert len(read(one + one)) == 2
    assert read(one[:-1]) == []
    assert read(b"\xab\x10" + struct.pack("<HHH", 4, 0, 7) + b"\x01\x00\x00\x00") == []


def items(*pairs: tuple[int, bytes]) -> bytes:
    return b"".join(bytes((len(value) + 1, key)) + value for key, value in pairs)


def whole(command: int, body: bytes) -> bytes:
    body = bytes((command,)) + body
    return b"\xab\x10" + struct.pack("<HHH", len(body), crc16_xmodem(body), 7) + body


def test_a_key_that_comes_again_begins_a_record_with_a_time_of_its_own() -> None:
    late, lost = struct.pack("<II", 1_700_000_060, 0), PLACE[:14] + b"\0\0" + PLACE[16:]
    (message,) = read(whole(3, items((1, IMEI.encode()), (0x24, STATE), (0x20, PLACE), (0x24, late), (0x20, lost))))
    assert [(fix.time, fix.valid) for fix in message.fixes] == [
        (1_700_000_000_000_000, True),
        (1_700_000_060_000_000, False),
    ]


def test_what_is_heard_stands_somewhere() -> None:
    tag, pair = bytes(range(1, 7)), PLACE[:8]
    for key, value in ((0x23, tag + pair), (0x27, pair + bytes(4)), (0x28, b"\x80" + tag + b"\xc0\xc0" + pair)):
        (message,) = read(whole(1, items((1, IMEI.encode()), (key, value))))
        assert [round(fix.latitude, 6) for fix in message.fixes] == [47.305937]
    (message,) = read(whole(1, items((1, IMEI.encode()), (0x2A, b"\0" + tag + b"\xc0"))))
    assert (message.fixes, len(message.access_points)) == ((), 1)


def test_identities_of_a_configuration() -> None:
    (message,) = read(whole(2, items((3, IMEI.encode()), (0x66, b"262011234567890"))))
    assert message.device_ids == (IMEI,)
    assert "262011234567890" in [trait.value for trait in message.traits]
