"""Frames built from Teltonika's public codec description, with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded.teltonika import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_arc
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes
from iotwatch.words.doubts import ReadingDoubt

IMEI = "490154203237518"
WHEN = 1_700_000_000_500


def packet(data: bytes) -> bytes:
    return bytes(4) + struct.pack(">I", len(data)) + data + struct.pack(">I", crc16_arc(data))


def gps(satellites: int = 7) -> bytes:
    return struct.pack(">QBiiHHBH", WHEN, 1, -34_500_000, 515_000_000, 120, 270, satellites, 66)


def codec8(*records: bytes) -> bytes:
    io = bytes.fromhex("f003") + b"\x01\xef\x01" + b"\x01\xce\x0a\x0b" + b"\x01\xf1" + struct.pack(">I", 23415) + b"\0"
    count = bytes([len(records)])
    return b"\x08" + count + b"".join(record + io for record in records) + count


def codec8e(vin: bytes) -> bytes:
    io = struct.pack(">HHHHHHHHH", 0, 1, 0, 0, 0, 0, 1, 256, len(vin)) + vin
    return b"\x8e\x01" + gps() + io + b"\x01"


def codec16() -> bytes:
    io = struct.pack(">HBBBHBBBB", 11, 5, 1, 1, 239, 0, 0, 0, 0)
    return b"\x10\x01" + gps() + io + b"\x01"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize("data", [codec8(gps()), codec16(), codec8e(b"WAUZZZ8K9AA000001")])
def test_position(data):
    (message,) = read(packet(data))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude) == (51.5, -3.45)
    assert (fix.time, fix.speed, fix.course, fix.altitude, fix.valid) == (WHEN * 1000, 66.0, 270.0, 120.0, True)
    assert (message.checksum, message.confidence) == ("ok", Confidence.CERTAIN)
    assert packet(data)[slice(*fix.span)] == gps()


def test_variable_element_holds_the_vin():
    (message,) = read(packet(codec8e(b"WAUZZZ8K9AA000001")))
    assert message.vin == "WAUZZZ8K9AA000001"
    assert [trait.kind for trait in message.traits] == ["vin"]


def test_cell_and_ignition_of_io_elements():
    cell = (
        bytes.fromhex("f004")
        + b"\x01\xef\x01"
        + b"\x02\xce\x0a\x0b\xcd\x0c\x0d"
        + b"\x01\xf1"
        + struct.pack(">I", 23415)
    )
    (message,) = read(packet(b"\x08\x01" + gps() + cell + b"\0\x01"))
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D),)
    assert message.fields["ignition"] is True


def test_login_names_the_sender_of_later_frames():
    login = b"\0\x0f" + IMEI.encode()
    hello, *positions = read(login + packet(codec8(gps(), gps())) + b"\xff" + packet(codec8(gps(satellites=0))))
    assert (hello.fields["type"], hello.device_ids) == ("login", (IMEI,))
    assert hello.traits[0].kind == "imei"
    assert [len(message.fixes) for message in positions] == [2, 1]
    assert {message.device_ids for message in positions} == {(IMEI,)}
    assert positions[1].fixes[0].valid is False


def test_login_alone_stands_alone():
    assert read(b"\0\x0f" + IMEI.encode() + b"/topic") == []


def test_udp_channel():
    inner = b"\xca\xfe\x01\x05\x00\x0f" + IMEI.encode() + codec8(gps())
    (message,) = read(struct.pack(">H", len(inner)) + inner)
    assert (message.device_ids, message.checksum, len(message.fixes)) == ((IMEI,), "none", 1)
    assert message.confidence == Confidence.LIKELY


def test_wrong_crc_is_told():
    whole = bytearray(packet(codec8(gps())))
    whole[-1] ^= 1
    (message,) = read(bytes(whole))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)
    assert ReadingDoubt.CHECKSUM_WRONG() in message.doubts


def test_commands():
    words = b"setdigout 1"
    data = b"\x0c\x01\x05" + struct.pack(">I", len(words)) + words + b"\x01"
    (message,) = read(packet(data))
    assert (message.fields["type"], message.fields["text"], message.fixes) == ("command", "setdigout 1", ())
    named = b"\x0e\x01\x06" + struct.pack(">I", 8 + 2) + bytes.fromhex("0" + IMEI) + b"ok" + b"\x01"
    (answer,) = read(packet(named))
    assert (answer.fields["type"], answer.device_ids) == ("answer", (IMEI,))


def test_old_codec_with_masks():
    seconds = 500_000_000
    record = struct.pack(">IBBffhBBB", seconds | 1 << 30, 0x01, 0x1F, 48.25, 11.5, 300, 64, 50, 9)
    (message,) = read(packet(b"\x07\x01" + record + b"\x01"))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.course) == (48.25, 11.5, 90.0)
    assert fix.time == (1_167_609_600 + seconds) * 1_000_000


def test_junk_between_frames_and_a_cut_last_one():
    good = packet(codec8(gps()))
    messages = read(b"noise" + good + bytes(7) + good + good[:-2])
    assert [message.checksum for message in messages] == ["ok", "ok", "none"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(4) + b"\0\0\0\5\x0c\x01\xff\xfe\xfd" + bytes(4),
        bytes(64),
        packet(b"\x08\x01" + bytes(40) + b"\x01")[:-1] + b"?",
        b"\0\x0f12345678901234x",
        packet(b"\x55\x01\x01"),
    ],
)
def test_not_ours(data):
    assert read(data) == []
