"""Astra frames of both protocols, made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.astra import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


UNIT = struct.pack(">I", int(IMEI[:8])) + int(IMEI[8:]).to_bytes(3, "big")
GPS_SECONDS = SECONDS - 315_964_800


def frame(letter: bytes, content: bytes) -> bytes:
    head = letter + struct.pack(">H", len(content) + 5)
    return head + content + struct.pack(">H", crc16_modbus(head + content))


def k_report(latitude: float, longitude: float) -> bytes:
    return (
        b"\x11" + struct.pack(">iiIBB", round(latitude * 1e6), round(longitude * 1e6), GPS_SECONDS, 30, 45) + bytes(23)
    )


def test_protocol_k() -> None:
    (message,) = read(frame(b"K", UNIT + k_report(52.5, -1.5) + k_report(-34.5, 18.5)))
    assert [(fix.latitude, fix.longitude) for fix in message.fixes] == [(52.5, -1.5), (-34.5, 18.5)]
    assert (message.fixes[0].time, message.fixes[0].speed, message.fixes[0].course) == (SECONDS * 1_000_000, 60, 90)
    assert (message.device_ids, message.checksum) == ((IMEI,), "ok")


def test_protocol_x_finds_the_fix_by_its_time() -> None:
    def record(number: int) -> bytes:
        fix = struct.pack(">Iii", GPS_SECONDS - 1, 52_125_000, -326_000)
        return (
            bytes([number])
            + bytes.fromhex("0000200010bf")
            + struct.pack(">I", GPS_SECONDS)
            + bytes(8)
            + fix
            + bytes(20)
        )

    (message,) = read(frame(b"X", b"\x02" + UNIT + record(1) + record(2)))
    assert [fix.latitude for fix in message.fixes] == [52.125, 52.125]
    assert message.fixes[0].time == (SECONDS - 1) * 1_000_000


def test_a_wrong_checksum_is_no_frame() -> None:
    data = frame(b"K", UNIT + k_report(52.5, -1.5))
    assert DIALECT.claims(data, None)
    assert not DIALECT.claims(data[:-1] + b"\0", None)
    assert not any(message.fixes for message in read(data[:-2] + b"\0\0"))
