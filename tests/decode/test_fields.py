"""The shared field readers: values of known meaning, and the typed error or ``None`` for what has none."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode import fields
from iotwatch.decode.fields import Cursor
from iotwatch.errors import DecodeError

MOMENT = 1_714_979_289_000_000  # 2024-05-06 07:08:09 UTC


def test_a_cursor_reads_both_byte_orders_and_signs() -> None:
    data = struct.pack(">BHIQbhi", 1, 2, 3, 4, -5, -6, -7) + struct.pack("<HIhi", 8, 9, -10, -11)
    cursor = Cursor(data)
    assert [cursor.u8(), cursor.u16(), cursor.u32(), cursor.u64()] == [1, 2, 3, 4]
    assert [cursor.i8(), cursor.i16(), cursor.i32()] == [-5, -6, -7]
    assert [cursor.u16_le(), cursor.u32_le(), cursor.i16_le(), cursor.i32_le()] == [8, 9, -10, -11]
    assert cursor.left == 0
    floats = Cursor(struct.pack(">fd", 1.5, 2.5) + struct.pack("<f", 3.5))
    assert [floats.f32(), floats.f64(), floats.f32_le()] == [1.5, 2.5, 3.5]
    odd = Cursor(bytes([1, 2, 3, 1, 2, 3, 1, 2, 3]))
    assert [odd.u24(), odd.u24_le(), odd.uint(3)] == [0x010203, 0x030201, 0x010203]


def test_a_part_is_bounded_and_passed_over() -> None:
    cursor = Cursor(b"abcdef", 1, 5)
    part = cursor.part(2)
    assert (part.rest(), cursor.peek(9), cursor.rest()) == (b"bc", b"de", b"de")
    with pytest.raises(DecodeError):
        part.u8()
    with pytest.raises(DecodeError):
        Cursor(b"ab").take(-1)


@given(st.binary(max_size=12), st.integers(0, 20))
def test_no_read_goes_past_the_end(data: bytes, size: int) -> None:
    cursor = Cursor(data)
    if size > len(data):
        with pytest.raises(DecodeError):
            cursor.take(size)
    else:
        assert cursor.take(size) == data[:size]


def test_packed_digits_and_text() -> None:
    assert Cursor(b"\x12\x34").bcd(2) == "1234"
    assert Cursor(b"\0ab \0").ascii(5) == "ab"
    for broken in (fields.bcd, fields.text):
        with pytest.raises(DecodeError):
            broken(b"\x1a\xff")


def test_clocks() -> None:
    assert fields.clock(24, 5, 6, 7, 8, 9) == MOMENT
    assert fields.clock(2024, 5, 6, 15, 8, 9, zone=8) == MOMENT
    assert fields.bcd_time(bytes.fromhex("240506070809")) == MOMENT
    assert fields.bcd_time(bytes.fromhex("240506150809"), zone=8) == MOMENT
    assert fields.binary_time(bytes([24, 5, 6, 7, 8, 9])) == MOMENT
    assert fields.unix_time(MOMENT // 1_000_000) == MOMENT
    assert fields.iso(MOMENT) == "2024-05-06T07:08:09+00:00"


@pytest.mark.parametrize(
    "parts",
    [(24, 0, 6, 7, 8, 9), (24, 13, 1, 0, 0, 0), (23, 2, 29, 0, 0, 0), (24, 5, 6, 24, 0, 0), (40, 1, 1, 0, 0, 0)],
)
def test_impossible_dates_are_none(parts: tuple[int, int, int, int, int, int]) -> None:
    assert fields.clock(*parts) is None
    assert fields.binary_time(bytes(parts)) is None


def test_other_times_that_are_none() -> None:
    assert fields.unix_time(5) is None
    assert fields.unix_time(4e9) is None
    assert fields.bcd_time(b"\x2a\5\6\7\x08\x09") is None
    assert fields.bcd_time(b"\x24") is None
    assert fields.binary_time(b"\x18") is None


def test_degrees() -> None:
    assert fields.degrees_minutes(5130.0) == 51.5
    assert fields.degrees_minutes(-15.0) == -0.25
    assert fields.digits_degrees("51300000", 2) == 51.5
    assert fields.digits_degrees("000150000", 3) == 0.25
    for broken in (lambda: fields.degrees_minutes(5170.0), lambda: fields.degrees_minutes(float("nan"))):
        with pytest.raises(DecodeError):
            broken()
    for digits in ("51700000", "5a300000", "5"):
        with pytest.raises(DecodeError):
            fields.digits_degrees(digits, 2)
    assert fields.on_globe(90, -180)
    assert not fields.on_globe(90.1, 0)
    assert not fields.on_globe(float("nan"), 0)


def test_an_address_of_six_bytes() -> None:
    assert fields.bssid(bytes.fromhex("02005e0000ff")) == "02:00:5e:00:00:ff"
