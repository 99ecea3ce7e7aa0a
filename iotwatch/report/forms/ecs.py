"""Findings as JSON lines in the Elastic Common Schema (ECS 8.11), for a SIEM; what has no field there is under ``iotwatch``."""

from __future__ import annotations

import json
from contextlib import suppress
from ipaddress import ip_address
from typing import IO, Any

from iotwatch.model import Severity
from iotwatch.report.forms.export import Record, records
from iotwatch.report.reader import Reader
from iotwatch.version import __version__

# ``@timestamp`` is required; where no clock was in the data it is the epoch, as in STIX.
_NO_CLOCK = "1970-01-01T00:00:00.000000Z"


def write_ecs(reader: Reader, out: IO[str], asset: str = "") -> int:
    """One event a line; gives their number."""
    count = 0
    for record in records(reader, asset):
        out.write(json.dumps(_event(record), ensure_ascii=False, sort_keys=True) + "\n")
        count += 1
    return count


def _event(record: Record) -> dict[str, Any]:
    event = {
        "kind": "alert",
        "module": "iotwatch",
        "dataset": "iotwatch.finding",
        "provider": record["detector"],
        "id": record["fingerprint"],
        "severity": int(Severity[record["severity"].upper()]),
        "start": record["first_seen"],
        "end": record["last_seen"],
    }
    made = {
        "@timestamp": record["last_seen"] or record["first_seen"] or _NO_CLOCK,
        "ecs": {"version": "8.11.0"},
        "event": {name: value for name, value in event.items() if value is not None},
        "message": record["title"],
        "rule": {"name": record["kind"]},
        "observer": {"vendor": "iotwatch", "product": "iotwatch", "version": __version__},
        "iotwatch": {name: record[name] for name in ("asset", "subject", "confidence", "reasons", "doubts")},
    }
    end = _far_end(record["facts"])
    return {**made, "destination": end} if end else made


def _far_end(facts: dict[str, Any]) -> dict[str, Any]:
    """The far end that a finding names; a masked address is no address."""
    end: dict[str, Any] = {}
    if isinstance(facts.get("server_name"), str) and facts["server_name"]:
        end["domain"] = facts["server_name"]
    with suppress(ValueError):
        end["ip"] = str(ip_address(str(facts.get("server") or "")))
    if isinstance(facts.get("server_port"), int):
        end["port"] = facts["server_port"]
    return end
