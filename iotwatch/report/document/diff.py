"""Two assets, two sweeps or two images: what is new, gone, or changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from iotwatch.report.reader import Reader
from iotwatch.store.rows import Change

_LEVELS = ("severity", "confidence")


def diff(before: Reader, asset: str, after: Reader, other: str) -> list[Change]:
    """What changed from ``asset`` of one database to ``other`` of another (or the same), most telling first."""
    return list(before.each(lambda old: after.each(lambda new: _changes(old, asset, new, other))))


def _changes(before: Reader, asset: str, after: Reader, other: str) -> Iterator[Change]:
    for what, read in (
        ("finding", _findings),
        ("module", _modules),
        ("endpoint", _endpoints),
        ("file", _files),
        ("text", _texts),
    ):
        yield from _compare(what, read(before, asset), read(after, other))


def _compare(what: str, old: dict[str, str], new: dict[str, str]) -> Iterator[Change]:
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            yield Change(what, "new", name, after=new[name])
        elif name not in new:
            yield Change(what, "gone", name, before=old[name])
        elif old[name] != new[name]:
            yield Change(what, "changed", name, old[name], new[name])


def _findings(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.query(
        "SELECT kind, subject, title, severity, confidence, facts FROM findings WHERE asset = ?", (asset,)
    )
    return {_name(row): ", ".join(row[level] for level in _LEVELS) for row in rows}


def _name(row: dict[str, Any]) -> str:
    """A finding's name without what is measured anew in each sweep (intervals, counts)."""
    facts = json.loads(row["facts"])
    if row["kind"] == "beacon":
        return f"beacon: {row['subject']} to {facts.get('far_end', '')}"
    return (
        f"{row['kind']}: {row['title']} ({row['subject']})"
        if row["kind"] == "identity"
        else f"{row['kind']}: {row['title']}"
    )


def _modules(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.query("SELECT vendor, model, role, firmware_version FROM modules WHERE asset = ?", (asset,))
    return {f"{row['vendor']} {row['role']}": f"{row['model']} {row['firmware_version']}".strip() for row in rows}


def _endpoints(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.query("SELECT name, vendor, purpose FROM endpoints WHERE asset = ?", (asset,))
    return {row["name"]: f"{row['vendor']} {row['purpose']}".strip() for row in rows}


def _files(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.query(
        "SELECT artefacts.path, artefacts.sha256, artefacts.size FROM artefacts JOIN sources ON sources.id = source_id"
        " WHERE asset = ? ORDER BY artefacts.id",
        (asset,),
    )
    return {row["path"]: f"{row['size']} bytes {(row['sha256'] or '')[:16]}".strip() for row in rows}


def _texts(reader: Reader, asset: str) -> dict[str, str]:
    rows = reader.query(
        "SELECT observations.kind, value FROM observations JOIN sources ON sources.id = source_id"
        " WHERE asset = ? AND observations.kind IN ('text', 'text.url', 'apn', 'component')",
        (asset,),
    )
    return {f"{row['kind']}: {row['value']}": "" for row in rows}
