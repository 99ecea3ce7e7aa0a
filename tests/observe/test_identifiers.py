"""Identity numbers in bytes: what is one, by what, and how seldom chance makes one."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.observe import identifiers
from iotwatch.observe.identifiers import number_facts, numbers

IMEI, ICCID, VIN = "869710030002905", "89860318740203915276", "1M8GDM9AXKP042788"


def eid() -> str:
    base = "890490320040088826000123456789"
    return base + f"{(98 - int(base + '00') % 97) % 97:02d}"


@pytest.mark.parametrize(
    ("text", "kind", "keyed"),
    [
        (f'{{"imei":"{IMEI}"}}', "imei", True),
        (f"IMEI={IMEI}&x=1", "imei", True),
        (f"imei1: {IMEI}\n", "imei", True),
        (f"equipment id: {IMEI}", "imei", True),
        (f"id {IMEI} seen", "imei", False),
        (f"ICCID:{ICCID}F\n", "iccid", True),
        (f"{ICCID}\n", "iccid", False),
        ("imsi=460001234567890;", "imsi", True),
        (f'"eid": "{eid()}"', "eid", True),
        (f"VIN: {VIN}", "vin", True),
    ],
)
def test_number_is_found(text: str, kind: str, keyed: bool) -> None:
    data = text.encode()
    found = list(numbers(data))
    assert [(one.kind, one.keyed) for one in found] == [(kind, keyed)]
    assert data[found[0].start : found[0].end].decode() == found[0].value
    assert number_facts(found[0], "text")["confidence"] == ("likely" if keyed else "possible")


@pytest.mark.parametrize(
    "text",
    [
        "869710030002906",  # a wrong check digit
        "0.869710030002905",
        "x869710030002905",
        "869710030002905-2",
        "8697100300029051",
        "000000000000000",
        "123456789012347",  # counts up
        "460001234567890",  # an IMSI needs a key
        "imsi: 960001234567890",
        "1669112345123456",
        "imei: 12",
    ],
)
def test_other_digits_are_none(text: str) -> None:
    assert list(numbers(text.encode())) == []


def test_place_can_be_the_key() -> None:
    assert [(one.kind, one.value) for one in numbers(b"   860000000000041", named=True)] == [
        ("imei", "860000000000041")
    ]


@pytest.mark.parametrize("offset", [0, 1, 2, 3, 4, 5, 6, 70_000, 70_001])
def test_number_in_long_data_is_found_wherever_it_stands(offset: int) -> None:
    data = (
        b"\xff" * (65_536 + offset) + b" imei=" + IMEI.encode() + b"\n" + b"a" * 9 + ICCID.encode() + b"\xff" * 70_000
    )
    assert [(one.kind, one.value, one.keyed) for one in numbers(data)] == [("imei", IMEI, True)]
    data = data.replace(b"a" * 9 + ICCID.encode(), b"  " + ICCID.encode() + b" ")
    assert {one.value for one in numbers(data)} == {IMEI, ICCID}


def test_chance_makes_few_numbers() -> None:
    """Random 15-digit words: one in ten passes the check digit, and a known beginning leaves about one in two hundred."""
    chance = random.Random(7)
    data = b"\n".join(str(chance.randrange(10**14, 10**15)).encode() for _ in range(20_000))
    found = 0
    for start in range(0, len(data), 16_000):
        found += len(list(numbers(data[start : start + 16_000])))
    assert found < 200


def test_random_bytes_hold_no_number() -> None:
    assert list(numbers(random.Random(3).randbytes(4_000_000))) == []


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_end(data: bytes, named: bool) -> None:
    for one in numbers(data, named=named):
        assert 0 <= one.start < one.end <= len(data)
        assert data[one.start : one.end].decode("ascii") == one.value


_PIECES = st.sampled_from(
    [
        *(b"VIN", b"vin", b"Vin", b"VINVIN", b"_", b" ", b": ", b"=", b"x", b"\n", b"A", b"-", b'"'),
        *(b"WVWZZZ1JZXW000001", b"1HGCM82633A004352", b'"vin":"'),
    ]
)


@settings(deadline=None)
@given(st.lists(_PIECES, max_size=14))
def test_vins_are_found_by_their_word_as_by_their_whole_form(pieces: list[bytes]) -> None:
    data = b"".join(pieces)
    found = [hit.span() for hit in identifiers._vin_matches(data)]
    assert found == [hit.span() for hit in identifiers._VIN_KEYED.finditer(data)]


@settings(deadline=None)
@given(st.binary(max_size=600), st.integers(14, 32), st.integers(0, 60))
def test_sampled_bytes_give_every_run_of_digits(noise: bytes, digits: int, times: int) -> None:
    """Also right behind the size from which bytes are sampled."""
    data = (noise + b"\n" + b"1234567890123456789012345678901234567890"[:digits] + b"\n") * (times + 1)
    data += bytes(max(0, identifiers._SHORT + 1 - len(data)))
    sampled = [
        hit.span()
        for first, last in identifiers._stretches(data)
        for hit in identifiers._RUN.finditer(data, first, last)
    ]
    assert sampled == [hit.span() for hit in identifiers._RUN.finditer(data)]
