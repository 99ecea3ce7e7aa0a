"""Writing: a source's analysis whole in one go, and an asset's judgement in place of the old one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from iotwatch.model import Case, Confidence, Position
from iotwatch.store.judging import Judging
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import FLOW_COLUMNS, Analysis, ContactRow, iso, now, pack_evidence, to_json


class Writing(Judging):
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
                " reason, trouble) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
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
                    source.trouble,
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
        self.insert(
            "contacts",
            (
                *("source_id", "client", "server", "server_port", "transport", "server_name", "kind", "events"),
                *("times", "sizes", "frames", "offsets", "lengths", "first_bytes", "last_bytes", "origin_place"),
                *("client_mac", "first_seen"),
            ),
            _contacts(chain.from_iterable(analysis.contacts), source_id, places),
        )
        self.insert(
            "positions",
            (
                *("source_id", "asset", "flow_id", "frame", "time", "latitude", "longitude", "valid", "dialect"),
                *("reported_id", "method", "direction", "server", "server_port", "checksum", "place_id", "client"),
                *("server_name", "transport", "confidence", "doubts", "facts", "evidence"),
            ),
            [_position(row, source_id, analysis.source.asset, places, flow_ids) for row in analysis.positions],
        )
        self.insert(
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
        self.insert(
            "artefacts",
            ("source_id", "path", "sha256", "size", "type", "status", "note"),
            ((source_id, row.path, row.sha256, row.size, row.type, row.status, row.note) for row in analysis.artefacts),
        )
        self.insert(
            "coverage",
            ("source_id", "measure", "value", "note"),
            ((source_id, row.measure, row.value, row.note) for row in analysis.coverage),
        )
        places.flush()

    def _write_flows(self, analysis: Analysis, source_id: int) -> int:
        """Write the flows in order; gives the row id of flow 0, the others follow it."""
        first = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM flows").fetchone()[0])
        rows = ((first + index, source_id, *row) for index, row in enumerate(analysis.flows))
        self.insert("flows", ("id", "source_id", *FLOW_COLUMNS), rows)
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

    def write_detectors(self, detectors: Iterable[tuple[str, int, str, str]]) -> None:
        """Note name, version, question and false-alarm notes of every detector."""
        with self.transaction():
            self.connection.executemany(
                "INSERT INTO detectors (name, version, asks, false_alarms) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET version = excluded.version, asks = excluded.asks, false_alarms = excluded.false_alarms",
                list(detectors),
            )


def _contacts(rows: Iterable[ContactRow], source_id: int, places: PlaceWriter) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
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
