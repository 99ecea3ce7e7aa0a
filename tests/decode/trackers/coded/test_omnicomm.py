"""Omnicomm frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.coded.omnicomm import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.read.stream import from_bytes


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


SECONDS = 1_700_000_000 - 1_230_768_000


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def zigzag(value: int) -> bytes:
    return varint((value << 1 ^ value >> 63) & (1 << 64) - 1)


def record(latitude: int = 515_000_000) -> bytes:
    general = b"\x13\x08" + varint(SECONDS) + b"\x14"
    place = b"\x2b\x08" + zigzag(latitude) + b"\x10" + zigzag(-35_000_000) + b"\x28\x07\x2c"
    message = b"\x08\x0c" + general + place + b"\x1d\0\0\0\0\x22\x02ab"
    return struct.pack("<H", len(message)) + message


def frame(data: bytes, escape: bool = False) -> bytes:
    inner = b"\x86" + struct.pack("<H", len(data)) + data
    inner += struct.pack(">H", crc16_ccitt_false(inner))
    if escape:
        inner = inner.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")
    return b"\xc0" + inner


HEAD = struct.pack("<IIB", 7, SECONDS, 0)


def test_records():
    (message,) = read(frame(HEAD + record() + record()))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [(51.5, -3.5, True)] * 2
    assert (message.fixes[0].time, message.checksum) == (1_700_000_000_000_000, "ok")


def test_escaped_frames_in_a_row():
    odd = frame(struct.pack("<IIB", 0xC0DB, SECONDS, 0xC0) + record(), escape=True)
    assert [(message.checksum, len(message.fixes)) for message in read(odd + odd)] == [("ok", 1)] * 2


def test_bytes_that_are_no_groups():
    assert read(frame(HEAD + struct.pack("<H", 3) + b"\x14\xff\xff")) == []
    assert read(frame(HEAD + struct.pack("<H", 12) + b"\x08" + b"\xff" * 11)) == []
