"""BWS datagrams made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

DIALECT = named("bws")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(latitude: float, longitude: float, seconds: int = SECONDS) -> bytes:
    content = struct.pack(">Iii", seconds, round(latitude * 360_000), round(longitude * 360_000)) + bytes(18)
    return b"\0\xab\xcd\xef\x01\x01" + bytes([len(content)]) + content


def test_a_report_is_possible_at_most() -> None:
    (message,) = read(frame(-23.5, -46.25))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time) == (-23.5, -46.25, SECONDS * 1_000_000)
    assert (message.device_ids, message.confidence) == (("abcdef01",), Confidence.POSSIBLE)


def test_claims_need_the_exact_length_and_a_date() -> None:
    assert DIALECT.claims(frame(1, 2), None)
    assert not DIALECT.claims(frame(1, 2) + b"\0", None)
    assert not DIALECT.claims(frame(1, 2, seconds=5), None)
