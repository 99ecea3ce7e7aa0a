"""Ulbotech frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded.ulbotech import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

IMEI = "490154203237518"
SECONDS = 1_700_000_000 - 946_684_800
GPS = b"\x01\x0e" + struct.pack(">iiHHH", 51_500_000, -3_500_000, 66, 270, 90)


def frame(elements: bytes, escape: bool = True) -> bytes:
    inner = b"\x01\x01" + bytes.fromhex("0" + IMEI) + struct.pack(">I", SECONDS | 1 << 31) + elements
    inner += struct.pack(">H", crc16_xmodem(inner))
    if escape:
        inner = inner.replace(b"\xf7", b"\xf7\0").replace(b"\xf8", b"\xf7\x0f")
    return b"\xf8" + inner + b"\xf8"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_position_and_ignition():
    (message,) = read(frame(GPS + b"\x03\x04\x02\0\0\0"))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.speed, fix.course, fix.valid) == (51.5, -3.5, 66.0, 270.0, True)
    assert fix.time == 1_700_000_000_000_000
    assert (message.device_ids, message.fields["ignition"], message.checksum) == ((IMEI,), True, "ok")


def test_hdop_of_9999_is_no_current_fix():
    assert read(frame(GPS[:-2] + struct.pack(">H", 9999)))[0].fixes[0].valid is False


def test_escaped_and_plain_bytes():
    odd = b"\x01\x0e" + struct.pack(">iiHHH", 0x00F7F8F7, -3_500_000, 66, 270, 90)
    for escape in (True, False):
        (message,) = read(frame(odd, escape=escape))
        assert (message.checksum, message.fixes[0].latitude) == ("ok", 0x00F7F8F7 / 1e6)


def test_cells_and_two_frames():
    one = frame(b"\x02\x0b" + struct.pack(">HHHIB", 234, 15, 0x0A0B, 0x0C0D0E, 61))
    two = frame(b"\x02\x09" + struct.pack(">HHHHB", 234, 15, 0x0A0B, 0x0C0D, 61))
    assert [message.cells for message in read(one + b"??" + two)] == [
        (Cell(234, 15, 0x0A0B, 0x0C0D0E),),
        (Cell(234, 15, 0x0A0B, 0x0C0D),),
    ]


def test_wrong_crc_and_missing_end():
    whole = frame(GPS)
    (bad,) = read(whole[:-2] + bytes([whole[-2] ^ 1]) + whole[-1:])
    assert (bad.checksum, bad.confidence) == ("bad", Confidence.POSSIBLE)
    (cut,) = read(whole[:-3])
    assert (cut.checksum, len(cut.fixes)) == ("none", 1)
