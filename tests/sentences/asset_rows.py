"""The rows that a database has of one asset, asked for without ``detect`` or ``report``: what sentences are held against."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cached_property
from typing import Any

from iotwatch.store import Store

Row = dict[str, Any]
_NEEDED = {"parked": 15.0, "driving": 15.0}


class Truth:
    """One asset's rows."""

    def __init__(self, store: Store, asset: str) -> None:
        self.store = store
        self.asset = asset
        (self.row,) = store.query("SELECT * FROM assets WHERE name = ?", (asset,))
        self.sources = store.query("SELECT * FROM sources WHERE asset = ? AND status != 'skipped'", (asset,))
        self.findings = {
            row["fingerprint"]: row for row in store.query("SELECT * FROM findings WHERE asset = ?", (asset,))
        }
        for one in self.findings.values():
            one["facts"] = json.loads(one["facts"])
        self.grounds = [self.findings[name] for name in json.loads(self.row["verdict_findings"] or "[]")]
        self.scope = json.loads(self.row["scope"] or "[]")
        self.case = json.loads(self.row["case_file"] or "null") or {}

    @property
    def decided(self) -> list[Row]:
        return [one for one in self.findings.values() if "decision" in one["facts"]]

    @cached_property
    def sent(self) -> list[Row]:
        """Positions of the sender's own that were sent up or broadcast."""
        found = self.store.query(
            "SELECT positions.*, vantage, sources.kind AS source_kind FROM positions JOIN sources ON sources.id ="
            " positions.source_id WHERE positions.asset = ? AND direction IN ('up', 'broadcast') AND valid IS NOT 0",
            (self.asset,),
        )
        return [row for row in found if not json.loads(row["facts"] or "{}").get("whose")]

    def of_grounds(self) -> list[Row]:
        """Those that the findings behind the verdict link to."""
        links = {row["position_id"] for one in self.grounds for row in self.links(one)}
        return [row for row in self.sent if row["id"] in links]

    def links(self, finding: Row) -> list[Row]:
        return self.store.query("SELECT position_id FROM finding_positions WHERE finding_id = ?", (finding["id"],))

    def coverage(self, *measures: str) -> float:
        rows = self.store.query(
            "SELECT measure, value FROM coverage JOIN sources ON sources.id = source_id WHERE asset = ?", (self.asset,)
        )
        return sum(row["value"] for row in rows if row["measure"] in measures)

    def opened(self) -> tuple[float, float]:
        total = opened = 0.0
        for source in self.sources:
            query = "SELECT value FROM coverage WHERE source_id = ? AND measure = 'bytes opened'"
            told = self.store.query(query, (source["id"],))
            total += source["bytes"]
            opened += told[0]["value"] if told else source["bytes"]
        return opened, total

    def whole(self) -> bool:
        opened, total = self.opened()
        return all(source["complete"] for source in self.sources) and opened >= total

    @cached_property
    def heard(self) -> list[tuple[float, float]]:
        """Seconds since 1970 in which captures listened, merged."""
        rows = self.store.query(
            "SELECT stretches.first_seen AS first, stretches.last_seen AS last FROM stretches JOIN sources ON sources.id ="
            " source_id WHERE asset = ? AND kind = 'capture'",
            (self.asset,),
        )
        return list(_merged((seconds(row["first"]), seconds(row["last"])) for row in rows))

    def minutes(self) -> float:
        return sum(last - first for first, last in self.heard) / 60

    def phases(self) -> list[tuple[str, float]]:
        """Every noted phase with the minutes that were listened within it."""
        found = []
        for phase in self.case.get("phases", ()):
            start, end = seconds(phase["from"]), seconds(phase["to"])
            inside = sum(max(0.0, min(end, last) - max(start, first)) for first, last in self.heard)
            found.append((phase["name"], inside / 60))
        return found

    def listened(self) -> bool:
        """Whether every phase that absence needs was listened to, and some of every other; without captures nothing is needed."""
        if not any(source["kind"] == "capture" for source in self.sources):
            return True
        spans: dict[str, list[tuple[float, float]]] = {name: [] for name in _NEEDED}
        for phase in self.case.get("phases", ()):
            if phase["name"] == "away":
                continue
            start, end = seconds(phase["from"]), seconds(phase["to"])
            inside = [(max(start, a), min(end, b)) for a, b in self.heard if a < end and b > start]
            if not sum(b - a for a, b in inside):
                return False
            spans.setdefault(phase["name"], []).extend(inside)
        minutes = {name: sum(b - a for a, b in _merged(found)) / 60 for name, found in spans.items()}
        return all(minutes[name] >= needed for name, needed in _NEEDED.items())


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def _merged(spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    current: tuple[float, float] | None = None
    for first, last in sorted(spans):
        if current and first <= current[1]:
            current = (current[0], max(current[1], last))
            continue
        if current:
            yield current
        current = (first, last)
    if current:
        yield current
