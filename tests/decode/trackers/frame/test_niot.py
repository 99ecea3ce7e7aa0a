"""NIOT frames with made values; ``test_khd`` tries the grammar that both share."""

from __future__ import annotations

import struct

from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

BODY = (
    bytes.fromhex("0490154203237518")
    + bytes.fromhex("231114221320")
    + struct.pack(">II", 1 << 31 | 92_700_000, 6_300_000)
)

DIALECT = named("niot")


def frame(kind: int, body: bytes) -> bytes:
    head = b"XX" + bytes([kind]) + struct.pack(">H", len(body) + 2) + body
    return head + bytes([xor8(head)]) + b"\r"


def test_sign_of_latitude_and_frames_in_a_row():
    whole = frame(0x80, BODY + bytes.fromhex("0066027078"))
    messages = list(DIALECT.messages(from_bytes(whole + whole)))
    assert [(fix.latitude, fix.longitude, fix.valid) for message in messages for fix in message.fixes] == [
        (-51.5, 3.5, False)
    ] * 2


def test_wrong_checksum_is_told():
    whole = frame(0x80, BODY + bytes.fromhex("00660270f8"))
    (message,) = DIALECT.messages(from_bytes(whole[:-2] + bytes([whole[-2] ^ 1]) + b"\r"))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)
