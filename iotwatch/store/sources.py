"""Sources: one input file each, stored whole with all that observing it gave, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, count
from operator import attrgetter
from typing import Any

from iotwatch.model import Observation, Position
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import microseconds
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import Analysis, PackedEvidence, SourceRow, pack_evidence

# The columns of a source and of a stretch that have other names as fields.
RENAMED: dict[str, Any] = {"first": ("first_seen", microseconds), "last": ("last_seen", microseconds)}


class Sources:
    """The rows of ``sources``, and of the tables that hang on them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def write(self, analysis: Analysis, run_id: int) -> int:
        """Store all that one source gave and mark its asset as not judged; an older analysis of it is replaced."""
        source = analysis.source
        with self._database.transaction():
            self._remove_older(source)
            source_id = self._database.next_id("sources")
            times = {"first_seen": source.first, "last_seen": source.last}
            tables.SOURCES.insert(self._connection, [source], id=source_id, run_id=run_id, **times)
            self._write_rows(analysis, source_id)
            if source.status != "skipped":
                self._connection.execute(
                    "INSERT INTO assets (name) VALUES (?) ON CONFLICT (name) DO UPDATE SET judged_at = NULL",
                    (source.asset,),
                )
        return source_id

    def _remove_older(self, source: SourceRow) -> None:
        query = "SELECT id FROM sources WHERE asset = ? AND (sha256 = ? AND sha256 != '' OR path = ? AND sha256 = '')"
        for (old,) in self._connection.execute(query, (source.asset, source.sha256, source.path)).fetchall():
            self.remove_rows(old)

    def _write_rows(self, analysis: Analysis, source_id: int) -> None:
        places, link = PlaceWriter(self._connection), self._connection

        def place_of(row: Position | Observation) -> int:
            return places.id(row.evidence.place, source_id)

        def packed(row: Position | Observation) -> PackedEvidence:
            return pack_evidence(row.evidence, place_of(row))

        first_flow = self._database.next_id("flows")
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
        tables.STRETCHES.insert(
            link, analysis.stretches, source_id=source_id, first_seen=attrgetter("first"), last_seen=attrgetter("last")
        )
        places.flush()

    def remove_rows(self, source: int) -> None:
        """Remove one source with all that hangs on it; its asset stays as it is."""
        for table in tables.OF_SOURCE:
            self._connection.execute(f"DELETE FROM {table.name} WHERE source_id = ?", (source,))  # noqa: S608
        self._connection.execute("DELETE FROM sources WHERE id = ?", (source,))

    def known(self, source: SourceRow) -> tuple[str, str] | None:
        """Status and reason of the same bytes, analysed for the same asset by the same version with the same options."""
        found: tuple[str, str] | None = self._connection.execute(
            "SELECT status, coalesce(reason, '') FROM sources"
            " WHERE sha256 = ? AND asset = ? AND version = ? AND signatures_version = ?"
            " AND options_hash = ? AND status != 'unreadable' AND coalesce(trouble, '') != 'no-room'",
            (source.sha256, source.asset, source.version, source.signatures_version, source.options_hash),
        ).fetchone()
        return found

    def sizes(self) -> frozenset[int]:
        """The sizes of all stored sources: a file of another size cannot be known."""
        return frozenset(size for (size,) in self._connection.execute("SELECT DISTINCT bytes FROM sources"))

    def of(self, asset: str) -> tuple[SourceRow, ...]:
        """The sources of ``asset`` that are evidence."""
        tail = "WHERE asset = ? AND status != 'skipped' ORDER BY sha256, path"
        return tuple(tables.SOURCES.read(self._connection, SourceRow, tail, (asset,), **RENAMED))

    def every(self) -> tuple[SourceRow, ...]:
        """All rows of ``sources``, those of no evidence among them, in the order stored."""
        return tuple(tables.SOURCES.read(self._connection, SourceRow, "ORDER BY id", **RENAMED))

    def at(self, path: str) -> list[tuple[int, int, str]]:
        """Row id, size and SHA-256 of the sources that were read from ``path``."""
        query = "SELECT id, bytes, sha256 FROM sources WHERE path = ? AND sha256 != '' AND bytes > 0"
        return [(int(row), int(size), str(sha256)) for row, size, sha256 in self._connection.execute(query, (path,))]

    def far_ends(self, *, changed: bool = False) -> Iterator[tuple[str, str, str]]:
        """(asset, name, address) of whom the assets reached, each once, asset by asset; a look-up gives a name alone.

        With ``changed`` those of the assets alone of which ``Assets.reached`` does not tell.
        """
        yield from self._connection.execute(
            "SELECT DISTINCT asset, server_name, CASE contacts.kind WHEN 'dns' THEN '' ELSE server END FROM assets"
            " JOIN sources ON asset = assets.name JOIN contacts ON source_id = sources.id"
            " WHERE NOT ? OR judged_at IS NULL OR reached IS NULL ORDER BY asset",
            (changed,),
        )

    def images_of_other_signatures(self, version: str) -> list[str]:
        """Paths of images and logs whose bytes were searched with other signatures than ``version``."""
        rows = self._connection.execute(
            "SELECT path FROM sources WHERE kind IN ('firmware', 'log') AND status IN ('ok', 'partial')"
            " AND signatures_version != ? ORDER BY path",
            (version,),
        )
        return [path for (path,) in rows]
