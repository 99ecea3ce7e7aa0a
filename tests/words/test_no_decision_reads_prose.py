"""Every sentence replaced by the name of its word: verdicts, severities, confidences, coverage and lights stay as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.detect.verdict import RULES
from iotwatch.files.case import read_case
from iotwatch.model import Finding
from iotwatch.report.document.assembling import assemble
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from iotwatch.words.findings import Reason
from iotwatch.words.said import Said
from iotwatch.words.verdicts import Ground, VerdictWord

CAPTURES = Path(__file__).parent.parent.parent / "captures"
CASES = sorted(path.parent for path in CAPTURES.glob("*/expected.json"))
_COVERAGE = (
    "SELECT asset, path, measure, value FROM coverage JOIN sources ON source_id = sources.id ORDER BY 1, 2, 3, 4"
)
_FINDINGS = "SELECT fingerprint, asset, kind, severity, confidence FROM findings ORDER BY 1"
_CHANGES = "SELECT asset, what, change, fingerprint FROM changes ORDER BY 1, 2, 3, 4"


def outcome(database: Path, cases: Sequence[Path] = CASES) -> dict[str, object]:
    """All that was decided of each case by itself, with its case file, and of all cases as one car."""
    for folder in cases:
        evidence = folder / json.loads((folder / "expected.json").read_text())["evidence"]
        scan([evidence], database, Plan(asset=folder.name, jobs=1))
        scan([evidence], database, Plan(asset="all", jobs=1))
        if (folder / "case.toml").is_file():
            case = read_case(folder / "case.toml")
            scan([evidence], database, Plan.of_sweep(case, f"{folder.name} with its case", jobs=1))
    with Store(database) as store:
        told: dict[str, object] = {query: store.query(query) for query in (_FINDINGS, _COVERAGE, _CHANGES)}
        told["sources"] = store.query("SELECT asset, path, status, trouble, complete FROM sources ORDER BY 1, 2")
        told["pages"] = [
            (one.name, one.verdict, one.summary.light)
            for one in assemble(Reader(store, masked=False), reproducible=True).assets
        ]
    return told


def wordless(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Said, "text", property(lambda said: said.word.name))


def test_decisions_are_the_same_without_sentences(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = outcome(tmp_path / "told.db")
    wordless(monkeypatch)
    assert outcome(tmp_path / "wordless.db") == told
    with Store(tmp_path / "wordless.db") as store:
        (row,) = store.query("SELECT reasons FROM findings WHERE asset = 'gt06-tracker' AND kind = 'location'")
    assert Reason.IN_CLEAR.name in json.loads(row["reasons"])


def test_a_decision_that_reads_prose_would_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def prose(case: Any) -> tuple[Said, tuple[Finding, ...]] | None:
        found = next((one for one in case.open if any("in clear" in why.text for why in one.reasons)), None)
        return (Ground.WEIGHTY(title=found.title), (found,)) if found else None

    monkeypatch.setattr(import_module("iotwatch.detect.verdict"), "RULES", ((VerdictWord.EXPLAINED, prose), *RULES))
    told = outcome(tmp_path / "told.db", [CAPTURES / "gt06-tracker"])
    wordless(monkeypatch)
    assert outcome(tmp_path / "wordless.db", [CAPTURES / "gt06-tracker"]) != told
