"""The cases of ``captures/``: what real programs did must be found, and nothing that they did not do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import read_case
from iotwatch.model import Confidence
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent / "captures"
CASES = sorted(path.parent.name for path in CAPTURES.glob("*/expected.json"))


def test_there_are_cases() -> None:
    assert len(CASES) >= 6
    for folder in CAPTURES.iterdir():
        if folder.is_dir():
            assert (folder / "README.md").is_file(), folder
            assert (folder / "make.sh").is_file(), folder
            assert folder.name in CASES


@pytest.mark.parametrize("case", CASES)
def test_case(case: str, tmp_path: Path) -> None:
    expected = json.loads((CAPTURES / case / "expected.json").read_text())
    scan([CAPTURES / case / expected["evidence"]], tmp_path / "case.db", Plan(jobs=1))
    with Store(tmp_path / "case.db") as store:
        found = Reader(store, masked=False).findings()
        positions = Reader(store, masked=False).table("position", limit=10_000)
        modules = Reader(store, masked=False).table("module")
        verdict = Reader(store, masked=False).assets()[0]["verdict"]
        operations = [row["operation"] for row in store.query("SELECT operation FROM places")]

    for wanted in expected["findings"]:
        assert _finding(found, wanted), (wanted, [(row["kind"], row["title"]) for row in found])
    assert not [row["title"] for row in found if row["kind"] in expected["absent"]]
    for wanted in expected["modules"]:
        assert any(_module(row, wanted) for row in modules), (wanted, modules)
    for name in expected["steps"]:
        assert any(f'"name":"{name}"' in operation for operation in operations), name
    _positions(positions, expected["positions"])
    assert verdict == expected["verdict"]


@pytest.mark.parametrize("case", [case for case in CASES if (CAPTURES / case / "case.toml").is_file()])
def test_case_with_its_case_file(case: str, tmp_path: Path) -> None:
    expected = json.loads((CAPTURES / case / "expected.json").read_text())
    known = read_case(CAPTURES / case / "case.toml")
    plan = Plan.of_sweep(known, jobs=1)
    scan([CAPTURES / case / expected["evidence"]], tmp_path / "case.db", plan)
    with Store(tmp_path / "case.db") as store:
        (asset,) = Reader(store, masked=False).assets()
    assert (asset["name"], asset["verdict"]) == (known.asset, expected["with_case"]["verdict"])


def _finding(found: list[dict[str, Any]], wanted: dict[str, Any]) -> bool:
    return any(
        row["kind"] == wanted["kind"]
        and row["severity"] == wanted["severity"]
        and wanted["title_contains"] in row["title"]
        and Confidence[row["confidence"].upper()] >= Confidence[wanted["min_confidence"].upper()]
        for row in found
    )


def _module(row: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return all(
        str(row[key]).startswith(value) if key == "model" else row[key] == value for key, value in wanted.items()
    )


def _positions(positions: list[dict[str, Any]], groups: list[dict[str, Any]]) -> None:
    if not groups:
        assert positions == []
    for group in groups:
        rows_of = [
            row
            for row in sorted(positions, key=lambda row: row["id"])
            if row["direction"] == group["direction"] and group.get("dialect") in (None, row["dialect"])
        ]
        if "count" in group:
            assert len(rows_of) == group["count"]
        assert len(rows_of) >= group.get("at_least", 0)
        for key, row in (("first", rows_of[0]), ("last", rows_of[-1])):
            if key in group:
                assert [row["latitude"], row["longitude"]] == pytest.approx(group[key], abs=1e-5)
