"""Findings as SARIF 2.1.0 (OASIS), for checks that run in CI.

Sources are named by their hash (``urn:sha256:...``), so that the same inputs give the same output wherever they lie; a
region is the bytes of the evidence in the outer file, and absent where they had to be opened first.
"""

from __future__ import annotations

import json
from typing import IO, Any

from iotwatch.report.forms.export import Record, records
from iotwatch.report.reader import Reader
from iotwatch.version import __version__

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note", "info": "note"}


def write_sarif(reader: Reader, out: IO[str], asset: str = "") -> int:
    """Write one run with a result a finding; gives their number."""
    found = list(records(reader, asset))
    kinds = sorted({record["kind"] for record in found})
    driver = {"name": "iotwatch", "version": __version__, "rules": [{"id": kind} for kind in kinds]}
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": [_result(one) for one in found]}
    json.dump({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, out, ensure_ascii=False, indent=1)
    out.write("\n")
    return len(found)


def _result(record: Record) -> dict[str, Any]:
    said = "; ".join((record["title"], *record["reasons"], *(f"but: {doubt}" for doubt in record["doubts"])))
    return {
        "ruleId": record["kind"],
        "level": _LEVELS[record["severity"]],
        "message": {"text": f"{record['asset']}: {said}"},
        "partialFingerprints": {"iotwatch/v1": record["fingerprint"]},
        "locations": [_location(one) for one in record["evidence"]],
        "properties": {name: record[name] for name in ("asset", "severity", "confidence", "detector")},
    }


def _location(evidence: Record) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": f"urn:sha256:{evidence['sha256']}"}}
    if evidence["offset"] is not None:
        physical["region"] = {"byteOffset": evidence["offset"], "byteLength": evidence["length"]}
    frame = f"frame {evidence['frame']}" if evidence["frame"] is not None else ""
    where = evidence["path"] or frame
    return {"physicalLocation": physical, **({"message": {"text": where}} if where else {})}
