"""The tables and how they came to be. The only module that imports sqlite-utils.

A change of the schema is a new function at the end, decorated with ``@migrations()``; written ones never change.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

migrations = Migrations("iotwatch")

FIRST_TABLES: dict[str, dict[str, type]] = {
    "runs": {"started": str, "finished": str, "version": str, "signatures_version": str, "arguments": str},
    "assets": {
        "name": str,
        "verdict": str,
        "verdict_reason": str,
        "judged_at": str,
        "first_seen": str,
        "last_seen": str,
        "scope": str,
        "case_file": str,
    },
    "sources": {
        "run_id": int,
        "options_hash": str,
        "sha256": str,
        "path": str,
        "asset": str,
        "vantage": str,
        "kind": str,
        "format": str,
        "bytes": int,
        "packets": int,
        "link_types": str,
        "first_seen": str,
        "last_seen": str,
        "complete": int,
        "damage": str,
        "status": str,
        "seconds": float,
        "version": str,
        "signatures_version": str,
        "reason": str,
    },
    "flows": {
        "source_id": int,
        "transport": str,
        "client": str,
        "client_port": int,
        "server": str,
        "server_port": int,
        "first_seen": str,
        "last_seen": str,
        "packets_up": int,
        "packets_down": int,
        "bytes_up": int,
        "bytes_down": int,
        "protocol": str,
        "server_name": str,
        "ja4": str,
        "client_mac": str,
        "server_mac": str,
        "tunnel": str,
    },
    "contacts": {
        "source_id": int,
        "client": str,
        "server": str,
        "server_port": int,
        "transport": str,
        "server_name": str,
        "kind": str,
        "events": int,
        "times": bytes,
        "sizes": bytes,
        "frames": bytes,
        "offsets": bytes,
        "lengths": bytes,
        "first_bytes": bytes,
        "last_bytes": bytes,
        "origin_place": int,
        "client_mac": str,
        "first_seen": str,
    },
    "endpoints": {
        "asset": str,
        "address": str,
        "name": str,
        "port": int,
        "country": str,
        "as_name": str,
        "vendor": str,
        "purpose": str,
    },
    "beacons": {
        "asset": str,
        "client": str,
        "server": str,
        "server_name": str,
        "port": int,
        "transport": str,
        "kind": str,
        "events": int,
        "interval_s": float,
        "jitter": float,
        "score": float,
        "chance": float,
        "first_seen": str,
        "last_seen": str,
        "finding_id": int,
    },
    "modules": {
        "asset": str,
        "vendor": str,
        "model": str,
        "firmware_version": str,
        "role": str,
        "seen_in": str,
        "imei": str,
        "iccid": str,
        "imsi": str,
        "confidence": str,
        "finding_id": int,
    },
    "positions": {
        "source_id": int,
        "asset": str,
        "flow_id": int,
        "frame": int,
        "time": str,
        "latitude": float,
        "longitude": float,
        "valid": int,
        "dialect": str,
        "reported_id": str,
        "method": str,
        "direction": str,
        "server": str,
        "server_port": int,
        "checksum": str,
        "place_id": int,
        "client": str,
        "server_name": str,
        "transport": str,
        "confidence": str,
        "doubts": str,
        "facts": str,
        "evidence": str,
    },
    "artefacts": {
        "source_id": int,
        "path": str,
        "sha256": str,
        "size": int,
        "type": str,
        "status": str,
        "note": str,
    },
    "detectors": {"name": str, "version": int, "asks": str, "false_alarms": str},
    "findings": {
        "fingerprint": str,
        "aliases": str,
        "asset": str,
        "kind": str,
        "subject": str,
        "title": str,
        "severity": str,
        "confidence": str,
        "detector": str,
        "detector_version": int,
        "signature": str,
        "reasons": str,
        "doubts": str,
        "facts": str,
        "first_seen": str,
        "last_seen": str,
    },
    "finding_positions": {"finding_id": int, "position_id": int},
    "places": {"source_id": int, "parent": int, "operation": str},
    "evidence": {
        "finding_id": int,
        "source_id": int,
        "place_id": int,
        "frame": int,
        "path": str,
        "offset": int,
        "length": int,
        "excerpt": str,
        "display_filter": str,
        "time": str,
    },
    "observations": {
        "source_id": int,
        "kind": str,
        "subject": str,
        "value": str,
        "time": str,
        "evidence": str,
        "count": int,
        "facts": str,
    },
    "coverage": {"source_id": int, "measure": str, "value": float, "note": str},
}

FIRST_INDEXES = {
    "sources": ("sha256", "asset"),
    "flows": ("source_id",),
    "contacts": ("source_id",),
    "positions": ("source_id", "asset"),
    "artefacts": ("source_id",),
    "places": ("source_id",),
    "observations": ("source_id",),
    "coverage": ("source_id",),
    "findings": ("asset", "fingerprint"),
    "evidence": ("finding_id",),
    "finding_positions": ("finding_id",),
    "modules": ("asset",),
    "beacons": ("asset",),
    "endpoints": ("asset",),
}


@migrations()
def m001_first_tables(db: Database) -> None:
    for name, columns in FIRST_TABLES.items():
        db.table(name).create({"id": int, **columns}, pk="id")
    db.table("assets").create_index(["name"], unique=True)
    db.table("detectors").create_index(["name"], unique=True)
    for name, columns_indexed in FIRST_INDEXES.items():
        for column in columns_indexed:
            db.table(name).create_index([column])


@migrations()
def m002_decisions(db: Database) -> None:
    columns = {
        "word": str,
        "asset": str,
        "target": str,
        "author": str,
        "reason": str,
        "created": str,
        "expires": str,
        "removed": str,
    }
    db.table("decisions").create({"id": int, **columns}, pk="id")


@migrations()
def m003_changes(db: Database) -> None:
    columns = {
        "asset": str,
        "sweep": int,
        "since": str,
        "what": str,
        "change": str,
        "fingerprint": str,
        "name": str,
        "before": str,
        "after": str,
    }
    db.table("changes").create({"id": int, **columns}, pk="id")
    db.table("changes").create_index(["asset"])


@migrations()
def m004_trouble(db: Database) -> None:
    db.table("sources").add_column("trouble", str)
    # Until then the sentence alone said it.
    db.execute("UPDATE sources SET trouble = 'internal' WHERE status = 'partial' AND reason LIKE 'internal%'")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database of ``connection`` to today's schema; the caller holds the write lock."""
    migrations.apply(Database(connection, execute_plugins=False))


def pending(connection: sqlite3.Connection) -> bool:
    """Whether there are migrations that this database has not had; reads only."""
    return bool(migrations.pending(Database(connection, execute_plugins=False)))
