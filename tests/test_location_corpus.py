"""Captures and logs that nobody here wrote: every true place is a row with the right direction, and no false one leaves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iotwatch.detect import DETECTORS, Scene
from iotwatch.model import Confidence, Direction, Finding, Position, Severity
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Analysis, PositionRow, View

pytestmark = pytest.mark.corpus
NEAR = 0.0005
TRANSMISSIONS = (Direction.UP, Direction.BROADCAST)

# Direction by the capture: Remote ID and C-ITS go by radio, the simulator sends to a broadcast address; the AIS sample was taken
# on loopback, CAN and serial logs are wires, a server's own log is local.
BROADCAST = {
    "location/DroneID__odid_wifi_sample.pcap",
    "location/DroneID__wireless_RID_test_linux_transmitter.pcapng",
    "location/ETSI-ITS__etsi-its-cam-unsecured.pcapng",
    "location/RemoteIDReceiver__mavic_alessa_spoofed.pcapng",
    "location/RemoteIDReceiver__parrot_anafi4_spoofed.pcapng",
    "location/wireshark-nmea__nmea-simulator.pcapng",
}
UP: set[str] = set()
# Captures whose truth says "no position", where something is kept and shown without being a disclosure.
NO_FIX = {
    "location/ipal_transcriber__MAVLink.pcap": "GLOBAL_POSITION_INT with 0, 0",
    "location/wireshark-nmea__second.pcapng": "GLL with status V",
}
# True positions claimed up in captures that are filed under something else, with the bytes that say so.
TRUE_UP: dict[str, bytes] = {}


def _rows(corpus: Path, *folders: str) -> list[dict[str, Any]]:
    with (corpus / "pcap" / "MANIFEST.jsonl").open() as lines:
        return [row for row in map(json.loads, lines) if row["path"].split("/")[0] in folders]


def _analysed(corpus: Path, row: dict[str, Any]) -> Analysis:
    return analyse(Job(str(corpus / "pcap" / row["path"]), "car", named=True), load(), row["sha256"])


def _findings(analysis: Analysis) -> Iterator[Finding]:
    observations: dict[str, Any] = {}
    for one in analysis.observations:
        observations.setdefault(one.kind, []).append(one)
    view = View(
        asset="car",
        sources=(analysis.source,),
        observations={kind: tuple(those) for kind, those in observations.items()},
        positions=tuple(PositionRow(number, position) for number, position in enumerate(analysis.positions, 1)),
        contacts=tuple(row for batch in analysis.contacts for row in batch),
        coverage=(),
    )
    for detector in DETECTORS:
        if detector.name == "location":
            yield from detector.look(Scene(view, load()))


def _transmitted(finding: Finding) -> bool:
    return finding.facts["direction"] in TRANSMISSIONS and finding.facts["disclosing"] > 0


def _near(position: Position, place: list[float]) -> bool:
    if position.latitude is None or position.longitude is None:
        return False
    return abs(position.latitude - place[0]) < NEAR and abs(position.longitude - place[1]) < NEAR


def test_true_places_are_rows_with_the_right_direction(corpus: Path) -> None:
    looked = 0
    for row in _rows(corpus, "location"):
        if row["truth"].get("location") is not True:
            continue
        looked += 1
        analysis = _analysed(corpus, row)
        wanted = (
            Direction.BROADCAST if row["path"] in BROADCAST else Direction.UP if row["path"] in UP else Direction.LOCAL
        )
        stated = [one for one in analysis.positions if one.valid is not False]
        missing = [place for place in row["truth"]["positions"] if not any(_near(one, place) for one in stated)]
        assert not missing, (row["path"], missing)
        assert {one.direction for one in stated} == {wanted}, row["path"]
        transmitted = [finding for finding in _findings(analysis) if _transmitted(finding)]
        assert bool(transmitted) == (wanted in TRANSMISSIONS), row["path"]
        assert all(finding.confidence >= Confidence.LIKELY for finding in transmitted), row["path"]
    assert looked >= 18


def test_every_distinct_place_is_found(corpus: Path) -> None:
    for row in _rows(corpus, "location"):
        truth = row["truth"]
        if truth.get("location") is not True or "distinct_positions" not in truth:
            continue
        found = {
            (round(one.latitude or 0, 8), round(one.longitude or 0, 8)) for one in _analysed(corpus, row).positions
        }
        assert len(found) >= truth["distinct_positions"] * 0.9, (row["path"], len(found), truth["distinct_positions"])


def test_places_of_others_are_told_apart(corpus: Path) -> None:
    for row in _rows(corpus, "location"):
        operators = row["truth"].get("operator_positions", [])
        if operators:
            others = [one for one in _analysed(corpus, row).positions if one.facts.get("whose")]
            assert all(any(_near(one, place) for one in others) for place in operators), row["path"]


def test_captures_without_a_place_accuse_nobody(corpus: Path) -> None:
    for row in _rows(corpus, "location"):
        if row["truth"].get("location") is True:
            continue
        analysis = _analysed(corpus, row)
        disclosed = [
            one for one in analysis.positions if one.valid is not False and one.confidence >= Confidence.LIKELY
        ]
        assert not disclosed, row["path"]
        if row["path"] in NO_FIX:
            (finding,) = _findings(analysis)
            assert (finding.severity, finding.facts["disclosing"]) == (Severity.INFO, 0)
            assert "without a fix" in finding.title


@pytest.mark.parametrize("folder", ["benign", "protocols", "malformed"])
def test_ordinary_traffic_claims_nothing_up(corpus: Path, folder: str) -> None:
    for row in _rows(corpus, folder):
        claimed = [one for one in _analysed(corpus, row).positions if one.direction in TRANSMISSIONS]
        if row["path"] in TRUE_UP:
            assert any(TRUE_UP[row["path"]] in one.evidence.excerpt for one in claimed), row["path"]
        else:
            assert not claimed, (row["path"], claimed[0].dialect, claimed[0].evidence.excerpt)
