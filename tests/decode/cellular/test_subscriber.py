"""Numbers from the examples of 3GPP TS 23.003, or made for their check digits."""

from __future__ import annotations

import pytest

from iotwatch.decode.cellular import subscriber

SPAN = (3, 11)


def told(traits) -> list[tuple[str, str]]:
    return [(trait.kind, trait.value) for trait in traits]


@pytest.mark.parametrize(
    ("raw", "digits"), [("00010121436587f9", "001010123456789"), ("2143", "1234"), ("f321", ""), ("2a", ""), ("", "")]
)
def test_packed_digits(raw, digits):
    assert subscriber.tbcd(bytes.fromhex(raw)) == digits


def test_an_imei_gets_the_check_digit_that_signalling_leaves_out():
    assert told(subscriber.equipment("490154203237510", SPAN)) == [("imei", "490154203237518")]
    assert told(subscriber.equipment("490154203237518", SPAN)) == [("imei", "490154203237518")]
    assert told(subscriber.equipment("49015420323751", SPAN)) == [("imei", "490154203237518")]


def test_the_check_digit_that_was_sent_is_kept_even_when_it_is_wrong():
    assert told(subscriber.equipment("490154203237513", SPAN)) == [("imei", "490154203237513")]


def test_an_imeisv_tells_the_imei_too():
    assert told(subscriber.equipment("4901542032375101", SPAN)) == [
        ("imeisv", "4901542032375101"),
        ("imei", "490154203237518"),
    ]


@pytest.mark.parametrize("digits", ["", "4901542032375", "000000000000000", "49015420323751a", "4901542032375101234"])
def test_other_digits_are_no_equipment(digits):
    assert told(subscriber.equipment(digits, SPAN)) == []


@pytest.mark.parametrize("digits", ["", "0010101234567", "0010101234567890", "00101012345678x", "111111111111111"])
def test_other_digits_are_no_imsi(digits):
    assert told(subscriber.imsi(digits, SPAN)) == []


def test_access_point_names():
    labels = b"\x08internet\x06mnc001\x06mcc001\x04gprs"
    assert told(subscriber.apn(labels, SPAN)) == [("apn", "internet.mnc001.mcc001.gprs")]
    assert told(subscriber.apn(b"\x09internet", SPAN)) == []
    assert told(subscriber.apn(b"\x03a b", SPAN)) == []
    assert told(subscriber.apn_text("CMNET", SPAN)) == [("apn", "cmnet")]
    assert told(subscriber.apn_text("10:bf:48:aa:bb:cc", SPAN)) == []


def test_operators():
    assert subscriber.network(bytes.fromhex("62f220")) == (262, 2)
    assert subscriber.network(bytes.fromhex("130014")) == (310, 410)
    assert subscriber.network(bytes.fromhex("6a")) is None
    assert subscriber.network(bytes.fromhex("aaf220")) is None


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"\x01\x02ab\x02\x00", [(1, 2, 4), (2, 6, 6)]),
        (b"\x01\x02a", []),  # longer than what is there
        (b"", []),
    ],
)
def test_elements_fill_their_bytes_or_are_none(data: bytes, found: list[tuple[int, int, int]]) -> None:
    assert subscriber.elements(data, 0, len(data), lambda held, at: (held[at], 2, held[at + 1])) == found
