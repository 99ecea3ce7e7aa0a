"""Offline look-ups against numbers whose owners are public."""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

import publicsuffixlist
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch import enrich
from iotwatch.enrich import addresses, numbers


@pytest.mark.parametrize(
    ("address", "scope", "leaves"),
    [
        ("8.8.8.8", "public", True),
        ("2a00:1450::1", "public", True),
        ("10.1.2.3", "private", False),
        ("192.168.1.1", "private", False),
        ("100.64.0.1", "private", False),
        ("fd00::1", "private", False),
        ("::ffff:10.0.0.1", "private", False),
        ("127.0.0.1", "loopback", False),
        ("::1", "loopback", False),
        ("169.254.1.1", "link-local", False),
        ("fe80::1", "link-local", False),
        ("239.255.255.250", "multicast", False),
        ("ff02::1", "multicast", False),
        ("255.255.255.255", "broadcast", False),
        ("192.0.2.7", "documentation", True),
        ("198.51.100.7", "documentation", True),
        ("203.0.113.7", "documentation", True),
        ("2001:db8::7", "documentation", True),
        ("aa:bb:cc:dd:ee:ff", "", False),
        ("", "", False),
    ],
)
def test_scope(address: str, scope: str, leaves: bool) -> None:
    assert enrich.scope(address) == scope
    assert enrich.leaves_network(address) == leaves


def test_oui_names_the_registrant_and_the_database() -> None:
    found = enrich.oui("60:60:1F:00:00:01")
    assert found is not None
    assert "DJI" in found.name
    assert found.database.startswith("IEEE OUI of python-stdnum ")
    assert enrich.oui("60-60-1f-00-00-01") == found
    assert enrich.oui("62:60:1f:00:00:01") is None  # locally administered: a phone that hides
    assert enrich.oui("01:00:5e:00:00:01") is None  # a group
    assert enrich.oui("no address") is None


@pytest.mark.parametrize("number", ["46000", "460-00", "460 00", "460001234567890"])
def test_operator_of_a_sim(number: str) -> None:
    found = enrich.operator(number)
    assert found is not None
    assert (found.mcc, found.mnc, found.country, found.brand) == ("460", "00", "CN", "China Mobile")


def test_operator_with_three_digits_and_none() -> None:
    found = enrich.operator("310150123456789")
    assert found is not None
    assert (found.mnc, found.country) == ("150", "US")
    assert enrich.operator("00000") is None
    assert enrich.operator("4600") is None
    assert enrich.operator("4600O") is None


def test_iccid_issuer_and_check_digit() -> None:
    assert enrich.iccid("89860015460674753876") == enrich.Issuer("86", "China", "0015", check=True)
    broken = enrich.iccid("89860015460674753877")
    assert broken is not None
    assert broken.check is False
    german = enrich.iccid("8949020000123456789F")
    assert german is not None
    assert german.country == "Germany"
    lettered = enrich.iccid("898604071120C0015291")
    assert lettered == enrich.Issuer("86", "China", "0407", check=None)
    assert enrich.iccid("12345678901234567890") is None


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("a.b.co.uk", "b.co.uk"),
        ("IOT-South.Quectel.com.", "quectel.com"),
        ("x.y.github.io", "github.io"),
        ("co.uk", "co.uk"),
        ("192.0.2.1", "192.0.2.1"),
        ("printer", "printer"),
        ("", ""),
    ],
)
def test_registered_domain(name: str, domain: str) -> None:
    assert enrich.registered_domain(name) == domain


def test_the_list_taken_in_by_top_label_answers_as_the_whole_list() -> None:
    whole = publicsuffixlist.PublicSuffixList(only_icann=True)
    lines = Path(publicsuffixlist.PSLFILE).read_text(encoding="utf-8").splitlines()
    rules = [line.lstrip("!").replace("*", "w") for line in lines if line and not line.startswith("//")]
    foreign = [rule for rule in rules if not rule.isascii()]
    chosen = [*rules[::37], *foreign[::5], *(rule.encode("idna").decode() for rule in foreign[::5]), "none", "xn--zz9"]
    for rule in chosen:
        for host in (rule, f"a.{rule}", f"b.a.{rule}", f"c.b.a.{rule}"):
            assert enrich.registered_domain(host) == (whole.privatesuffix(host) or host)


def test_registered_domain_is_fast() -> None:
    enrich.registered_domain("warm.example.com")
    started = time.process_time()
    for index in range(20_000):
        enrich.registered_domain(f"host{index % 500}.example{index % 50}.com")
    assert time.process_time() - started < 1


def test_usb_ids_are_read_with_their_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "usb.ids"
    file.write_text(
        "# Date:    2025-07-26 20:34:01\n2c7c  Quectel\n\t0125  EC25 LTE modem\n\t\t00  deep\nC 00  class\n\t01  no\n"
    )
    names, date = enrich.parse_usb_ids(file.read_text())
    assert names == {"2c7c": "Quectel", "2c7c:0125": "EC25 LTE modem"}
    assert date == "2025-07-26"
    monkeypatch.setattr(numbers, "USB_IDS", (file,))
    numbers._usb_ids.cache_clear()
    assert enrich.usb_name(0x2C7C, 0x0125) == enrich.Named("Quectel EC25 LTE modem", f"usb.ids {file}", "2025-07-26")
    assert enrich.usb_name(0x2C7C, 0x9999) == enrich.Named("Quectel", f"usb.ids {file}", "2025-07-26")
    assert enrich.usb_name(0x1234, 1) is None
    numbers._usb_ids.cache_clear()


@given(text=st.text(max_size=80))
def test_any_text_gets_an_answer(text: str) -> None:
    enrich.scope(text)
    enrich.oui(text)
    enrich.operator(text)
    enrich.iccid(text)
    enrich.registered_domain(text)


@given(st.ip_addresses() | st.integers(0, (1 << 32) - 1).map(IPv4Address))
def test_addresses_of_one_block_are_told_as_each_by_itself(ip: IPv4Address | IPv6Address) -> None:
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    assert addresses.scope(str(ip)) == addresses._scope(mapped or ip)


@pytest.mark.parametrize(
    "around",
    ["192.0.0.0", "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.0.1.0", "255.255.255.254", "::", "::1", "2001:1::1"],
)
def test_single_addresses_that_registries_gave_out_are_told_by_themselves(around: str) -> None:
    for ip in (ip_address(around), ip_address(around) + 1):
        assert addresses.scope(str(ip)) == addresses._scope(ip)
