"""WLI frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("wli")
IMEI = b"490154203237518"


def check(body: bytes) -> int:
    """The checksum of RFC 1071 without its inversion."""
    padded = body + b"\0" * (len(body) % 2)
    value = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    return value % 0xFFFF or 0xFFFF


def frame(fields: dict[int, bytes], kind: int = 0xE4) -> bytes:
    body = bytes([kind, 0]) + b"".join(bytes([number]) + b"\0" + text + b"\0" for number, text in fields.items())
    inner = struct.pack(">HHH", 1, len(body), check(body)) + body
    for sent, meant in ((b"\xdb\xdd", b"\xdb"), (b"\xdb\xd2", b"\2"), (b"\xdb\xd3", b"\3")):
        inner = inner.replace(meant, sent)
    return b"\x021" + inner + b"\3"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_cell_time_and_imei():
    fields = {1: b"4", 2: b"22:13:20", 3: b"11/14/23", 0x0A: b"234", 0x0B: b"15", 0x0C: b"100", 0x0D: b"200"}
    messages = read(frame({**fields, 0xF5: IMEI, 0xFF: b"1700000000"}) + frame({**fields, 0xFF: b"1700000060"}))
    assert [message.cells for message in messages] == [(Cell(234, 15, 100, 200),)] * 2
    assert [message.device_ids for message in messages] == [(IMEI.decode(),)] * 2
    assert messages[0].time == 1_700_000_000_000_000


def test_a_wrong_check_value_or_other_fields():
    whole = frame({1: b"4", 0xFF: b"1700000000"})
    assert len(read(whole)) == 1
    assert read(whole.replace(b"17", b"18")) == []
    assert read(b"\x021\0\1\2\3\4\5 words\0\3") == []


def test_a_field_whose_number_is_the_end_mark() -> None:
    (message,) = read(frame({**dict.fromkeys((1, 2, 3, 4), b"a"), 0xFF: b"1700000000"}))
    assert message.time == 1_700_000_000_000_000
