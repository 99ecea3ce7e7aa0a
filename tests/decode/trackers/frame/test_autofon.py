"""AutoFon messages made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("autofon")

IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def report(latitude: int, longitude: int, status: int = 0x85) -> bytes:
    cell = struct.pack(">HHHH", 250, 1, 1234, 5678)
    place = bytes([status, 6, 5, 24, 7, 8, 9]) + struct.pack(">iihBB", latitude, longitude, 158, 10, 45)
    return (b"\x11\x1e" + bytes(44) + cell + place).ljust(78, b"\0")


def test_a_report_in_degrees_and_minutes() -> None:
    (message,) = read(report(54_300_000, -56_150_000))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (54.5, -56.25)
    assert (fix.time, fix.valid, fix.altitude, fix.course) == (1_714_979_289_000_000, True, 158, 90)
    assert [(cell.mcc, cell.lac, cell.cid) for cell in message.cells] == [(250, 1234, 5678)]


def test_the_newer_report_and_a_history() -> None:
    def minutes(value: int, positive: int) -> bytes:
        return (value << 4 | positive).to_bytes(3, "big")

    clock = (70_809).to_bytes(3, "big") + (60_524).to_bytes(3, "big")
    place = b"\x36" + minutes(300_000, 1) + b"\x38" + minutes(150_000, 0) + b"\x0a" + struct.pack(">H", 90)
    (newer,) = read(b"\x02" + bytes(14) + b"\x85" + clock + place + b"\0")
    assert (newer.fixes[0].latitude, newer.fixes[0].longitude) == (54.5, -56.25)
    assert newer.fixes[0].time == 1_714_979_289_000_000
    record = bytes(10) + report(54_300_000, 56_150_000)[46:78]
    (history,) = read((b"\x12\x02\0\x02" + record + record).ljust(257, b"\0"))
    assert [fix.latitude for fix in history.fixes] == [54.5, 54.5]


def test_logins_stand_alone() -> None:
    assert read(b"\x10\x55\x61" + bytes.fromhex("0" + IMEI) + b"\x8f")[0].device_ids == (IMEI,)
    assert read(b"\x41" + bytes.fromhex("0" + IMEI) + bytes(10))[0].device_ids == (IMEI,)
    assert not DIALECT.claims(b"\x41" + bytes.fromhex("0" + IMEI) + bytes(11), None)


def test_no_fix_and_no_date() -> None:
    assert read(report(54_300_000, 56_150_000, status=0x05))[0].fixes[0].valid is False
    assert not DIALECT.claims(b"\x11" + bytes(77), None)
