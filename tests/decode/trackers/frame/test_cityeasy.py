"""CityEasy frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("cityeasy")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def frame(command: int, content: bytes) -> bytes:
    return (
        b"TT"
        + struct.pack(">H", len(content) + 21)
        + bytes.fromhex(IMEI[:14])
        + struct.pack(">H", command)
        + content
        + bytes(6)
        + b"\r\n"
    )


def test_a_report_with_cells() -> None:
    text = b"20240506070809,A,4,S,22.500000,W,114.250000,12.5,1.9,50.6;460,1,10173,4652,41,10173,4653,40"
    (message,) = read(frame(3, text))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-22.5, -114.25, 1_714_979_289_000_000, True)
    assert [(cell.lac, cell.cid) for cell in message.cells] == [(10173, 4652), (10173, 4653)]
    assert message.device_ids == (IMEI,)


def test_no_fix_and_heartbeats() -> None:
    lost, heartbeat = read(frame(3, b"20240506070809,V,0,N,22.500000,E,114.250000,0.0,1.9,50.6") + frame(1, b""))
    assert lost.fixes[0].valid is False
    assert heartbeat.fixes == ()


def test_claims_need_the_line_end() -> None:
    assert DIALECT.claims(frame(1, b""), None)
    assert not DIALECT.claims(frame(1, b"")[:-1] + b"x", None)
