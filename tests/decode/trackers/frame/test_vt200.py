"""VT200 frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("vt200")

PLACE = bytes.fromhex("141123221320" + "51300000" + "0033000003")


def frame(command: int, body: bytes, ident: str = "123456789012", escape: bool = False) -> bytes:
    inner = bytes.fromhex(ident) + struct.pack(">HH", command, len(body)) + body
    inner += bytes([xor8(inner)])
    if escape:
        inner = b"".join(b"\x3d" + bytes([byte ^ 0x3D]) if byte in b"\x28\x29\x3d" else bytes([byte]) for byte in inner)
    return b"(" + inner + b")"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_position_in_each_report():
    messages = read(b"".join(frame(command, b"\1\1\2" + PLACE + bytes(9)) for command in (0x2082, 0x2084, 0x3089)))
    fixes = [fix for message in messages for fix in message.fixes]
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in fixes] == [(51.5, -3.5, True)] * 3
    assert fixes[0].time == 1_700_000_000_000_000
    assert messages[0].device_ids == ("123456789012",)


def test_escaped_bytes():
    body = b"\x28\x29\x3d" + PLACE + b"\x28\x29\x3d"
    (message,) = read(frame(0x2086, body, escape=True))
    assert (message.checksum, message.fixes[0].latitude) == ("ok", 51.5)


def test_heartbeat_and_wrong_checksum():
    beat = frame(0x1088, b"")
    assert [message.fields["type"] for message in read(beat)] == ["heartbeat"]
    assert read(beat[:-2] + bytes([beat[-2] ^ 1]) + b")") == []


def test_flags_give_hemisphere_and_validity():
    south = PLACE[:-1] + b"\x04"
    fix = read(frame(0x2082, b"\1\1\2" + south))[0].fixes[0]
    assert (fix.latitude, fix.longitude, fix.valid) == (-51.5, 3.5, False)


def test_time_alone_is_no_fix():
    (message,) = read(frame(0x3089, b"\1\0\3" + PLACE[:6]))
    assert [(fix.latitude, fix.longitude, fix.valid) for fix in message.fixes] == [(0.0, 0.0, False)]
