"""Writing: a source's analysis whole in one go, and an asset's judgement in place of the old one."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence

from iotwatch.model import Case, Confidence, Evidence, Finding, Position, Severity
from iotwatch.store.connected import Connected
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import FLOW_COLUMNS, Analysis, ContactRow, iso, now, pack_evidence, to_json


def fingerprint(detector: str, kind: str, asset: str, key: str) -> str:
    """The stable id of a finding: what it is about, never what was measured."""
    return hashlib.sha256("\0".join((detector, kind, asset, key)).encode()).hexdigest()[:16]


def _insert(
    connection: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> None:
    marks = ", ".join("?" * len(columns))
    names = ", ".join(f'"{column}"' for column in columns)
    connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608  names are ours


class Writing(Connected):
    """The write half of ``Store``."""

    def start_run(self, version: str, signatures_version: str, arguments: str) -> int:
        """Note that a run began; gives its row id."""
        with self.transaction():
            cursor = self.connection.execute(
                "INSERT INTO runs (started, version, signatures_version, arguments) VALUES (?, ?, ?, ?)",
                (now(), version, signatures_version, arguments),
            )
        return int(cursor.lastrowid or 0)

    def finish_run(self, run_id: int) -> None:
        with self.transaction():
            self.connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now(), run_id))

    def write_source(self, analysis: Analysis, run_id: int) -> int:
        """Store all that one source gave and mark its asset as not judged; an older analysis of it is replaced."""
        source = analysis.source
        with self.transaction():
            self._remove_source(source.sha256, source.asset, source.path)
            cursor = self.connection.execute(
                "INSERT INTO sources (run_id, options_hash, sha256, path, asset, vantage, kind, format, bytes, packets,"
                " link_types, first_seen, last_seen, complete, damage, status, seconds, version, signatures_version,"
                " reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    run_id,
                    source.options_hash,
                    source.sha256,
                    source.path,
                    source.asset,
                    source.vantage,
                    source.kind,
                    source.format,
                    source.bytes,
                    source.packets,
                    to_json(source.link_types),
                    iso(source.first),
                    iso(source.last),
                    int(source.complete),
                    to_json(source.damage),
                    source.status,
                    source.seconds,
                    source.version,
                    source.signatures_version,
                    source.reason,
                ),
            )
            source_id = int(cursor.lastrowid or 0)
            self._write_rows(analysis, source_id)
            if source.status != "skipped":
                self.connection.execute(
                    "INSERT INTO assets (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET judged_at = NULL",
                    (source.asset,),
                )
        return source_id

    def _remove_source(self, sha256: str, asset: str, path: str) -> None:
        query = "SELECT id FROM sources WHERE asset = ? AND (sha256 = ? AND sha256 != '' OR path = ? AND sha256 = '')"
        for (old,) in self.connection.execute(query, (asset, sha256, path)).fetchall():
            for table in ("flows", "contacts", "positions", "observations", "artefacts", "places", "coverage"):
                self.connection.execute(f"DELETE FROM {table} WHERE source_id = ?", (old,))  # noqa: S608
            self.connection.execute("DELETE FROM sources WHERE id = ?", (old,))

    def _write_rows(self, analysis: Analysis, source_id: int) -> None:
        places = PlaceWriter(self.connection)
        flow_ids = self._write_flows(analysis, source_id)
        _insert(
            self.connection,
            "contacts",
            (
                *("source_id", "client", "server", "server_port", "transport", "server_name", "kind", "events"),
                *("times", "sizes", "frames", "offsets", "lengths", "first_bytes", "last_bytes", "origin_place"),
                *("client_mac", "first_seen"),
            ),
            (_contact(row, source_id, places) for row in analysis.contacts),
        )
        _insert(
            self.connection,
            "positions",
            (
                *("source_id", "asset", "flow_id", "frame", "time", "latitude", "longitude", "valid", "dialect"),
                *("reported_id", "method", "direction", "server", "server_port", "checksum", "place_id", "client"),
                *("server_name", "transport", "confidence", "doubts", "facts", "evidence"),
            ),
            [_position(row, source_id, analysis.source.asset, places, flow_ids) for row in analysis.positions],
        )
        _insert(
            self.connection,
            "observations",
            ("source_id", "kind", "subject", "value", "time", "evidence", "count", "facts"),
            [
                (
                    source_id,
                    row.kind,
                    row.subject,
                    row.value,
                    iso(row.time),
                    pack_evidence(row.evidence, places.id(row.evidence.place, source_id)),
                    row.count,
                    to_json(row.facts),
                )
                for row in analysis.observations
            ],
        )
        _insert(
            self.connection,
            "artefacts",
            ("source_id", "path", "sha256", "size", "type", "status", "note"),
            ((source_id, row.path, row.sha256, row.size, row.type, row.status, row.note) for row in analysis.artefacts),
        )
        _insert(
            self.connection,
            "coverage",
            ("source_id", "measure", "value", "note"),
            ((source_id, row.measure, row.value, row.note) for row in analysis.coverage),
        )
        places.flush()

    def _write_flows(self, analysis: Analysis, source_id: int) -> int:
        """Write the flows in order; gives the row id of flow 0, the others follow it."""
        first = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM flows").fetchone()[0])
        rows = ((first + index, source_id, *row) for index, row in enumerate(analysis.flows))
        _insert(self.connection, "flows", ("id", "source_id", *FLOW_COLUMNS), rows)
        return first

    def write_case(self, assets: Iterable[str], scope: Sequence[str], case: Case | None) -> None:
        """Note the scope and the case of ``assets``; an asset whose scope or case changed is to be judged again."""
        values = (to_json(list(scope)), to_json(case) if case else None)
        with self.transaction():
            self.connection.executemany(
                "UPDATE assets SET scope = ?, case_file = ?, judged_at = NULL"
                " WHERE name = ? AND (scope IS NOT ? OR case_file IS NOT ?)",
                [(*values, asset, *values) for asset in assets] if scope or case else [],
            )

    def write_judgement(
        self,
        asset: str,
        verdict: str,
        reason: str,
        span: tuple[int | None, int | None],
        findings: Sequence[Finding],
        versions: dict[str, int],
    ) -> None:
        """Replace what was judged of ``asset``: findings with their evidence, beacons, modules, endpoints, verdict."""
        with self.transaction():
            self._remove_judgement(asset)
            made = PlaceWriter(self.connection, reuse=True)
            for finding in findings:
                self._write_finding(asset, finding, versions.get(finding.detector, 0), made)
            made.flush()
            self.connection.execute(
                "UPDATE assets SET verdict = ?, verdict_reason = ?, judged_at = ?, first_seen = ?, last_seen = ?"
                " WHERE name = ?",
                (verdict, reason, now(), iso(span[0]), iso(span[1]), asset),
            )

    def _remove_judgement(self, asset: str) -> None:
        for table in ("evidence", "finding_positions"):
            self.connection.execute(
                f"DELETE FROM {table} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in ("findings", "beacons", "modules", "endpoints"):
            self.connection.execute(f"DELETE FROM {table} WHERE asset = ?", (asset,))  # noqa: S608

    def _write_finding(self, asset: str, finding: Finding, version: int, made: PlaceWriter) -> None:
        times = [evidence.time for evidence in finding.evidence if evidence.time is not None]
        cursor = self.connection.execute(
            "INSERT INTO findings (fingerprint, aliases, asset, kind, subject, title, severity, confidence, detector,"
            " detector_version, signature, reasons, doubts, facts, first_seen, last_seen)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                fingerprint(finding.detector, finding.kind, asset, finding.key),
                to_json([fingerprint(finding.detector, finding.kind, asset, key) for key in finding.former_keys]),
                asset,
                finding.kind,
                finding.subject,
                finding.title,
                Severity(finding.severity).name.lower(),
                Confidence(finding.confidence).name.lower(),
                finding.detector,
                version,
                finding.signature,
                to_json(finding.reasons),
                to_json(finding.doubts),
                to_json(finding.facts),
                iso(min(times, default=None)),
                iso(max(times, default=None)),
            ),
        )
        finding_id = int(cursor.lastrowid or 0)
        self._write_evidence(finding_id, finding.evidence, made)
        _insert(
            self.connection,
            "finding_positions",
            ("finding_id", "position_id"),
            ((finding_id, position) for position in finding.positions),
        )
        for table, row in finding.rows:
            columns = ["asset", *row]
            if table in ("beacons", "modules"):
                columns.append("finding_id")
            values = [asset, *row.values(), finding_id][: len(columns)]
            _insert(self.connection, table, columns, [values])

    def _write_evidence(self, finding_id: int, evidence: Iterable[Evidence], made: PlaceWriter) -> None:
        rows = []
        for one in evidence:
            place_id = self.places.known_id(one.place)
            if place_id is None:
                # A judge may cut a new place (a packet of a contact); it stands beside the source's own.
                place_id = made.id(one.place, one.source)
            rows.append(
                (
                    *(finding_id, one.source, place_id, one.frame, one.path, one.offset, one.length),
                    *(one.excerpt.hex(), one.display_filter, iso(one.time)),
                )
            )
        columns = [
            "finding_id",
            "source_id",
            "place_id",
            "frame",
            "path",
            "offset",
            "length",
            "excerpt",
            "display_filter",
            "time",
        ]
        _insert(self.connection, "evidence", columns, rows)

    def write_detectors(self, detectors: Iterable[tuple[str, int, str, str]]) -> None:
        """Note name, version, question and false-alarm notes of every detector."""
        with self.transaction():
            self.connection.executemany(
                "INSERT INTO detectors (name, version, asks, false_alarms) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET version = excluded.version, asks = excluded.asks, false_alarms = excluded.false_alarms",
                list(detectors),
            )


def _contact(row: ContactRow, source_id: int, places: PlaceWriter) -> tuple[object, ...]:
    return (
        *(source_id, row.client, row.server, row.server_port, row.transport, row.server_name, row.kind, row.events),
        *(row.times, row.sizes, row.frames, row.offsets, row.lengths, row.first_bytes, row.last_bytes),
        *(places.id(row.origin, source_id) if row.origin else None, row.client_mac, iso(row.first_seen)),
    )


def _position(row: Position, source_id: int, asset: str, places: PlaceWriter, first_flow: int) -> tuple[object, ...]:
    place_id = places.id(row.evidence.place, source_id)
    return (
        *(source_id, asset, None if row.flow is None else first_flow + row.flow, row.evidence.frame, iso(row.time)),
        *(row.latitude, row.longitude, None if row.valid is None else int(row.valid), row.dialect, row.reported_id),
        *(row.method, row.direction.value, row.server, row.server_port, row.checksum, place_id, row.client),
        *(row.server_name, row.transport, Confidence(row.confidence).name.lower(), to_json(row.doubts)),
        *(to_json(row.facts), pack_evidence(row.evidence, place_id)),
    )
