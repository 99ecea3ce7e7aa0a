"""The corpus' manifest: module makers that stand in the bytes are named, controls are never called a module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

Entry = dict[str, Any]


def judged(corpus: Path, database: Path) -> list[tuple[Entry, list[dict[str, Any]], list[dict[str, Any]]]]:
    """Each entry that is here with its modules and its findings."""
    root = corpus / "firmware"
    lines = (root / "MANIFEST.jsonl").read_text().splitlines()
    entries = [entry for entry in map(json.loads, lines) if (root / entry["path"]).is_file()]
    scan([root], database, Plan(jobs=1))
    with Store(database) as store:
        modules, findings = Reader(store, masked=False).table("module"), Reader(store, masked=False).findings()
    return [
        (
            entry,
            [row for row in modules if row["asset"] == entry["path"]],
            [row for row in findings if row["asset"] == entry["path"]],
        )
        for entry in entries
    ]


@pytest.mark.corpus
@pytest.mark.timeout(120)
def test_the_manifest(corpus: Path, tmp_path: Path) -> None:
    everything = judged(corpus, tmp_path / "a.db")
    assert len(everything) > 30
    wrong = []
    for entry, modules, findings in everything:
        truth, tags = entry["truth"]["modules"], entry["truth"]["contains"]
        own = [row for row in modules if row["role"] == "module"]
        in_bytes = [one for one in truth if one["basis"] == "bytes" or f"vendor-text:{one['vendor'].lower()}" in tags]
        for one in in_bytes:
            if one["vendor"] not in [row["vendor"] for row in own]:
                wrong.append(f"{entry['path']}: {one['vendor']} is not named")
            told = [f"{row['model']} {row['firmware_version']}" for row in own]
            if (
                one["basis"] == "bytes"
                and one["model"]
                and not any(one["model"].replace("-", "") in text for text in told)
            ):
                wrong.append(f"{entry['path']}: {one['model']} is not told by {told}")
        if not truth and own:
            wrong.append(f"{entry['path']}: called {own[0]['vendor']}'s module")
        if "negative-control" in tags and any(row["severity"] in ("high", "medium") for row in findings):
            wrong.append(f"{entry['path']}: a control with a finding")
    assert wrong == []
