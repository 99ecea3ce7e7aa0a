from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from iotwatch.decode.geodesy import distance
from iotwatch.detect import Scene
from iotwatch.detect.questions.location import LocationDetector
from iotwatch.files.case import Case, Site
from iotwatch.model import Confidence, Direction, Evidence, Finding, Observation, Position, Severity, cut
from iotwatch.signatures import load
from iotwatch.store import PositionRow, View
from iotwatch.words.findings import Doubt, Reason

SECOND = 1_000_000


def evidence(at: int, seconds: int = 0) -> Evidence:
    return Evidence(cut(None, [(at, 4)], [at]), b"abcd", 4, at, seconds * SECOND)


def position(at: int = 1, **values: Any) -> Position:
    given: dict[str, Any] = {
        "latitude": 51.5,
        "longitude": 4.25,
        "direction": Direction.UP,
        "dialect": "gt06",
        "method": "decoded",
        "evidence": evidence(at, at * 30),
        "time": at * 30 * SECOND,
        "reported_id": "867730050816697",
        "client": "10.0.0.7",
        "server": "198.51.100.9",
        "server_port": 5023,
    }
    return Position(**{**given, **values})


def findings(
    *positions: Position, observations: tuple[Observation, ...] = (), case: Case | None = None
) -> list[Finding]:
    by_kind: dict[str, tuple[Observation, ...]] = {}
    for one in observations:
        by_kind[one.kind] = (*by_kind.get(one.kind, ()), one)
    rows = tuple(PositionRow(number, one) for number, one in enumerate(positions, 1))
    view = View("car", (), by_kind, rows, (), (), case=case)
    return list(LocationDetector().look(Scene(view, load())))


def test_the_rate_is_that_of_the_packets() -> None:
    """Two packets a second apart are 3,600 an hour, whatever the times that they state."""
    (finding,) = findings(position(1, evidence=evidence(1, 10)), position(2, evidence=evidence(2, 11)))
    assert finding.facts["per_hour"] == 3600.0


def test_a_tracker_makes_one_finding_with_its_figures() -> None:
    (finding,) = findings(position(1), position(2, latitude=51.6), position(3, checksum="ok"))
    assert (finding.severity, finding.confidence) == (Severity.HIGH, Confidence.LIKELY)
    assert finding.title == "Position sent to 198.51.100.9 (gt06)"
    assert finding.subject == "867730050816697"
    assert finding.facts["positions"] == finding.facts["disclosing"] == 3
    assert finding.facts["per_hour"] == 120.0
    assert finding.facts["area"] == {"south": 51.5, "west": 4.25, "north": 51.6, "east": 4.25}
    assert finding.facts["extent_m"] == pytest.approx(11119, abs=2)
    assert [one.frame for one in finding.evidence] == [1, 3]  # the last is the best as well
    assert finding.positions == (1, 2, 3)


def test_device_far_end_dialect_and_direction_part_findings() -> None:
    told = findings(
        position(),
        position(dialect="h02"),
        position(server="203.0.113.4"),
        position(reported_id="867730050816698"),
        position(direction=Direction.DOWN),
    )
    assert len({finding.key for finding in told}) == 5


@pytest.mark.parametrize(
    ("changes", "severity", "word"),
    [
        ({"direction": Direction.DOWN}, Severity.INFO, "received"),
        ({"direction": Direction.LOCAL, "server": ""}, Severity.INFO, "local wire"),
        ({"direction": Direction.BROADCAST}, Severity.HIGH, "broadcast"),
        ({"method": "generic", "confidence": Confidence.POSSIBLE}, Severity.MEDIUM, "sent"),
        ({"method": "generic"}, Severity.HIGH, "sent"),
        ({"server": "192.168.1.9"}, Severity.MEDIUM, "sent"),
        (
            {"doubts": ("far end is on the local network",)},
            Severity.HIGH,
            "sent",
        ),  # what a person reads decides nothing
        ({"valid": False}, Severity.INFO, "without a fix"),
        ({"facts": {"whose": "another vessel"}}, Severity.LOW, "another vessel"),
        ({"latitude": None, "longitude": None, "method": "cell"}, Severity.HIGH, "Cell list sent"),
        ({"latitude": None, "longitude": None, "method": "wifi"}, Severity.HIGH, "Wi-Fi list sent"),
    ],
)
def test_severity_and_words(changes: dict[str, Any], severity: Severity, word: str) -> None:
    (finding,) = findings(position(**changes))
    assert finding.severity is severity
    assert word in finding.title


def test_no_fix_and_other_peoples_places_disclose_nothing() -> None:
    (silent,) = findings(position(valid=False))
    assert silent.facts["disclosing"] == 0
    assert Doubt.NO_FIX() in silent.doubts
    (foreign,) = findings(position(facts={"whose": "another vessel"}))
    assert foreign.facts["disclosing"] == 0
    assert foreign.facts["whose"] == ["another vessel"]
    assert Doubt.NOT_OWN(whose="another vessel") in foreign.doubts


def test_one_own_place_among_others_counts() -> None:
    (finding,) = findings(position(1, facts={"whose": "operator"}), position(2), position(3, valid=False))
    assert finding.severity is Severity.HIGH
    assert (finding.facts["positions"], finding.facts["disclosing"]) == (3, 1)
    assert finding.facts["whose"] == ["operator"]


def test_a_place_inside_a_named_site_is_told() -> None:
    case = Case(sites=(Site("the yard", 51.5, 4.25, 200.0), Site("elsewhere", 10.0, 10.0)))
    (finding,) = findings(position(1), position(2, latitude=51.51), case=case)
    assert finding.facts["sites"] == {"the yard": 1}
    assert Reason.SENT_FROM_SITE(n=1, site="the yard") in finding.reasons
    (local,) = findings(position(direction=Direction.LOCAL), case=case)
    assert Reason.STATED_IN_SITE(n=1, site="the yard") in local.reasons


def command(value: str, server: str = "198.51.100.9") -> Observation:
    facts = {"direction": "down", "server": server, "protocol": "gt06"}
    return Observation("tracker.command", "ip:10.0.0.7", value, evidence(9), facts=facts)


def test_commands_of_the_far_end_stand_in_the_finding() -> None:
    (finding,) = findings(position(), observations=(command("RELAY,1#"), command("WHERE#")))
    assert finding.facts["commands"] == ["RELAY,1#", "WHERE#"]
    assert Reason.COMMANDS_TOO(commands="RELAY,1# (1), WHERE# (1)") in finding.reasons


def test_commands_alone_are_an_info_finding() -> None:
    (finding,) = findings(observations=(command("WHERE#"),))
    assert (finding.kind, finding.severity) == ("command", Severity.INFO)


def test_datum_is_told_and_vendor_of_a_known_name(tmp_path: Path) -> None:
    (finding,) = findings(position(facts={"datum": "GCJ-02"}, server_name="iot-south.quectel.com"))
    assert Doubt.DATUM(datum="GCJ-02") in finding.doubts
    assert finding.facts["vendor"] == "Quectel"
    assert finding.title == "Position sent to iot-south.quectel.com (gt06)"


def test_distance_over_the_date_line() -> None:
    assert distance(0.0, 179.5, 0.0, -179.5) == pytest.approx(111_195, abs=5)
