"""Wristband frames with made values."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("wristband")

IMEI = "490154203237518"


def frame(words: bytes) -> bytes:
    body = b"YX" + IMEI.encode() + b"|V1.0|1|{" + words + b"}\r\n"
    return b"\0\1\2" + struct.pack(">H", len(body)) + body + b"\xff\xfe\xfc"


def test_cells_and_heartbeat():
    messages = list(DIALECT.messages(from_bytes(frame(b"F64#1") + frame(b"F04#100,15,234,5678,30:100,15,234,5679,30"))))
    assert [message.fields["type"] for message in messages] == ["heartbeat", "cells"]
    assert messages[1].cells == (Cell(234, 15, 100, 5678), Cell(234, 15, 100, 5679))
    assert messages[0].device_ids == (IMEI,)


def test_other_words_are_not_ours():
    assert list(DIALECT.messages(from_bytes(frame(b"F64")))) == []
