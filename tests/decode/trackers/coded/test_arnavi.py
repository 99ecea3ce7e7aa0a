"""Arnavi streams made here."""

from __future__ import annotations

import struct

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.coded.arnavi import DIALECT
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.read.stream import from_bytes

SECONDS = 1_714_979_289  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


LOGIN = b"\xff\x22" + struct.pack("<Q", int(IMEI))


def package(*packets: bytes) -> bytes:
    return b"\x5b\x01" + b"".join(packets) + b"\x5d"


def packet(latitude: float, longitude: float) -> bytes:
    tags = struct.pack("<BfBfBBBBB", 3, latitude, 4, longitude, 5, 45, 12, 0x08, 20)
    content = struct.pack("<I", SECONDS) + tags
    return b"\x01" + struct.pack("<H", len(tags)) + content + bytes([sum8(content)])


def test_a_package_behind_its_login() -> None:
    login, both = read(LOGIN + package(packet(45.5, 39.25), packet(-33.5, -70.25)))
    assert login.device_ids == both.device_ids == (IMEI,)
    assert [(fix.latitude, fix.longitude) for fix in both.fixes] == [(45.5, 39.25), (-33.5, -70.25)]
    assert both.fixes[0].time == SECONDS * 1_000_000
    assert both.fixes[0].course == 90
    assert both.checksum == "ok"


def test_a_wrong_sum_is_told() -> None:
    broken = package(packet(45.5, 39.25)[:-1] + b"\0")
    (message,) = read(broken)
    assert message.checksum == "bad"


def test_a_login_that_is_no_imei_is_refused() -> None:
    assert not DIALECT.claims(b"\xff\x22" + bytes(8), None)
    assert not any(message.fixes for message in read(b"\xff\x22" + bytes(8)))
