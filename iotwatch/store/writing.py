"""Writing: a source's analysis whole in one go, and an asset's judgement in place of the old one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, count

from iotwatch.files.case import Case
from iotwatch.model import Observation, Position
from iotwatch.store import tables
from iotwatch.store.judging import Judging
from iotwatch.store.packing import clock, now, to_json
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import Analysis, PackedEvidence, pack_evidence


class Writing(Judging):
    """The write half of ``Store``."""

    def start_run(self, version: str, signatures_version: str, arguments: str) -> int:
        """Note that a run began; gives its row id."""
        with self.transaction():
            values = {"version": version, "signatures_version": signatures_version, "arguments": arguments}
            return tables.RUNS.add(self.connection, started=clock(), **values)

    def finish_run(self, run_id: int) -> None:
        with self.transaction():
            self.connection.execute("UPDATE runs SET finished = ? WHERE id = ?", (now(), run_id))

    def write_source(self, analysis: Analysis, run_id: int) -> int:
        """Store all that one source gave and mark its asset as not judged; an older analysis of it is replaced."""
        source = analysis.source
        with self.transaction():
            self._remove_source(source.sha256, source.asset, source.path)
            source_id = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM sources").fetchone()[0])
            times = {"first_seen": source.first, "last_seen": source.last}
            tables.SOURCES.insert(self.connection, [source], id=source_id, run_id=run_id, **times)
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
            for table in tables.OF_SOURCE:
                self.connection.execute(f"DELETE FROM {table.name} WHERE source_id = ?", (old,))  # noqa: S608
            self.connection.execute("DELETE FROM sources WHERE id = ?", (old,))

    def _write_rows(self, analysis: Analysis, source_id: int) -> None:
        places, link = PlaceWriter(self.connection), self.connection

        def place_of(row: Position | Observation) -> int:
            return places.id(row.evidence.place, source_id)

        def packed(row: Position | Observation) -> PackedEvidence:
            return pack_evidence(row.evidence, place_of(row))

        first_flow = int(link.execute("SELECT coalesce(max(id), 0) + 1 FROM flows").fetchone()[0])
        numbers = count(first_flow)
        tables.FLOWS.insert(link, analysis.flows, id=lambda _: next(numbers), source_id=source_id)
        tables.CONTACTS.insert(
            link,
            chain.from_iterable(analysis.contacts),
            source_id=source_id,
            origin_place=lambda row: places.id(row.origin, source_id) if row.origin else None,
        )
        tables.POSITIONS.insert(
            link,
            analysis.positions,
            source_id=source_id,
            asset=analysis.source.asset,
            flow_id=lambda row: None if row.flow is None else first_flow + row.flow,
            frame=lambda row: row.evidence.frame,
            place_id=place_of,
            evidence=packed,
        )
        tables.OBSERVATIONS.insert(link, analysis.observations, source_id=source_id, evidence=packed)
        tables.ARTEFACTS.insert(link, analysis.artefacts, source_id=source_id)
        tables.COVERAGE.insert(link, analysis.coverage, source_id=source_id)
        places.flush()

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
