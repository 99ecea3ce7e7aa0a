"""What an identity number is, in the one place that says so."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode.trackers.engine.report import Report
from iotwatch.observe import Collector
from iotwatch.read.stream import from_bytes
from iotwatch.words import identity

ZEROS = "0" * 15


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("490154203237518", True),  # the example of 3GPP TS 23.003 annex B
        ("490154203237517", False),
        ("49015420323751", False),
        ("٤90154203237518", False),
        (ZEROS, False),
        ("888888888888888", False),
        ("000000001234561", False),
        ("004999010640000", False),
    ],
)
def test_an_imei(text: str, *, is_one: bool) -> None:
    assert identity.is_imei(text) == is_one


def test_fillers_pass_the_check_digit_and_are_no_numbers() -> None:
    for filler in (ZEROS, "000000001234566", "888888888888888"):
        assert identity.is_filler(filler)
    assert identity.has_check_digit(ZEROS)
    assert not identity.is_filler("490154203237518")


@pytest.mark.parametrize("kind", sorted(identity.NUMBERS))
def test_no_filler_is_observed_as_a_number(kind: str) -> None:
    collector = Collector()
    evidence = from_bytes(ZEROS.encode()).evidence()
    collector.add(kind, "ip:192.0.2.1", ZEROS, evidence)
    assert not collector.observations()
    collector.add("device.id", "ip:192.0.2.1", ZEROS, evidence)
    assert len(collector.observations()) == 1


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("262011234567890", True),
        ("901288001234567", True),  # a network of no country: cards of things
        ("001010123456789", True),
        ("123456789012345", False),
        ("2620112345678", False),
        ("222222222222222", False),
    ],
)
def test_an_imsi(text: str, *, is_one: bool) -> None:
    assert identity.could_be_imsi(text) == is_one


def test_a_field_of_its_own_may_name_a_network_of_a_laboratory() -> None:
    assert identity.is_imsi("987654112233445")
    assert not identity.could_be_imsi("987654112233445")
    assert not identity.is_imsi("000000000000000")


def test_the_imei_of_packed_bytes() -> None:
    assert identity.imei_of_bcd("0490154203237518") == "490154203237518"  # the example of 3GPP TS 23.003
    assert identity.with_check_digit("49015420323751") == "490154203237518"


@pytest.mark.parametrize(
    ("text", "is_one", "checked"),
    [
        ("89860318740203915276", True, True),
        ("8986031874020391527", True, False),
        ("898604A0192080123456", True, False),
        ("898604a0192080123456", False, False),
        ("79860318740203915276", False, False),
        ("8986A318740203915276", False, False),
        ("89860318740203915", False, False),
    ],
)
def test_an_iccid(text: str, *, is_one: bool, checked: bool) -> None:
    assert identity.is_iccid(text) == is_one
    assert identity.is_checked_iccid(text) == checked


def test_an_eid() -> None:
    base = "890490320040088826000123456789"
    assert identity.is_eid(base + f"{(98 - int(base + '00') % 97) % 97:02d}")
    assert not identity.is_eid("89" + "0" * 10 + "12345678901234567")


def test_a_vin() -> None:
    assert identity.is_vin("1M8GDM9AXKP042788")
    assert identity.vin_check_digit("1M8GDM9AXKP042788")
    assert not identity.vin_check_digit("1M8GDM9AXKP042789")
    assert not identity.is_vin("1M8GDM9AXKP04278O")
    assert not identity.is_vin("12345678901234567")
    assert identity.VIN.search(b" 1M8GDM9AXKP042788;")


@pytest.mark.parametrize(
    ("text", "is_one"), [("+491701234567", True), ("12345", True), ("1234", False), ("+0000000", False)]
)
def test_a_phone_number(text: str, *, is_one: bool) -> None:
    assert identity.is_phone(text) == is_one


def test_a_tracker_that_sends_zeros_names_no_imei() -> None:
    report = Report(20)
    report.device("000000001234566")
    assert not [trait for trait in report.traits if trait.kind == "imei"]


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text: str) -> None:
    asked = (
        identity.is_imei,
        identity.could_be_imei,
        identity.could_be_imsi,
        identity.is_imsi,
        identity.is_iccid,
        identity.is_checked_iccid,
    )
    for ask in (
        *asked,
        identity.is_eid,
        identity.is_phone,
        identity.is_vin,
        identity.vin_check_digit,
        identity.is_filler,
    ):
        assert ask(text) in (True, False)
