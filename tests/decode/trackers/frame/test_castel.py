"""Castel frames made here."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Message
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.decode.trackers.engine.frame_file import named
from iotwatch.read.stream import from_bytes

DIALECT = named("castel")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


def place(latitude: float, longitude: float, *, fix: bool = True) -> bytes:
    flags = (2 if latitude > 0 else 0) | (1 if longitude > 0 else 0) | (0x0C if fix else 0) | 0x70
    scaled = (round(abs(latitude) * 3_600_000), round(abs(longitude) * 3_600_000))
    return bytes([6, 5, 24, 7, 8, 9]) + struct.pack("<IIHHB", *scaled, 1000, 900, flags)


def frame(kind: int, body: bytes, start: bytes = b"@@", version: int = 4) -> bytes:
    content = (
        (bytes([version]) if start == b"@@" else b"")
        + b"213EP0000000001".ljust(20, b"\0")
        + struct.pack(">H", kind)
        + body
    )
    data = start + struct.pack("<H", len(content) + 8) + content
    return data + struct.pack("<H", crc16_x25(data)) + b"\r\n"


STATUS = struct.pack("<IIIIIHI", 1_714_979_000, 1_714_979_289, 5000, 40, 900, 12, 0x40000) + bytes(8)


def counted(*places: bytes) -> bytes:
    return STATUS + bytes([len(places)]) + b"".join(places)


@pytest.mark.parametrize(
    ("kind", "before", "version"),
    [
        (0x1001, STATUS + b"\1", 4),
        (0x1002, STATUS + b"\1", 3),
        (0x4001, b"\0" + STATUS + b"\1", 4),
        (0x4007, b"\1\0\0\0" + STATUS + b"\1", 4),
        (0x401F, b"\0\1\0\0\0" + STATUS + b"\1", 4),
        (0xB001, b"\0\0" + STATUS + b"\1", 4),
        (0x4009, bytes(4), 4),
        (0x4001, b"", 5),
        (0x4206, b"\0\1", 5),
        (0x4001, b"", 0),
        (0x2001, bytes(9), 0),
    ],
)
def test_the_place_stands_where_its_type_has_it(kind: int, before: bytes, version: int) -> None:
    body = before + place(-33.5, -70.25) + bytes(16)
    (message,) = read(frame(kind, body, b"@@" if version else b"$$", version))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.time, fix.valid) == (-33.5, -70.25, 1_714_979_289_000_000, True)
    assert (fix.speed, fix.course) == (36, 90)
    assert (message.device_ids, message.checksum) == (("213EP0000000001",), "ok")


def test_several_places_no_fix_and_values_of_the_car() -> None:
    two, none = read(
        frame(0x1001, counted(place(51.5, 11.5), place(52.5, 12.5, fix=False))) + frame(0x4002, place(1, 2))
    )
    assert [fix.valid for fix in two.fixes] == [True, False]
    assert none.fixes == ()


@pytest.mark.parametrize("count", range(1, 30))
def test_a_logins_list_of_parameters_holds_no_place(count: int) -> None:
    """Numbers 0x1801, 0x1A01 ... one after the other look like days, months and degrees in seconds of arc."""
    for first in range(1, 28):
        listed = b"".join(struct.pack("<H", (first + n) << 8 | 1 + n // 9) for n in range(count))
        versions = b"IDD_213W_S V2.1.7\0IDD_213W_H V2.1.7\0"
        (message,) = read(frame(0x1001, counted(place(12.8, 77.6)) + versions + struct.pack("<H", count) + listed))
        assert [fix.latitude for fix in message.fixes] == [12.8]
        (without,) = read(frame(0x1001, counted() + versions + struct.pack("<H", count) + listed))
        assert without.fixes == ()


def test_the_vin_of_a_query() -> None:
    assert read(frame(0xA002, b"\1\2WDBTEST00A0000001\0"))[0].vin == "WDBTEST00A0000001"


def test_a_wrong_checksum_is_told_and_a_wrong_end_is_no_frame() -> None:
    data = frame(0x1001, counted(place(51.5, 11.5)))
    assert read(data[:-4] + b"\0\0\r\n")[0].checksum == "bad"
    assert not DIALECT.claims(data[:-1] + b"x", None)
