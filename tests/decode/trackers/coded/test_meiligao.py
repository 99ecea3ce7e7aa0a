"""Meiligao frames with made values."""

from __future__ import annotations

import struct

import pytest

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.coded.meiligao import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.model import Confidence
from iotwatch.read.stream import from_bytes

RMC = b"221320.000,A,5130.0000,N,00330.0000,W,10.00,270,141123,,*2C"


def frame(
    command: int, data: bytes, ident: str = "49015420323751", start: bytes = b"$$", size: int | None = None
) -> bytes:
    length = 17 + len(data) if size is None else size
    head = start + struct.pack(">H", length) + bytes.fromhex(ident.ljust(14, "f")) + struct.pack(">H", command)
    return head + data + struct.pack(">H", crc16_ccitt_false(head + data)) + b"\r\n"


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


@pytest.mark.parametrize("size", [None, 0])
def test_position(size):
    (message,) = read(frame(0x9955, RMC + b"|0.8|120|2100|0000,0000|00EA000F0A0B00000C0D|", size=size))
    (fix,) = message.fixes
    assert (fix.latitude, fix.longitude, fix.course, fix.valid) == (51.5, -3.5, 270.0, True)
    assert fix.speed == pytest.approx(18.52)
    assert fix.time == 1_700_000_000_000_000
    assert message.cells == (Cell(234, 15, 0x0A0B, 0x0C0D),)
    assert message.device_ids == ("49015420323751", "490154203237518")
    assert (message.checksum, message.confidence) == ("ok", Confidence.CERTAIN)


def test_alarm_number_is_not_part_of_the_time():
    (message,) = read(frame(0x9999, b"1" + RMC[1:]))
    assert message.fields["alarm"] == ord("1")
    assert message.fixes[0].latitude == 51.5


def test_several_places_in_one_frame():
    (message,) = read(frame(0x6688, b"\x02\0" + RMC + b"|1|2\\\0" + RMC.replace(b",A,", b",V,") + b"|1|2"))
    assert [fix.valid for fix in message.fixes] == [True, False]


def test_login_command_and_junk():
    messages = read(frame(0x5000, b"") + b"\r\n" + frame(0x4102, b"\0\x0a", start=b"@@") + b"$$?" + frame(0x9955, RMC))
    assert [message.fields["type"] for message in messages] == ["login", "set interval (to the device)", "position"]


def test_wrong_checksum_keeps_the_place_and_says_so():
    whole = bytearray(frame(0x9955, RMC))
    whole[-3] ^= 1
    (message,) = read(bytes(whole))
    assert (message.checksum, message.confidence) == ("bad", Confidence.POSSIBLE)


def test_impossible_minutes_are_no_place():
    assert read(frame(0x9955, RMC.replace(b"5130.", b"5199.")))[0].fixes == ()


def test_fourteen_digits_are_an_imei_when_they_begin_like_one():
    kinds = [
        [trait.value for trait in read(frame(0x9955, RMC, ident=ident))[0].traits]
        for ident in ("35000000000000", "61000000000000", "1234")
    ]
    assert kinds == [["350000000000006"], [], []]
