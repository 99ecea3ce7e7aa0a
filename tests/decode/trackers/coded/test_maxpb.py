"""MaxPb frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.maxpb import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.read.stream import from_bytes

IMEI = b"860543353498403"
PLACE = b"\x1d" + struct.pack("<i", 515_000_000) + b"\x25" + struct.pack("<i", -35_000_000)
SECONDS = b"\x18\x80\xe2\xcf\xaa\x06"  # 1,700,000,000


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def inside(number: int, value: bytes) -> bytes:
    return bytes((number << 3 | 2, len(value))) + value


def frame(kind: int, *parts: bytes) -> bytes:
    data = struct.pack("<HH", kind, 0) + b"".join(parts)
    return bytes.fromhex("55aa55aa") + struct.pack("<HH", len(data) + 2, crc16_xmodem(data)) + data


def report(state: int) -> bytes:
    return SECONDS + inside(4, PLACE) + inside(5, bytes((0x10, state)))


def test_new_and_old_reports() -> None:
    (message,) = read(frame(1, inside(3, inside(1, IMEI)), inside(4, report(3)), inside(5, report(1))))
    assert [(fix.latitude, fix.longitude, fix.time, fix.valid) for fix in message.fixes] == [
        (51.5, -3.5, 1_700_000_000_000_000, True),
        (51.5, -3.5, 1_700_000_000_000_000, False),
    ]
    assert (message.device_ids, message.checksum) == ((IMEI.decode(),), "ok")


def test_other_types_and_broken_frames_say_no_place() -> None:
    assert [message.fixes for message in read(frame(17, b"\x08\x80"))] == [()]
    whole = frame(1, inside(4, report(3)))
    assert read(whole[:-1] + b"\xff") == []
    assert [message.fixes for message in read(frame(1, inside(4, report(3))[:-1]))] == [()]
