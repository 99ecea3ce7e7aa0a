"""ADM frames made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("adm")

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def report(latitude: float, longitude: float, satellites: int = 9) -> bytes:
    place = struct.pack("<ffHHBHBBI", latitude, longitude, 905, 420, 0, 130, 12, 0x70 | satellites, SECONDS)
    return b"\1\0\x26\x80\x33\x64\x10\0\x20" + place + bytes(8)


def login() -> bytes:
    head = b"\1\0\x42\x03" + IMEI.encode() + b"\2\1"
    body = head + bytes(65 - len(head))
    return body + bytes([xor8(body)])


def test_a_login_and_reports_of_its_sender() -> None:
    first, second, lost = read(login() + report(-12.5, 130.25) + report(51.5, 71.25, satellites=0))
    assert first.device_ids == second.device_ids == (IMEI,)
    (fix,) = second.fixes
    assert (fix.latitude, fix.longitude, fix.time) == (-12.5, 130.25, SECONDS * 1_000_000)
    assert (fix.course, fix.speed, fix.altitude, fix.valid) == (90.5, 42.0, 130, True)
    assert lost.fixes[0].valid is False
    assert (first.checksum, second.checksum) == ("ok", "none")


def test_the_answer_to_a_command_is_text_with_a_place() -> None:
    text = b"ID=1 Time=08:59:20 10.09.17 Val=0 Lat=61.5000 Lon=50.2500 V=0"
    (message,) = read(b"\1\0\x84" + text + bytes(0x84 - 3 - len(text)))
    assert (message.fixes[0].latitude, message.fixes[0].valid) == (61.5, False)


def test_claims_need_a_date_and_a_place() -> None:
    assert DIALECT.claims(report(51.5, 71.25), None)
    assert not DIALECT.claims(b"\1\0\x26" + bytes(40), None)
    assert not any(message.fixes for message in read(b"\1\0\x84" + bytes(range(0x81))))
