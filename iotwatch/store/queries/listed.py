"""The public tables as ``show`` lists them, and the columns of whatever tables a file has."""

from __future__ import annotations

from sqlite3 import Connection

from iotwatch.store.query import Row, decoded, rows

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
        " FROM beacons {asset} ORDER BY chance, score DESC, asset, id"
    ),
    "module": (
        "SELECT id, asset, vendor, model, firmware_version, role, seen_in, confidence FROM modules {asset}"
        " ORDER BY asset, vendor, id"
    ),
    "endpoint": (
        "SELECT id, asset, name, address, port, country, as_name, vendor, purpose FROM endpoints {asset}"
        " ORDER BY asset, name, address, id"
    ),
    "artefact": (
        "SELECT artefacts.id, sources.path AS source, artefacts.path, type, artefacts.status, size, artefacts.sha256, asset"
        " FROM artefacts JOIN sources ON sources.id = artefacts.source_id {asset}"
        " ORDER BY asset, source, artefacts.path, artefacts.id"
    ),
    "coverage": (
        "SELECT sources.path, measure, subject, value, note FROM coverage JOIN sources ON sources.id = coverage.source_id"
        " {asset} ORDER BY path, coverage.id"
    ),
    "detector": "SELECT name, version, asks, false_alarms FROM detectors ORDER BY id",
}
TABLES = tuple(_TABLES)


def table(link: Connection, name: str, asset: str = "", limit: int = 1000) -> list[Row]:
    """Rows of one table, of one asset where it has assets and one is given."""
    one = bool(asset) and "{asset}" in _TABLES[name]
    query = _TABLES[name].format(asset="WHERE asset = ?" if one else "") + f" LIMIT {limit}"
    return [decoded(row) for row in rows(link, query, (asset,) if one else ())]


def columns(link: Connection) -> list[Row]:
    """``name`` and declared ``type`` of every column of every ``table`` of the file, SQLite's own tables left out."""
    query = (
        "SELECT made.name AS 'table', declared.name, declared.type FROM sqlite_master AS made"
        " JOIN pragma_table_info(made.name) AS declared WHERE made.type = 'table' AND made.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
    )
    return rows(link, query)
