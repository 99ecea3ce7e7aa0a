"""The database's rows as reports show them: JSON columns decoded, masked unless asked otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from iotwatch.report.masking import mask
from iotwatch.store import Store

Row = dict[str, Any]

_JSON = ("reasons", "doubts", "facts", "aliases", "damage", "link_types")
_RANK = "CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
_SURE = "CASE confidence WHEN 'certain' THEN 2 WHEN 'likely' THEN 1 ELSE 0 END"


def _rows(store: Store, sql: str, parameters: Sequence[object], *, unmask: bool) -> list[Row]:
    rows = store.query(sql, parameters)
    for row in rows:
        for name in _JSON:
            if isinstance(row.get(name), str):
                row[name] = json.loads(row[name] or "null")
    return rows if unmask else [mask(row) for row in rows]


def assets(store: Store, names: Sequence[str] | None = None, *, unmask: bool) -> list[Row]:
    """Assets with their verdict and the number of findings; all, or those named."""
    sql = (
        "SELECT name, verdict, verdict_reason, judged_at, first_seen, last_seen,"
        " (SELECT count(*) FROM findings WHERE findings.asset = assets.name) AS findings,"
        " (SELECT count(*) FROM sources WHERE sources.asset = assets.name AND status != 'skipped') AS sources"
        " FROM assets ORDER BY name"
    )
    wanted = None if names is None else frozenset(names)
    found = store.query(sql)
    kept = [row for row in found if wanted is None or row["name"] in wanted]
    return kept if unmask else [{**mask(row), "name": row["name"]} for row in kept]


def findings(store: Store, asset: str = "", *, unmask: bool) -> list[Row]:
    """Findings, worst and surest first."""
    where = "WHERE asset = ?" if asset else ""
    sql = f"SELECT * FROM findings {where} ORDER BY {_RANK} DESC, {_SURE} DESC, asset, kind, title, fingerprint"  # noqa: S608
    return _rows(store, sql, (asset,) if asset else (), unmask=unmask)


def finding(store: Store, fingerprint: str, *, unmask: bool) -> Row | None:
    """One finding by the beginning of its id or of an alias."""
    sql = "SELECT * FROM findings WHERE fingerprint LIKE ? OR aliases LIKE ? ORDER BY fingerprint"
    if not fingerprint.isalnum():
        return None
    found = _rows(store, sql, (fingerprint + "%", f'%"{fingerprint}%'), unmask=unmask)
    return found[0] if found else None


def evidence(store: Store, finding_id: int) -> list[Row]:
    """The evidence of one finding with its source and its chain of operations."""
    rows = store.query(
        "SELECT evidence.*, sources.path AS source_path, sources.sha256 AS source_sha256, sources.kind AS source_kind"
        " FROM evidence JOIN sources ON sources.id = evidence.source_id WHERE finding_id = ? ORDER BY evidence.id",
        (finding_id,),
    )
    for row in rows:
        row["chain"] = store.places.place(row["place_id"]).chain()
    return rows


def table(store: Store, name: str, *, asset: str = "", limit: int = 1000, unmask: bool) -> list[Row]:
    """Rows of one public table as ``show`` lists them."""
    sql = _TABLES[name]
    if asset and "{asset}" in sql:
        return _rows(store, sql.format(asset="WHERE asset = ?") + f" LIMIT {limit}", (asset,), unmask=unmask)
    return _rows(store, sql.format(asset="") + f" LIMIT {limit}", (), unmask=unmask)


_TABLES = {
    "source": (
        "SELECT id, path, asset, vantage, kind, format, bytes, packets, status, reason, first_seen, last_seen, sha256"
        " FROM sources {asset} ORDER BY path"
    ),
    "flow": (
        "SELECT flows.id, transport, client, client_port, server, server_port, server_name, protocol, packets_up,"
        " packets_down, bytes_up, bytes_down, flows.first_seen FROM flows JOIN sources ON sources.id = flows.source_id"
        " {asset} ORDER BY flows.id"
    ),
    "position": (
        "SELECT id, time, latitude, longitude, valid, direction, dialect, method, reported_id, client, server, server_port,"
        " checksum, confidence, frame, asset FROM positions {asset} ORDER BY asset, time, id"
    ),
    "beacon": (
        "SELECT asset, client, server, server_name, port, transport, kind, events, interval_s, jitter, score, chance FROM"
        " beacons {asset} ORDER BY chance, asset"
    ),
    "module": (
        "SELECT asset, vendor, model, firmware_version, role, seen_in, confidence FROM modules {asset} ORDER BY asset, vendor"
    ),
    "coverage": (
        "SELECT sources.path, measure, value, note FROM coverage JOIN sources ON sources.id = coverage.source_id {asset}"
        " ORDER BY path, coverage.id"
    ),
    "detector": "SELECT name, version, asks, false_alarms FROM detectors ORDER BY id",
}
TABLES = tuple(_TABLES)
