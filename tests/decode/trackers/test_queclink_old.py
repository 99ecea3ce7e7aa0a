"""Queclink's binary form, on frames built here."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.queclink import DIALECT
from iotwatch.read.stream import from_bytes

MICROS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp()) * 1_000_000
IMEI = "352481963572819"


def only(data: bytes) -> Message:
    messages = list(DIALECT.messages(from_bytes(data)))
    assert len(messages) == 1
    return messages[0]


def place(message: Message) -> tuple[float, float]:
    return round(message.fixes[0].latitude, 6), round(message.fixes[0].longitude, 6)


def queclink_frame(*, good: bool = True) -> bytes:
    imei = bytes(int(IMEI[i : i + 2]) for i in range(0, 14, 2)) + bytes([int(IMEI[14])])
    date = struct.pack(">HBBBBB", 2024, 3, 17, 9, 41, 26)
    where = struct.pack(">ii", -9_123_456, 39_654_321) + date + struct.pack(">HHHH", 616, 3, 6300, 6853)
    body = (
        b"\x00\xfc\x1f\xbf"
        + b"LL"
        + b"\x45\x01\x02\x02\x09"
        + imei
        + b"\x64\x37\x7e\x42"
        + where
        + b"\0\0"
        + date
        + b"\x10\x19"
    )
    body = b"\x07" + body.replace(b"LL", struct.pack(">H", 4 + 1 + len(body) + 4))
    crc = crc16_ccitt_false(body) ^ (0 if good else 1)
    return b"+RSP" + body + struct.pack(">H", crc) + b"\r\n"


def test_queclink_finds_the_place_under_a_good_crc_only() -> None:
    message = only(queclink_frame())
    assert message.checksum == "ok"
    assert place(message) == (39.654321, -9.123456)
    assert message.fixes[0].time == MICROS
    assert message.device_ids == (IMEI,)
    assert message.cells == (Cell(616, 3, 6300, 6853),)
    broken = only(queclink_frame(good=False))
    assert broken.checksum == "bad"
    assert broken.fixes == ()
    assert broken.device_ids == (IMEI,)


FRAME = queclink_frame()


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_damaged_frames_never_raise(damage: list[tuple[int, int]], more: bytes) -> None:
    data = bytearray(FRAME + more)
    for at, value in damage:
        data[at % len(data)] = value
    for message in DIALECT.messages(from_bytes(bytes(data))):
        assert 0 <= message.span[0] < message.span[1] <= len(data)
