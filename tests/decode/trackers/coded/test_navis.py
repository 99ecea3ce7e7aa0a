"""NTCB and FLEX frames with made values."""

from __future__ import annotations

import math
import struct

from iotwatch.decode.trackers.coded.navis import DIALECT
from iotwatch.decode.trackers.engine.checksums import crc8, xor8
from iotwatch.read.stream import from_bytes

IMEI = "490154203237518"
WHEN = 1_700_000_000
CLOCK = bytes([22, 13, 20, 14, 10, 23])  # hh mm ss dd, month from 0, yy


def ntcb(body: bytes) -> bytes:
    head = b"@NTC" + struct.pack("<IIH", 1, 2, len(body)) + bytes([xor8(body)])
    return head + bytes([xor8(head)]) + body


def record(layout: int, place: bytes, state: int = 3) -> bytes:
    return (
        bytes([layout]) + struct.pack("<IH", 7, 0x1102) + CLOCK + bytes(21) + bytes([state]) + CLOCK + place + bytes(8)
    )


def radians() -> bytes:
    return struct.pack("<fffH", math.radians(51.5), math.radians(-3.5), 66.0, 270)


def whole() -> bytes:
    return struct.pack("<iiifH", 30_900_000, -2_100_000, 1200, 66.0, 270)


def flex_record(valid: bool = True) -> bytes:
    head = struct.pack("<IHIBBBBBI", 7, 0x1102, WHEN, 0, 0, 0, 20, 0x22 if valid else 0, WHEN - 5)
    return head + whole() + bytes(12)


def flex(letter: bytes, body: bytes) -> bytes:
    frame = b"~" + letter + body
    return frame + bytes([crc8(frame)])


def read(data: bytes):
    return list(DIALECT.messages(from_bytes(data)))


def test_single_record_in_radians():
    (message,) = read(ntcb(b"*>T" + record(0x25, radians())))
    (fix,) = message.fixes
    assert (round(fix.latitude, 4), round(fix.longitude, 4)) == (51.5, -3.5)
    assert (fix.speed, fix.course, fix.valid, fix.time) == (66.0, 270.0, True, WHEN * 1_000_000)
    assert message.checksum == "ok"


def test_several_records_as_integers():
    (message,) = read(ntcb(b"*>A\x02" + record(6, whole()) + record(6, whole(), state=0)))
    assert [(fix.latitude, fix.longitude, fix.altitude, fix.valid) for fix in message.fixes] == [
        (51.5, -3.5, 120.0, True),
        (51.5, -3.5, 120.0, False),
    ]


def test_login_then_mask_then_flex():
    stream = (
        ntcb(b"*>S:" + IMEI.encode())
        + ntcb(b"*>FLEX\xb0\x0a\x0a\x18\xff\xfc\x00")
        + flex(b"T", struct.pack("<I", 7) + flex_record())
        + flex(b"A", b"\x02" + flex_record() + flex_record(valid=False))
        + flex(b"C", flex_record())
    )
    messages = read(stream)
    assert [len(message.fixes) for message in messages] == [0, 0, 1, 2, 1]
    assert {message.device_ids for message in messages} == {(IMEI,)}
    assert [fix.valid for fix in messages[3].fixes] == [True, False]
    assert {
        (fix.latitude, fix.longitude, fix.altitude, fix.speed, fix.course, fix.time)
        for message in messages
        for fix in message.fixes
    } == {(51.5, -3.5, 120, 66, 270, (WHEN - 5) * 1_000_000)}


def test_mask_without_a_place_gives_none():
    assert [m.fixes for m in read(ntcb(b"*>FLEX\xb0\x0a\x0a\x10\xff\x00") + flex(b"C", flex_record()))] == [()]


def test_wrong_body_checksum_is_told():
    frame = bytearray(ntcb(b"*>T" + record(0x25, radians())))
    frame[-1] ^= 1
    assert [message.checksum for message in read(bytes(frame))] == ["bad"]


def test_untold_mask_and_extended_records():
    short = struct.pack("<IHI", 7, 0x1102, WHEN) + struct.pack("<BI", 0x22, WHEN - 5) + whole()
    fixed = struct.pack("<HB", 1 + len(short), 10) + short
    stream = (
        flex(b"T", struct.pack("<I", 7) + short + bytes(9))
        + flex(b"E", b"\x02" + fixed + fixed)
        + flex(b"X", struct.pack("<I", 7) + fixed)
    )
    assert [[(fix.latitude, fix.longitude) for fix in message.fixes] for message in read(stream)] == [
        [(51.5, -3.5)],
        [(51.5, -3.5)] * 2,
        [(51.5, -3.5)],
    ]


def test_a_dialect_with_a_check_value_of_sixteen_bits_is_believed_before_others() -> None:
    assert DIALECT.rank == 10  # the scale stands beside ``message.UNRANKED``
