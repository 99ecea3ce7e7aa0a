"""Decisions apply when judging, expire, are taken back, and are never silent."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.detect.decisions import decide
from iotwatch.detect.judge import judge_all
from iotwatch.errors import OptionError, StoreError
from iotwatch.files.baseline import Decision, read_baseline
from iotwatch.files.case import read_case
from iotwatch.model import Confidence, Evidence, Finding, Severity, cut
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.words.findings import Doubt, FindingKind, Reason

CAPTURES = Path(__file__).parent.parent.parent / "captures"
EVIDENCE = Evidence(place=cut(None, [(0, 1)]), excerpt=b"x", length=1)


def module(vendor: str, model: str) -> Finding:
    levels = (Severity.INFO, Confidence.LIKELY)
    return Finding(
        *("module", FindingKind.MODULE, vendor, vendor, vendor, *levels, (Reason.IN_CLEAR(),)),
        evidence=(EVIDENCE,),
        facts={"vendor": vendor, "model": model},
    )


def test_the_factory_unit_is_expected_and_the_second_one_is_not() -> None:
    decision = Decision("expected", {"kind": "module", "vendor": "telit", "model": "LE910*"}, "A", "manual")
    ours, other = decide([module("Telit", "LE910C4"), module("Quectel", "EC25")], [decision], "car", 0)
    assert ours.facts["decision"]["author"] == "A"
    assert "decision" not in other.facts


def test_an_expired_decision_is_a_doubt() -> None:
    decision = Decision("expected", {"vendor": "Telit"}, "A", "manual", created=0, expires=10)
    (finding,) = decide([module("Telit", "x")], [decision], "car", 11)
    assert "decision" not in finding.facts
    assert finding.doubts[-1] == Doubt.DECISION_EXPIRED(day="1970-01-01", word="expected", author="A")


@pytest.mark.parametrize("broken", [{"word": "fine"}, {"target": {}}, {"author": ""}, {"reason": ""}])
def test_a_decision_is_whole(broken: dict[str, object]) -> None:
    whole = {"word": "expected", "target": {"vendor": "x"}, "author": "A", "reason": "r"}
    with pytest.raises(ValueError, match="a decision"):
        Decision(**{**whole, **broken})


def test_an_explained_car_and_the_way_back(tmp_path: Path) -> None:
    case = read_case(CAPTURES / "gt06-tracker" / "case.toml")
    plan = Plan.of_sweep(case, "van", jobs=1)
    scan([CAPTURES / "gt06-tracker" / "gt06-tracker.pcap"], tmp_path / "a.db", plan)
    with Store(tmp_path / "a.db") as store:
        assert store.assets.verdict("van") == "reports-location"
        number = store.decisions.add(Decision("explained", {"subject": "*"}, "A. Example", "own tracker"))
        (judged,) = judge_all(store, store.assets.unjudged(), load())
        assert (judged.before, judged.verdict.word) == ("reports-location", "explained")
        assert "A. Example" in judged.verdict.reason
        assert store.query("SELECT count(*) AS n FROM findings")[0]["n"] == 3
        store.decisions.remove(number)
        judge_all(store, store.assets.unjudged(), load())
        assert store.assets.verdict("van") == "reports-location"
        assert store.query("SELECT count(*) AS n FROM decisions")[0]["n"] == 1
        with pytest.raises(StoreError, match="no decision"):
            store.decisions.remove(number)


def test_a_baseline_file_is_shared_decisions(tmp_path: Path) -> None:
    path = tmp_path / "make-model.toml"
    path.write_text('author = "A"\nreason = "manual"\n[[expected]]\nkind = "module"\nvendor = "Telit"\n')
    (decision,) = read_baseline(path, "car")
    assert (decision.target, decision.asset) == ({"kind": "module", "vendor": "Telit"}, "car")
    path.write_text('author = "A"\nwhy = "manual"\n')
    with pytest.raises(OptionError, match="broken"):
        read_baseline(path)
