"""AutoFon messages made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.autofon import DIALECT
from iotwatch.read.stream import from_bytes

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


def test_logins_stand_alone() -> None:
    assert read(b"\x10\x55\x61" + bytes.fromhex("0" + IMEI) + b"\x8f")[0].device_ids == (IMEI,)
    assert read(b"\x41" + bytes.fromhex("0" + IMEI) + bytes(10))[0].device_ids == (IMEI,)
    assert not DIALECT.claims(b"\x41" + bytes.fromhex("0" + IMEI) + bytes(11), None)


def test_no_fix_and_no_date() -> None:
    assert read(report(54_300_000, 56_150_000, status=0x05))[0].fixes[0].valid is False
    assert not DIALECT.claims(b"\x11" + bytes(77), None)
