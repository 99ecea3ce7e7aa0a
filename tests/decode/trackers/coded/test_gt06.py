"""GT06 frames made here, with known places."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.coded.gt06 import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_x25
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

TIME = bytes([24, 5, 6, 7, 8, 9])
MICROSECONDS = 1_714_979_289_000_000  # 2024-05-06 07:08:09 UTC
IMEI = "490154203237518"  # the example of 3GPP TS 23.003


def frame(kind: int, body: bytes, *, wide: bool = False, serial: int = 7) -> bytes:
    content = bytes([kind]) + body + struct.pack(">H", serial)
    length = struct.pack(">H" if wide else ">B", len(content) + 2)
    return (b"yy" if wide else b"xx") + length + content + struct.pack(">H", crc16_x25(length + content)) + b"\r\n"


def block(latitude: float, longitude: float, *, valid: bool = True, course: int = 90, speed: int = 42) -> bytes:
    flags = course | (0x1000 if valid else 0) | (0x400 if latitude >= 0 else 0) | (0x800 if longitude < 0 else 0)
    scaled = (round(abs(latitude) * 1_800_000), round(abs(longitude) * 1_800_000))
    return TIME + b"\xc9" + struct.pack(">IIBH", *scaled, speed, flags)


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


LOGIN = frame(0x01, bytes.fromhex("0" + IMEI))
CELL = struct.pack(">HBHBH", 262, 2, 0x1234, 0x01, 0x5678)


@pytest.mark.parametrize(("latitude", "longitude"), [(52.5, 13.4), (-33.9, 18.4), (-22.9, -43.2), (40.7, -74.0)])
def test_a_position_in_each_quarter_of_the_globe(latitude: float, longitude: float) -> None:
    (message,) = read(frame(0x12, block(latitude, longitude) + CELL))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((latitude, longitude), abs=1e-6)
    assert (fix.time, fix.valid, fix.speed, fix.course) == (MICROSECONDS, True, 42, 90)
    assert message.cells == (Cell(262, 2, 0x1234, 0x015678),)
    assert (message.protocol, message.checksum, message.confidence) == ("gt06", "ok", Confidence.CERTAIN)


@pytest.mark.parametrize("kind", [0x28, 0x29, 0x3A, 0x41, 0x5C, 0xA1, 0xA8, 0xB3, 0xC2])
@pytest.mark.parametrize("wide", [False, True])
def test_a_list_of_cells_in_a_type_that_nobody_knows_is_no_place(kind: int, wide: bool) -> None:
    for number in range(200):
        cells = b"".join(
            struct.pack(">HBHB", 0x1000 + 77 * number % 0x7000, number, 0x2000 + 1013 * (number + n) % 0xD000, 60)
            for n in range(7)
        )
        operator = struct.pack(">HB", (262, 404, 460, 724)[number % 4], number % 100)
        for counts in (b"", b"\7"):
            (message,) = read(frame(kind, TIME + counts + operator + cells + b"\0\0", wide=wide))
            assert message.fixes == ()


def test_a_place_in_a_type_that_nobody_knows_says_its_own_length() -> None:
    (message,) = read(frame(0x5C, block(52.5, 13.4) + CELL))
    assert message.fixes[0].latitude == pytest.approx(52.5)


def test_the_id_of_the_login_is_carried_to_later_frames() -> None:
    login, report = read(LOGIN + frame(0x22, block(1, 2)))
    assert login.device_ids == report.device_ids == (IMEI,)
    assert [(trait.kind, trait.value) for trait in login.traits] == [("imei", IMEI)]
    assert report.span == (len(LOGIN), len(LOGIN) + len(frame(0x22, block(1, 2))))


def test_junk_between_frames_is_passed_over() -> None:
    messages = read(b"noise" + LOGIN + b"xx\x00junk" + frame(0x12, block(10, 20)) + b"yy")
    assert [message.fields["type"] for message in messages] == ["01", "12"]


def test_wide_frames_and_blocks_behind_an_id_and_two_times() -> None:
    body = bytes.fromhex("0" + IMEI) + b"\x47" + TIME + block(-10.25, 20.5)
    (message,) = read(frame(0x25, body, wide=True))
    assert message.fixes[0].latitude == pytest.approx(-10.25)
    assert message.device_ids == (IMEI,)


def test_a_wrong_checksum_lowers_the_confidence_and_is_told() -> None:
    data = bytearray(frame(0x12, block(52.5, 13.4) + CELL))
    data[-3] ^= 1
    (message,) = read(bytes(data))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)
    assert ReadingDoubt.CHECKSUM_WRONG() in message.doubts


def test_no_fix_and_zero_zero_are_kept_as_not_valid() -> None:
    (lost,) = read(frame(0x12, block(52.5, 13.4, valid=False)))
    (zero,) = read(frame(0x12, block(0, 0)))
    assert lost.fixes[0].valid is False
    assert zero.fixes[0].valid is False


def test_cells_without_a_position() -> None:
    towers = b"".join(struct.pack(">HBHB", 0x2000 + i, 0, 0x4000 + i, 40) for i in range(7))
    points = bytes([0xFF, 1]) + bytes.fromhex("02005e0000013c")
    (message,) = read(frame(0x2C, TIME + struct.pack(">HB", 262, 1) + towers + points))
    assert message.fixes == ()
    assert [cell.cid for cell in message.cells] == [0x4000 + i for i in range(7)]
    assert [(point.bssid, point.signal) for point in message.access_points] == [("02:00:5e:00:00:01", -60)]


def test_the_frame_that_counts_access_points_instead_of_bytes() -> None:
    data = b"xx\x01\x69" + bytes.fromhex("240506070809") + bytes.fromhex("02005e00000144")
    data += b"\x02" + struct.pack(">HB", 262, 7) + struct.pack(">HHBHHB", 10, 11, 60, 10, 12, 61) + b"\r\n"
    (message,) = read(data)
    assert message.cells == (Cell(262, 7, 10, 11), Cell(262, 7, 10, 12))
    assert len(message.access_points) == 1


def test_identities_and_items_of_the_newer_types() -> None:
    identity = b"\x0a" + bytes.fromhex("0" + IMEI + "0262011234567890" + "89490200001234567890")
    (message,) = read(frame(0x94, identity, wide=True))
    assert {(trait.kind, trait.value) for trait in message.traits} == {
        ("imei", IMEI),
        ("imsi", "262011234567890"),
        ("iccid", "89490200001234567890"),
    }
    place = struct.pack(">IBhIIBH", MICROSECONDS // 1_000_000, 8, 35, 52 * 1_800_000, 13 * 1_800_000, 5, 0x1400 | 45)
    (message,) = read(frame(0x70, struct.pack(">HH", 0x33, len(place)) + place, wide=True))
    assert (message.fixes[0].latitude, message.fixes[0].altitude, message.fixes[0].time) == (52, 35, MICROSECONDS)


def test_text_and_ignition() -> None:
    (answer,) = read(frame(0x15, b"\x20\0\0\0\0" + b"Lat:S12.5,Lon:E100.25 ok"))
    assert (answer.fixes[0].latitude, answer.fixes[0].longitude) == (-12.5, 100.25)
    (heartbeat,) = read(frame(0x13, b"\x02\x04\x03\x00\x01"))
    assert heartbeat.fields["ignition"] is True
    assert heartbeat.fixes == ()


def test_a_command_of_the_server() -> None:
    (message,) = read(frame(0x80, b"\x0a\0\0\0\1" + b"RELAY,1#"))
    assert message.fields["command"] == "RELAY,1#"


def test_claims_need_structure() -> None:
    assert DIALECT.claims(LOGIN, None)
    assert not DIALECT.claims(b"xx" + bytes(40), None)
    assert not DIALECT.claims(b"xx", None)
    assert not DIALECT.claims(b"xxyyxxyy" * 200, None)


def test_a_login_that_is_no_number_gives_no_place() -> None:
    assert not any(message.fixes for message in read(frame(0x01, b"\xab" * 8)))
