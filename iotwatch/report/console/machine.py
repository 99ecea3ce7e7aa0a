"""JSON and JSON lines of findings and verdicts, for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from iotwatch.report.document import rows
from iotwatch.report.document.first_page import first_page
from iotwatch.store import Store


def print_scan(store: Store, assets: Sequence[str], form: str, *, unmask: bool) -> None:
    """All assets with their first page and findings: one JSON document, or one line per finding."""
    entries = rows.assets(store, assets, unmask=unmask)
    if form == "jsonl":
        for entry in entries:
            for finding in rows.findings(store, entry["name"], unmask=unmask):
                _line({"verdict": entry["verdict"], **finding})
        return
    print_json([_asset(store, entry, unmask=unmask) for entry in entries])


def _asset(store: Store, entry: rows.Row, *, unmask: bool) -> rows.Row:
    page = first_page(store, entry, unmask=unmask)
    told = {"sentence": page.sentence, "not_checked": page.not_checked}
    return {**entry, **told, "findings": rows.findings(store, page.asset, unmask=unmask)}


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def _line(value: object) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
