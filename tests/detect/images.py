"""Scans small images made in memory, beside captures, as one asset; gives the stored findings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"


def scanned(sources: Sequence[Path], folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The findings of all sources as one asset, each with its ``evidence``, and the verdict's reason."""
    scan(list(sources), folder / "a.db", Plan(asset="car", jobs=1))
    with Store(folder / "a.db") as store:
        found = Reader(store, masked=False).findings()
        for row in found:
            row["evidence"] = Reader(store, masked=False).evidence(row["id"])
        (asset,) = Reader(store, masked=False).assets()
    return found, f"{asset['verdict']} - {asset['verdict_reason']}"


def of(found: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [row for row in found if row["kind"] == kind]
