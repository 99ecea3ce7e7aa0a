"""Country and network of an address: the user's files win, the registries' lists stand in, and each says who it is."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iotwatch.enrich import registration
from iotwatch.enrich.attribution import Named
from tests.enrich.mmdb import write_mmdb

BUILT = 1_790_000_000  # 2026-09-21
COUNTRIES = {
    "8.8.8.0/24": {"country": {"iso_code": "NZ"}},
    "2a00:1450::/32": {"country_code": "FR"},
    "9.9.9.0/24": {"country": "DE", "asn": "AS64500", "as_name": "Example Networks"},
}
NETWORKS = {"8.8.8.0/24": {"autonomous_system_number": 64501, "autonomous_system_organization": "Example Carrier"}}


def forget() -> None:
    registration.country.cache_clear()
    registration.network.cache_clear()
    registration._open.cache_clear()
    registration._package.cache_clear()


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No file of the user's, no package."""
    for variable in (registration.COUNTRY_DB_VARIABLE, registration.NETWORK_DB_VARIABLE):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(registration, "PACKAGE", "no-such-package")
    forget()
    yield
    forget()


@pytest.fixture
def countries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = write_mmdb(tmp_path / "countries.mmdb", "Example-Country", BUILT, COUNTRIES)
    monkeypatch.setenv(registration.COUNTRY_DB_VARIABLE, str(path))
    return path


def test_without_any_database_all_stays_empty() -> None:
    assert registration.country("8.8.8.8") is None
    assert registration.network("8.8.8.8") is None
    told = dict(registration.databases())
    assert "IOTWATCH_COUNTRY_DB" in told["country"]
    assert "pip install 'iotwatch[country]'" in told["country"]
    assert "IOTWATCH_AS_DB" in told["network"]


@pytest.mark.usefixtures("countries")
@pytest.mark.parametrize(("address", "code"), [("8.8.8.8", "NZ"), ("2a00:1450::1", "FR"), ("9.9.9.9", "DE")])
def test_the_users_file_answers_with_its_name_and_date(address: str, code: str) -> None:
    assert registration.country(address) == Named(code, "Example-Country", "2026-09-21")
    assert dict(registration.databases())["country"] == "Example-Country 2026-09-21"


@pytest.mark.usefixtures("countries")
def test_networks_come_from_either_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert registration.network("9.9.9.9") == Named("AS64500 Example Networks", "Example-Country", "2026-09-21")
    assert registration.network("8.8.8.8") is None
    path = write_mmdb(tmp_path / "networks.mmdb", "Example-ASN", BUILT, NETWORKS)
    monkeypatch.setenv(registration.NETWORK_DB_VARIABLE, str(path))
    forget()
    assert registration.network("8.8.8.8") == Named("AS64501 Example Carrier", "Example-ASN", "2026-09-21")
    assert dict(registration.databases())["network"] == "Example-ASN 2026-09-21"


@pytest.mark.usefixtures("countries")
@pytest.mark.parametrize(
    "address", ["192.168.1.1", "203.0.113.7", "fe80::1", "no address", "", "1.2.3.4", "2001:4860::1"]
)
def test_what_is_not_public_or_not_known_has_no_country(address: str) -> None:
    assert registration.country(address) is None


def test_a_broken_file_is_told_and_answers_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "broken.mmdb"
    path.write_bytes(b"not a database")
    monkeypatch.setenv(registration.COUNTRY_DB_VARIABLE, str(path))
    assert registration.country("8.8.8.8") is None
    assert "is no database that can be read" in dict(registration.databases())["country"]


def test_the_registries_lists_stand_in_and_say_their_version(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("iptocc", reason="the extra for countries is not installed")
    monkeypatch.setattr(registration, "PACKAGE", "iptocc")
    found = registration.country("117.136.0.1")
    assert found is not None
    assert found.name == "CN"
    assert found.database == f"RIR delegations of iptocc {importlib.metadata.version('iptocc')}"
    assert found.date == "" or found.date > "2025"
    assert registration.country("::ffff:8.8.8.8") == registration.country("8.8.8.8")
    assert registration.country("203.0.113.7") is None
    assert dict(registration.databases())["country"] == found.source


@pytest.mark.usefixtures("countries")
def test_the_users_file_wins_over_the_registries_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("iptocc", reason="the extra for countries is not installed")
    monkeypatch.setattr(registration, "PACKAGE", "iptocc")
    first, second = registration.country("8.8.8.8"), registration.country("117.136.0.1")
    assert first is not None
    assert second is not None
    assert (first.name, first.database) == ("NZ", "Example-Country")
    assert second.name == "CN"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"country": {"iso_code": "CN", "names": {}}}, "CN"),
        ({"country_code": "DE"}, "DE"),
        ({"country": "FR"}, "FR"),
        ({"country": {"names": {}}}, ""),
        ({"country": {"iso_code": ["CN"]}}, ""),
        ({}, ""),
        (None, ""),
        ({"country": 7}, ""),
    ],
)
def test_country_layouts(row: Any, code: str) -> None:
    assert registration._country_code(row) == code


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"autonomous_system_number": 1, "autonomous_system_organization": "A"}, "AS1 A"),
        ({"asn": "AS2", "as_name": "B"}, "AS2 B"),
        ({"asn": "3", "as_organization": "C"}, "AS3 C"),
        ({"asn": 4}, "AS4"),
        ({"as_name": ["B"]}, ""),
        ({"asn": {"x": 1}}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_network_layouts(row: Any, name: str) -> None:
    assert registration._network_name(row) == name
