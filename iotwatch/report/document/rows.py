"""The database's rows as reports show them: JSON columns decoded, masked unless asked otherwise."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from iotwatch.report.masking import mask
from iotwatch.store import Store

Row = dict[str, Any]

JSON_COLUMNS = ("reasons", "doubts", "facts", "aliases", "damage", "link_types")
_RANK = "CASE severity WHEN 'critical' THEN 4 WHEN 'high' THEN 3 WHEN 'medium' THEN 2 WHEN 'low' THEN 1 ELSE 0 END"
_SURE = "CASE confidence WHEN 'certain' THEN 2 WHEN 'likely' THEN 1 ELSE 0 END"


# Worst and surest first; of equals in an order that their content decides.
WORST = f"ORDER BY {_RANK} DESC, {_SURE} DESC, asset, kind, title, fingerprint"


def _rows(store: Store, sql: str, parameters: Sequence[object], *, unmask: bool) -> list[Row]:
    rows = store.query(sql, parameters)
    for row in rows:
        for name in JSON_COLUMNS:
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


def findings(store: Store, asset: str = "", *, kind: str = "", limit: int = -1, unmask: bool) -> list[Row]:
    """Findings, worst and surest first; of one ``kind`` where that is given, at most ``limit`` where that is not negative."""
    wanted = {name: value for name, value in (("asset", asset), ("kind", kind)) if value}
    where = "WHERE " + " AND ".join(f"{name} = ?" for name in wanted) if wanted else ""
    sql = f"SELECT * FROM findings {where} {WORST} LIMIT {limit}"  # noqa: S608
    return _rows(store, sql, tuple(wanted.values()), unmask=unmask)


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
        " FROM sources {asset} ORDER BY status = 'skipped', path, id"
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
        "SELECT id, asset, client, server, server_name, port, transport, kind, events, interval_s, jitter, score, chance"
        " FROM beacons {asset} ORDER BY chance, asset, id"
    ),
    "module": (
        "SELECT id, asset, vendor, model, firmware_version, role, seen_in, confidence FROM modules {asset}"
        " ORDER BY asset, vendor, id"
    ),
    "endpoint": (
        "SELECT id, asset, name, address, port, country, as_name, vendor, purpose FROM endpoints {asset}"
        " ORDER BY asset, name, address, id"
    ),
    "coverage": (
        "SELECT sources.path, measure, value, note FROM coverage JOIN sources ON sources.id = coverage.source_id {asset}"
        " ORDER BY path, coverage.id"
    ),
    "detector": "SELECT name, version, asks, false_alarms FROM detectors ORDER BY id",
}
TABLES = tuple(_TABLES)
