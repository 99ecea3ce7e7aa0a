"""Findings for other programs: JSON lines and CSV. The same inputs give the same lines, whatever order or workers."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from typing import IO, Any

import msgspec

from iotwatch.report.reader import Reader

Record = dict[str, Any]
# Row ids and links between rows belong to one database, not to what was found.
_RUN_DATA = ("id", "finding_id")


def records(reader: Reader, asset: str = "") -> Iterator[Record]:
    """Each finding with its evidence, in an order that its content decides."""
    return reader.each(lambda whole: _records(whole, asset))


def _records(reader: Reader, asset: str) -> Iterator[Record]:
    found = reader.findings(asset)
    for finding in sorted(found, key=lambda row: (row["asset"], row["detector"], row["fingerprint"])):
        evidence = [_evidence(row) for row in reader.evidence(finding["id"])]
        evidence.sort(key=lambda row: (row["sha256"], row["path"], row["frame"] or 0, json.dumps(row["place"])))
        record = {name: value for name, value in finding.items() if name not in _RUN_DATA}
        record["evidence"] = evidence
        yield record


def _evidence(row: Record) -> Record:
    kept = ("path", "frame", "time", "offset", "length", "excerpt", "display_filter")
    place = msgspec.to_builtins(row["chain"])
    return {"sha256": row["source_sha256"], **{name: row[name] for name in kept}, "place": place}


def write_jsonl(reader: Reader, out: IO[str], asset: str = "") -> int:
    """One JSON object a line; gives their number."""
    count = 0
    for record in records(reader, asset):
        out.write(json.dumps(record, ensure_ascii=False, sort_keys=True) + "\n")
        count += 1
    return count


_COLUMNS = (
    "fingerprint", "asset", "kind", "subject", "title", "severity", "confidence", "detector", "first_seen", "last_seen",
    "reasons", "doubts", "evidence",
)  # fmt: skip


def write_csv(reader: Reader, out: IO[str], asset: str = "") -> int:
    """One row a finding; lists are joined by ``; ``, evidence as ``sha256:frame:offset``."""
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    count = 0
    for record in records(reader, asset):
        record["evidence"] = [
            f"{one['sha256'][:16]}:{one['frame'] or ''}:{one['offset'] or ''}" for one in record["evidence"]
        ]
        writer.writerow([_cell(record[name]) for name in _COLUMNS])
        count += 1
    return count


def _cell(value: Any) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = "; ".join(str(one) for one in value) if isinstance(value, list) else str(value or "")
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
