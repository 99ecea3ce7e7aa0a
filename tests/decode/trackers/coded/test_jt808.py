"""JT/T 808 frames made here, in both editions and both forms."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell, Message
from iotwatch.decode.trackers.coded.jt808 import DIALECT
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

PHONE = "013900001111"
IMEI = "356938035643809"
NOON = 1_714_996_800_000_000  # 2024-05-06 12:00:00 UTC
STATUS_OK = 0b11


def escape(content: bytes) -> bytes:
    return content.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")


def frame(message: int, body: bytes, *, phone: str = PHONE, later: bool = False, attributes: int = 0) -> bytes:
    head = struct.pack(">HH", message, len(body) | attributes | (0x4000 if later else 0))
    content = head + (b"\1" if later else b"") + bytes.fromhex(phone) + b"\0\5" + body
    return b"\x7e" + escape(content + bytes([xor8(content)])) + b"\x7e"


def block(latitude: float, longitude: float, status: int = STATUS_OK) -> bytes:
    status |= (4 if latitude < 0 else 0) | (8 if longitude < 0 else 0)
    scaled = (round(abs(latitude) * 1e6), round(abs(longitude) * 1e6))
    return struct.pack(">IIIIHHH", 0, status, *scaled, 0x7E, 605, 180) + bytes.fromhex("240506200000")


def read(data: bytes) -> list[Message]:
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize(("latitude", "longitude"), [(31.23, 121.47), (-33.9, 18.4), (-22.9, -43.2), (40.7, -74.0)])
@pytest.mark.parametrize("later", [False, True])
def test_a_report_in_both_editions(latitude: float, longitude: float, later: bool) -> None:
    phone = PHONE.zfill(20) if later else PHONE
    (message,) = read(frame(0x0200, block(latitude, longitude), phone=phone, later=later))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((latitude, longitude), abs=1e-6)
    assert (fix.time, fix.valid, fix.speed, fix.course, fix.altitude) == (NOON, True, 60.5, 180, 0x7E)
    assert message.device_ids == (phone,)
    assert (message.checksum, message.confidence) == ("ok", Confidence.CERTAIN)
    assert message.fields["ignition"] is True


def test_negative_degrees_as_twos_complement() -> None:
    body = struct.pack(">IIiiHHH", 0, STATUS_OK, -33_900_000, -58_400_000, 10, 605, 180) + bytes.fromhex("240506200000")
    (message,) = read(frame(0x0200, body))
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == (-33.9, -58.4)


def taxi_block(latitude: float, longitude: float, time: str = "240506200000", status: int = 0) -> bytes:
    scaled = (round(latitude * 600_000), round(longitude * 600_000))
    return struct.pack(">IIIIHB", 0, status, *scaled, 605, 90) + bytes.fromhex(time)


MILEAGE = b"\x01\x04\0\0\0\x09"


def test_the_taxis_block_in_the_same_frame() -> None:
    (message,) = read(frame(0x0200, taxi_block(39.9, 116.4, status=0b100) + MILEAGE))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == pytest.approx((39.9, -116.4))
    assert (fix.time, fix.valid, fix.speed, fix.course) == (NOON, True, 60.5, 180)
    assert message.fields["standard"] == "JT/T 905"
    assert message.confidence is Confidence.POSSIBLE


@pytest.mark.parametrize("minute", range(13))
def test_a_taxis_time_that_is_a_date_of_the_other_standard_too(minute: int) -> None:
    """At 20:05:10 the last bytes of the clock and the first extra read as 2020-05-10 01:04:00."""
    extras = MILEAGE + b"\x02\x02\0\x30" + b"\x03\x02\0\x10"
    for second in range(1, 32):
        body = taxi_block(39.9, 116.4, f"24010620{minute:02}{second:02}") + extras
        (message,) = read(frame(0x0200, body, phone="101155002233"))
        assert (message.fixes[0].latitude, message.fixes[0].longitude) == pytest.approx((39.9, 116.4))
        (later,) = read(frame(0x0200, block(39.9, 116.4) + extras))
        assert later.fixes[0].latitude == pytest.approx(39.9)


def test_where_both_lists_end_with_the_body_nothing_is_sure() -> None:
    body = taxi_block(39.9, 116.4, "240106200510") + b"\x03\x01\x05"
    (told,) = read(frame(0x0200, body))
    assert told.confidence is Confidence.POSSIBLE
    assert ReadingDoubt.OTHER_LAYOUT(other="JT/T 905") in told.doubts
    (taxi,) = read(frame(0x0200, body, phone="101155002233"))
    assert taxi.fixes[0].latitude == pytest.approx(39.9)


def test_the_taxis_other_messages() -> None:
    (tracked,) = read(frame(0x0202, taxi_block(39.9, 116.4) + MILEAGE))
    (trip,) = read(frame(0x0B05, taxi_block(39.9, 116.4) + taxi_block(39.95, 116.5) + bytes(60)))
    (shift,) = read(frame(0x0B03, taxi_block(39.8, 116.3) + b"LICENCE".ljust(40)))
    assert [fix.latitude for one in (tracked, trip, shift) for fix in one.fixes] == pytest.approx(
        [39.9, 39.9, 39.95, 39.8]
    )


def test_a_frame_that_a_log_has_already_unescaped() -> None:
    wire = frame(0x0200, block(31.23, 121.47))
    plain = wire[:1] + wire[1:-1].replace(b"\x7d\x02", b"\x7e").replace(b"\x7d\x01", b"\x7d") + wire[-1:]
    assert plain != wire
    assert read(plain)[0].fixes[0].latitude == read(wire)[0].fixes[0].latitude == pytest.approx(31.23)


def test_several_frames_with_junk_between_and_a_batch() -> None:
    reports = b"".join(struct.pack(">H", 28) + block(10 + i, 20) for i in range(3))
    stream = frame(0x0002, b"") + b"\0junk" + frame(0x0704, b"\0\3\1" + reports) + frame(0x0201, b"\0\1" + block(1, 2))
    heartbeat, batch, answer = read(stream)
    assert heartbeat.fixes == ()
    assert [fix.latitude for fix in batch.fixes] == pytest.approx([10, 11, 12])
    assert batch.fields["stored"] is True
    assert answer.fixes[0].longitude == pytest.approx(2)


def test_extras_with_cells_access_points_and_identities() -> None:
    extras = b"\xf0\x0d" + struct.pack(">HHIIB", 460, 1, 70000, 9000, 40)
    extras += b"\xf4\x07" + bytes.fromhex("02005e000001c4")
    extras += b"\xeb\x0e" + struct.pack(">HH", 12, 0xB2) + bytes.fromhex("89860000001234567890")
    extras += b"\x8b\x11" + b"LTEST00000A000001"
    extras += b"\xd5\x0f" + IMEI.encode()
    (message,) = read(frame(0x0200, block(31, 121) + extras))
    assert message.cells == (Cell(460, 1, 9000, 70000),)
    assert [(point.bssid, point.signal) for point in message.access_points] == [("02:00:5e:00:00:01", -60)]
    assert message.vin == "LTEST00000A000001"
    assert ("iccid", "89860000001234567890") in {(trait.kind, trait.value) for trait in message.traits}
    assert message.device_ids == (PHONE, IMEI)


def test_the_vendors_report_in_packed_digits() -> None:
    body = bytes.fromhex("060524120000" + "22301200" + "113450000" + "6") + b"\x10\x05\0\0" + bytes(12)
    content = struct.pack(">HH", 0x5501, len(body)) + bytes.fromhex(PHONE) + b"\5" + body
    (message,) = read(b"\x7e" + content + bytes([xor8(content)]) + b"\x7e")
    assert message.fixes[0].latitude == pytest.approx(22 + 30.12 / 60)
    assert message.fixes[0].longitude == pytest.approx(113.75)
    assert message.fixes[0].time == NOON


def test_media_commands_and_what_is_not_read() -> None:
    (media,) = read(frame(0x0801, bytes(8) + block(5, 6)))
    assert media.fixes[0].latitude == pytest.approx(5)
    (command,) = read(frame(0x8202, struct.pack(">HI", 30, 3600)))
    assert command.fields == {"type": "8202", "command": "track", "interval": 30}
    (encrypted,) = read(frame(0x0200, bytes(64), attributes=0x400))
    assert encrypted.fixes == ()
    assert encrypted.doubts


def test_no_fix_zero_and_impossible_places() -> None:
    (lost,) = read(frame(0x0200, block(31, 121, status=0)))
    (zero,) = read(frame(0x0200, block(0, 0)))
    (swapped,) = read(frame(0x0200, block(121.5, 31.2)))
    assert (lost.fixes[0].valid, zero.fixes[0].valid) == (False, False)
    assert swapped.fixes == ()
    assert swapped.doubts == (ReadingDoubt.OFF_GLOBE(),)


def test_a_wrong_check_byte_is_told() -> None:
    data = bytearray(frame(0x0200, block(31, 121)))
    data[-2] ^= 0x01
    (message,) = read(bytes(data))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)


def test_the_imei_as_a_number_in_the_phone_field() -> None:
    (message,) = read(frame(0x0200, block(31, 121), phone=f"{int(IMEI[:14]):012x}"))
    assert message.device_ids == (IMEI,)


def test_a_registration_names_the_plate_and_the_other_flag() -> None:
    body = bytes(37) + "京A12345".encode("gbk")
    data = frame(0x0100, body)
    (message,) = read(b"\xe7" + data[1:-1] + b"\xe7")
    assert ("plate", "京A12345") in {(trait.kind, trait.value) for trait in message.traits}


def test_claims_need_structure() -> None:
    assert DIALECT.claims(frame(0x0002, b""), None)
    assert not DIALECT.claims(b"\x7e\x02\x00" + bytes(range(60)) + b"\x7e", None)
    assert not DIALECT.claims(b"\x7e" * 4000, None)


def test_a_report_cut_short_inside_gives_no_place() -> None:
    assert not any(message.fixes for message in read(frame(0x0200, bytes(12))))
