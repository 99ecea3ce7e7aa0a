"""JSON and JSON lines of findings and verdicts, for programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence

from iotwatch.files.printable import plain
from iotwatch.report.document.first_page import first_page
from iotwatch.report.reader import Reader, Row, decided


def print_scan(reader: Reader, assets: Sequence[str], form: str) -> None:
    """All assets with their first page and findings: one JSON document, or one line per finding.

    ``decided`` says by which word a decision in force explains a finding, and whose; it is ``null`` where none does.
    """
    entries = reader.assets(assets)
    if form == "jsonl":
        for entry in entries:
            for finding in _findings(reader, entry["name"]):
                _line({"verdict": entry["verdict"], **finding})
        return
    print_json([_asset(reader, entry) for entry in entries])


def _asset(reader: Reader, entry: Row) -> Row:
    page = first_page(reader, entry)
    told = {"sentence": page.sentence, "not_checked": page.not_checked}
    return {**entry, **told, "findings": _findings(reader, page.asset)}


def _findings(reader: Reader, asset: str) -> list[Row]:
    return [{**finding, "decided": decided(finding) or None} for finding in reader.findings(asset)]


def print_json(value: object) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(plain(json.dumps(value, indent=2, ensure_ascii=False, default=str)) + "\n")


def _line(value: object) -> None:
    sys.stdout.write(plain(json.dumps(value, ensure_ascii=False, default=str)) + "\n")
