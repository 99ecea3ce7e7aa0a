"""STIX: what stix2 accepts, what MVT can read, and the same bytes every time."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.forms.indicators import bare, host, indicators
from iotwatch.report.forms.stix import write_stix
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import Store

CAPTURES = Path(__file__).parents[3] / "captures"
pytest.importorskip("stix2", reason="the extra 'export' is not installed")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stix") / "car.db"
    sources = [CAPTURES / "gt06-tracker" / "gt06-tracker.pcap", CAPTURES / "firmware" / "unit-1-flash.bin"]
    scan(sources, path, Plan(asset="car", jobs=1))
    return path


def exported(database: Path) -> list[dict[str, Any]]:
    out = io.StringIO()
    with Store(database) as store:
        write_stix(indicators(EvidenceReader(store, masked=True)), out)
    return json.loads(out.getvalue())["objects"]


def of(objects: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in objects if one["type"] == kind]


def test_one_indicator_a_value_with_one_comparison(database: Path) -> None:
    patterns = [one["pattern"] for one in of(exported(database), "indicator")]
    assert len(patterns) == len(set(patterns))
    assert "[domain-name:value='gps.tracker-cloud.example']" in patterns
    assert "[ipv4-addr:value='203.0.113.30']" in patterns
    assert "[url:value='http://telemetry.fleet.example:8080/v1/position']" in patterns
    assert any(re.fullmatch(r"\[file:hashes\.sha256='[0-9a-f]{64}'\]", one) for one in patterns)
    # MVT takes off the brackets, splits at the one equals sign, and takes off the quotes.
    assert all(one.count("=") == 1 and " " not in one for one in patterns)


def test_mvt_finds_every_indicator_through_a_relationship(database: Path) -> None:
    objects = exported(database)
    (collection,) = of(objects, "malware")
    tied = {one["source_ref"] for one in of(objects, "relationship") if one["target_ref"] == collection["id"]}
    assert tied == {one["id"] for one in of(objects, "indicator")}
    assert "intent not judged" in collection["name"]


def test_sightings_point_to_what_was_observed_with_times_of_the_data(database: Path) -> None:
    objects = exported(database)
    known = {one["id"]: one for one in objects}
    for sighting in of(objects, "sighting"):
        assert sighting["sighting_of_ref"] in known
        assert known[sighting["where_sighted_refs"][0]]["name"] == "car"
        for data in sighting["observed_data_refs"]:
            assert all(reference in known for reference in known[data]["object_refs"])
    domain = next(one for one in of(objects, "indicator") if one["name"] == "gps.tracker-cloud.example")
    assert domain["valid_from"].startswith("2026-11-22T01:38:34.87")
    location = next(one for one in of(objects, "sighting") if "Position sent" in one["description"])
    assert location["count"] == 12
    unclocked = next(one for one in of(objects, "indicator") if one["name"] == "mqtt.maker.invalid")
    assert unclocked["valid_from"].startswith("1970-01-01")
    assert "no clock was in the data" in unclocked["description"]


def test_the_same_findings_give_the_same_bundle(database: Path, tmp_path: Path) -> None:
    sources = [CAPTURES / "firmware" / "unit-1-flash.bin", CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"]
    scan(sources, tmp_path / "again.db", Plan(asset="car", jobs=1))
    assert exported(tmp_path / "again.db") == exported(database)


def test_no_identifier_without_unmask(database: Path) -> None:
    assert "860000000000033" not in json.dumps(exported(database))


def test_open_source_code_and_bystanders_are_no_indicators(database: Path, tmp_path: Path) -> None:
    assert "libgps" not in json.dumps(exported(database))
    scan([CAPTURES / "phone-benign" / "phone-benign.pcapng"], tmp_path / "phone.db", Plan(asset="phone", jobs=1))
    assert of(exported(tmp_path / "phone.db"), "indicator") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPS.Maker.example.", ("domain", "gps.maker.example")),
        ("203.0.113.7", ("ipv4", "203.0.113.7")),
        ("2001:db8::0:1", ("ipv6", "2001:db8::1")),
        ("192.168.1.1", None),
        ("ff02::2", None),
        ("ff02::2 (icmp)", None),
        ("localhost", None),
        ("a'] OR [x.y", None),
        ("1.2.3", None),
        ("", None),
    ],
)
def test_what_a_far_end_is(text: str, expected: tuple[str, str] | None) -> None:
    assert host(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://user:secret@Maker.example:8080/v1?imei=860000000000033#x", "http://maker.example:8080/v1"),
        ("https://maker.example/", ""),
        ("ftp://maker.example/a", ""),
        ("http://[bad/a", ""),
        ("http://maker.example:99999/a", ""),
        ("http://maker.example/a=b", ""),
        ("http://maker.example/a'b", ""),
        ("http://router/a", ""),
    ],
)
def test_a_url_is_kept_bare(text: str, expected: str) -> None:
    assert bare(text)[1] == expected


@given(st.text())
def test_no_text_breaks_out_of_a_pattern(text: str) -> None:
    for value in (bare(text)[1], bare("http://" + text)[1], bare("http://a.example/" + text)[1]):
        assert not set(value) & set("'\\=[] ")
    end = host(text)
    assert end is None or not set(end[1]) & set("'\\=[] ")
