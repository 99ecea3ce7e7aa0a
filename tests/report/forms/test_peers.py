"""Formats of other programs: their structure as their specifications say, made from a capture by the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group

CASE = Path(__file__).parents[3] / "captures" / "gt06-tracker"
TRUTH = json.loads((CASE / "expected.json").read_text())["positions"][0]
KML, GPX = "{http://www.opengis.net/kml/2.2}", "{http://www.topografix.com/GPX/1/1}"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("peers") / "iotwatch.db"
    scan([CASE / "gt06-tracker.pcap"], path, Plan(asset="car <17>"))
    return path


def export(database: Path, form: str, *words: str) -> str:
    result = CliRunner().invoke(group, ["export", "--db", str(database), "--format", form, *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def places(database: Path, form: str, *words: str) -> list[tuple[float, float]]:
    """Latitude and longitude of each position, read as the format says."""
    text = export(database, form, *words)
    if form == "geojson":
        document = json.loads(text)
        assert document["type"] == "FeatureCollection"
        assert {one["type"] for one in document["features"]} == {"Feature"}
        # RFC 7946 section 3.1.1: longitude first.
        return [tuple(reversed(one["geometry"]["coordinates"])) for one in document["features"]]
    root = ET.fromstring(text)  # noqa: S314
    if form == "gpx":
        assert (root.tag, root.get("version"), bool(root.get("creator"))) == (f"{GPX}gpx", "1.1", True)
        assert [one.tag for one in root[0]] == [f"{GPX}{name}" for name in ("time", "name", "desc")]
        assert root[0].findtext(f"{GPX}name") == "car <17>"
        return [(float(one.attrib["lat"]), float(one.attrib["lon"])) for one in root]
    found = [one.text or "" for one in root.iter(f"{KML}coordinates")]
    return [(float(latitude), float(longitude)) for longitude, latitude in (one.split(",") for one in found)]


@pytest.mark.parametrize("form", ["geojson", "kml", "gpx"])
def test_positions_are_rounded_unless_they_are_asked_for_in_full(form: str, database: Path) -> None:
    masked, full = places(database, form), places(database, form, "--unmask")
    assert len(masked) == len(full) == TRUTH["count"]
    assert masked[0] == tuple(round(degrees, 2) for degrees in TRUTH["first"])
    assert full[0] == pytest.approx(TRUTH["first"], abs=1e-5)


def test_sarif(database: Path) -> None:
    """SARIF 2.1.0 sections 3.13, 3.14, 3.27 and 3.29: what every log, run, result and location has."""
    log = json.loads(export(database, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    assert driver["name"] == "iotwatch"
    rules = {rule["id"] for rule in driver["rules"]}
    for result in run["results"]:
        assert result["ruleId"] in rules
        assert result["level"] in {"none", "note", "warning", "error"}
        assert result["message"]["text"]
        assert result["locations"]
    worst = next(one for one in run["results"] if one["ruleId"] == "location")
    region = worst["locations"][0]["physicalLocation"]["region"]
    data = (CASE / "gt06-tracker.pcap").read_bytes()
    assert worst["level"] == "error"
    assert data[region["byteOffset"] :][: region["byteLength"]].startswith(b"\x78\x78")


def test_ecs(database: Path) -> None:
    events: list[dict[str, Any]] = [json.loads(line) for line in export(database, "ecs").splitlines()]
    assert all({"@timestamp", "ecs", "event", "message"} <= set(event) for event in events)
    assert {event["event"]["kind"] for event in events} == {"alert"}
    worst = next(event for event in events if event["rule"]["name"] == "location")
    assert worst["destination"] == {"domain": "gps.tracker-cloud.example", "ip": "203.0.113.30", "port": 7018}
    assert worst["event"]["severity"] == 3


def test_misp(database: Path) -> None:
    event = json.loads(export(database, "misp"))["Event"]
    assert UUID(event["uuid"]).version == 5
    assert event["date"] == "2026-11-22"
    told = {(one["type"], one["value"]): one for one in event["Attribute"]}
    assert ("domain", "gps.tracker-cloud.example") in told
    assert ("ip-dst", "203.0.113.30") in told
    assert not any(one["to_ids"] for one in told.values())
