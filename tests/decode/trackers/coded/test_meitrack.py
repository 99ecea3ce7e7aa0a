"""Meitrack CCC and CCE reports made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.meitrack import DIALECT
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def report(kind: bytes, body: bytes) -> bytes:
    tail = b"," + IMEI.encode() + b"," + kind + b"," + body + b"*"
    data = b"$$A" + str(len(tail) + 4).encode() + tail
    return data + f"{sum8(data):02X}\r\n".encode()


def fixed(latitude: float, longitude: float, valid: int = 1) -> bytes:
    head = struct.pack("<BiiIB", 35, round(latitude * 1e6), round(longitude * 1e6), SECONDS - 946_684_800, valid)
    motion = struct.pack("<BBHHHhII", 9, 20, 42, 90, 12, 120, 1000, 2000)
    return (head + motion + struct.pack("<HHHH", 262, 2, 1234, 5678)).ljust(52, b"\0")


def test_fixed_records() -> None:
    body = b"\2\1" + struct.pack("<HI", 52, 0) + fixed(-33.5, 18.25) + fixed(51.5, -0.25, valid=0)
    (message,) = read(report(b"CCC", body))
    first, second = message.fixes
    assert (first.latitude, first.longitude, first.time, first.valid) == (-33.5, 18.25, SECONDS * 1_000_000, True)
    assert (first.speed, first.course, first.altitude) == (42, 90, 120)
    assert second.valid is False
    assert [(cell.mcc, cell.mnc, cell.lac, cell.cid) for cell in message.cells] == [(262, 2, 1234, 5678)]
    assert (message.device_ids, message.checksum) == ((IMEI,), "ok")


def test_grouped_records() -> None:
    ones = b"\2\x05\1\xfe\x90\7"
    twos = b"\2\x08" + struct.pack("<H", 42) + b"\x09" + struct.pack("<H", 90)
    fours = b"\3\2" + struct.pack("<i", -27_250_000) + b"\3" + struct.pack("<i", 153_500_000)
    fours += b"\4" + struct.pack("<I", SECONDS - 946_684_800)
    many = b"\1\x0e\x0c" + struct.pack("<HHHIH", 505, 1, 28722, 147_363_842, 0)
    record = struct.pack("<H", 8) + ones + twos + fours + many
    (message,) = read(report(b"CCE", bytes(4) + struct.pack("<HH", 1, len(record)) + record))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-27.25, 153.5, SECONDS * 1_000_000, True)
    assert (fix.speed, fix.course) == (42, 90)
    assert message.cells[0].cid == 147_363_842


def test_a_wrong_sum_and_an_impossible_size() -> None:
    data = report(b"CCC", b"\2\1" + struct.pack("<HI", 52, 0) + fixed(1, 2))
    assert read(data[:-4] + b"00\r\n")[0].checksum == "bad"
    assert not any(message.fixes for message in read(report(b"CCC", b"\2\1" + struct.pack("<HI", 9, 0) + bytes(60))))
