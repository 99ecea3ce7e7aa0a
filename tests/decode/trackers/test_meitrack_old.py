"""Meitrack's CCE and CCC bodies, on frames built here."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.checksums import sum8
from iotwatch.decode.trackers.meitrack import DIALECT
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

MICROS = int(datetime(2024, 3, 17, 9, 41, 26, tzinfo=UTC).timestamp()) * 1_000_000
SINCE_2000 = MICROS // 1_000_000 - 946_684_800
IMEI = "352481963572819"


def only(data: bytes) -> Message:
    messages = list(DIALECT.messages(from_bytes(data)))
    assert len(messages) == 1
    return messages[0]


def place(message: Message) -> tuple[float, float]:
    return round(message.fixes[0].latitude, 6), round(message.fixes[0].longitude, 6)


def cce_packet(*, valid: int = 1) -> bytes:
    one = bytes([2, 0x05, valid, 0xFE, 0x70, 0x09])
    two = bytes([1, 0x08]) + struct.pack("<H", 42)
    four = bytes([3, 0x02]) + struct.pack("<i", -33_123_456) + b"\x03" + struct.pack("<i", 151_234_567)
    four += b"\x04" + struct.pack("<I", SINCE_2000)
    more = bytes([1, 0x0E, 10]) + struct.pack("<HHHI", 505, 1, 28_000, 147_000_123)
    body = struct.pack("<H", 10) + one + two + four + more
    return struct.pack("<H", len(body)) + body


def meitrack_frame(kind: bytes, body: bytes) -> bytes:
    rest = b"," + IMEI.encode() + b"," + kind + b"," + body + b"*"
    data = b"$$b%d" % (len(rest) + 4) + rest
    return data + b"%02X\r\n" % sum8(data)


def test_meitrack_cce_packets() -> None:
    body = bytes(4) + struct.pack("<H", 2) + cce_packet() + cce_packet(valid=0)
    message = only(meitrack_frame(b"CCE", body))
    assert message.checksum == "ok"
    assert message.confidence is Confidence.CERTAIN
    assert message.device_ids == (IMEI,)
    assert place(message) == (-33.123456, 151.234567)
    assert [(fix.time, fix.valid, fix.speed) for fix in message.fixes] == [(MICROS, True, 42), (MICROS, False, 42)]
    assert message.cells == (Cell(505, 1, 28_000, 147_000_123),)


def test_meitrack_ccc_records() -> None:
    record = b"\x01" + struct.pack("<iiI", 50_123_456, -14_654_321, SINCE_2000) + b"\x01\x07\x13"
    record += (
        struct.pack("<HHHhII", 63, 280, 9, 250, 1000, 2000) + struct.pack("<HHHH", 230, 1, 14_000, 25_000) + bytes(6)
    )
    body = b"\x02\x01" + struct.pack("<HI", len(record), 0) + record * 2
    message = only(meitrack_frame(b"CCC", body))
    assert place(message) == (50.123456, -14.654321)
    assert [(fix.time, fix.valid, fix.speed, fix.course) for fix in message.fixes] == [(MICROS, True, 63, 280)] * 2
    assert message.cells == (Cell(230, 1, 14_000, 25_000),)


FRAME = meitrack_frame(b"CCE", bytes(4) + struct.pack("<H", 1) + cce_packet())


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=5), st.binary(max_size=40))
@settings(max_examples=60, deadline=None)
def test_damaged_frames_never_raise(damage: list[tuple[int, int]], more: bytes) -> None:
    data = bytearray(FRAME + more)
    for at, value in damage:
        data[at % len(data)] = value
    for message in DIALECT.messages(from_bytes(bytes(data))):
        assert 0 <= message.span[0] < message.span[1] <= len(data)
