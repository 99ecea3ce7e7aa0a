"""TZone frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("tzone")

IMEI = "490154203237518"
TIME = bytes([23, 11, 14, 22, 13, 20])


def frame(model: int, blocks: bytes) -> bytes:
    inner = b"$$" + struct.pack(">HI", model, 1) + bytes.fromhex("0" + IMEI) + TIME + blocks
    crc = struct.pack(">H", crc16_modbus(inner))
    return b"TZ" + struct.pack(">H", len(inner) + 2) + inner + crc + b"\r\n"


def block(data: bytes) -> bytes:
    return struct.pack(">H", len(data)) + data


def gps(scale: int, flags: int = 1 << 11 | 1 << 10 | 1 << 9 | 270) -> bytes:
    place = struct.pack(">II", int(51.5 * scale), int(3.5 * scale))
    return block(b"\x07" + place + TIME + bytes(5) + struct.pack(">H", flags))


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize(("model", "scale"), [(0x010B, 600_000), (0x0153, 6_000_000)])
def test_position(model, scale):
    (message,) = read(frame(model, gps(scale) + block(struct.pack(">HH", 0x0A0B, 0x0C0D)) + block(b"\xaa")))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.course, fix.valid) == (51.5, -3.5, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert (message.device_ids, message.cells) == ((IMEI,), (Cell(0, 0, 0x0A0B, 0x0C0D),))
    assert (message.checksum, message.confidence) == ("ok", Confidence.CERTAIN)


def test_cells_of_a_model_without_receiver():
    first, second = (b"\x0a\x02\x34\x00\x15" + struct.pack(">HI", 0x0A0B, cell) for cell in (0x0C0D0E, 0x0C0D0F))
    (message,) = read(frame(0x0407, block(b"") + block(b"\x02" + first + second)))
    assert (message.fixes, message.cells) == ((), (Cell(234, 15, 0x0A0B, 0x0C0D0E), Cell(234, 15, 0x0A0B, 0x0C0D0F)))
    (other,) = read(frame(0x0406, block(struct.pack(">HH", 1, 2))))
    assert other.cells == (Cell(0, 0, 1, 2),)


def test_wrong_crc_and_blocks_that_do_not_add_up():
    whole = bytearray(frame(0x0153, gps(6_000_000) + block(b"")))
    whole[-3] ^= 1
    assert [message.checksum for message in read(bytes(whole))] == ["bad"]
    broken = bytearray(frame(0x0153, b"\x00\x16" + bytes(4)))
    broken[-3] ^= 1
    assert read(bytes(broken)) == []
