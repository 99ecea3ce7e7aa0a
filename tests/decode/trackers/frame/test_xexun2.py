"""Xexun2 frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import AccessPoint, Cell
from iotwatch.decode.trackers.engine.checksums import sum16
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("xexun2")

IMEI = "490154203237518"
HEAD = struct.pack(">BIBH", 1, 1_700_000_000, 20, 100)


def frame(*records: bytes, kind: int = 0x14, escape: bool = True) -> bytes:
    content = bytes([len(records)]) + b"".join(struct.pack(">H", len(record)) for record in records) + b"".join(records)
    inner = struct.pack(">HH", kind, 7) + bytes.fromhex(IMEI + "0")
    inner += struct.pack(">HH", len(content), sum16(content) ^ 0xFFFF) + content
    if escape:
        inner = inner.replace(b"\xfb\xbf", b"\xfb\xbf\x02").replace(b"\xfa\xaf", b"\xfb\xbf\x01")
    return b"\xfa\xaf" + inner + b"\xfa\xaf"


def gps(satellites: int = 7) -> bytes:
    return HEAD + b"\x02\x01" + struct.pack(">Bff", satellites, -330.0, 5130.0)


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_records():
    (message,) = read(frame(gps(), gps(satellites=0)))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [
        (51.5, -3.5, True),
        (51.5, -3.5, False),
    ]
    assert message.fixes[0].time == 1_700_000_000_000_000
    assert (message.device_ids, message.checksum) == ((IMEI,), "ok")


def test_wifi_and_cells():
    wifi = b"\x01" + bytes.fromhex("020000000001c0")
    cell = b"\x01" + struct.pack(">HHIIB", 234, 15, 0x0A0B, 0x0C0D0E, 0x42)
    (message,) = read(frame(HEAD + b"\x02\x06" + wifi + cell))
    assert message.access_points == (AccessPoint("02:00:00:00:00:01", -64),)
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D0E),)


@pytest.mark.parametrize("odd", [b"\xfa\xaf", b"\xfb\xbf"])
def test_escaped_bytes(odd):
    record = gps() + odd
    messages = read(frame(record) + frame(gps()))
    assert [(message.checksum, len(message.fixes)) for message in messages] == [("ok", 1), ("ok", 1)]


def test_wrong_checksum_and_other_kinds():
    whole = bytearray(frame(gps()))
    whole[16] ^= 1
    assert [message.checksum for message in read(bytes(whole))] == ["bad"]
    assert [message.fields["type"] for message in read(frame(kind=7))] == ["command"]
