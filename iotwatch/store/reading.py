"""Reading: what is known already, one asset's view for the detectors, and plain rows for reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

import msgspec

from iotwatch.files.case import Case
from iotwatch.model import Artefact, Confidence, Coverage, Evidence, Observation, Position, Severity
from iotwatch.store import tables
from iotwatch.store.connected import Connected
from iotwatch.store.packing import microseconds
from iotwatch.store.rows import ContactRow, PackedEvidence, PositionRow, SourceRow, View, unpack_evidence
from iotwatch.store.table import TEXT, Table

_T = TypeVar("_T")
# The columns of a source that have other names as fields.
_SOURCE: dict[str, Any] = {"first": ("first_seen", microseconds), "last": ("last_seen", microseconds)}


class Reading(Connected):
    """The read half of ``Store``."""

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[dict[str, Any]]:
        """Rows of a read-only query as dictionaries."""
        cursor = self.connection.execute(sql, tuple(parameters))
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def known(self, source: SourceRow) -> bool:
        """Whether the same bytes were analysed for the same asset by the same version with the same options."""
        found = self.connection.execute(
            "SELECT 1 FROM sources WHERE sha256 = ? AND asset = ? AND version = ? AND signatures_version = ?"
            " AND options_hash = ? AND status != 'unreadable'",
            (source.sha256, source.asset, source.version, source.signatures_version, source.options_hash),
        ).fetchone()
        return found is not None

    def source_sizes(self) -> frozenset[int]:
        """The sizes of all stored sources: a file of another size cannot be known."""
        return frozenset(size for (size,) in self.connection.execute("SELECT DISTINCT bytes FROM sources"))

    def unjudged(self) -> list[str]:
        """Names of the assets whose sources changed since they were judged."""
        return [
            name for (name,) in self.connection.execute("SELECT name FROM assets WHERE judged_at IS NULL ORDER BY name")
        ]

    def state(self, asset: str) -> tuple[object, ...]:
        """What a judgement of ``asset`` rests on, to see whether it changed: its sources, scope, case and all decisions."""
        sources = "SELECT id, run_id, sha256 FROM sources WHERE asset = ? ORDER BY id"
        known = "SELECT scope, case_file FROM assets WHERE name = ?"
        decisions = "SELECT count(*), max(id), max(removed) FROM decisions"
        rows = (*self.connection.execute(sources, (asset,)), *self.connection.execute(known, (asset,)))
        return (*rows, *self.connection.execute(decisions))

    def asset_names(self) -> list[str]:
        return [name for (name,) in self.connection.execute("SELECT name FROM assets ORDER BY name")]

    def far_ends(self) -> Iterator[tuple[str, str, str]]:
        """(asset, name, address) of whom the assets reached, each once, asset by asset; a look-up gives a name alone."""
        yield from self.connection.execute(
            "SELECT DISTINCT asset, server_name, CASE contacts.kind WHEN 'dns' THEN '' ELSE server END"
            " FROM sources JOIN contacts ON source_id = sources.id ORDER BY asset"
        )

    def facts(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(asset, facts) of all stored findings of one kind."""
        for asset, text in self.connection.execute("SELECT asset, facts FROM findings WHERE kind = ?", (kind,)):
            yield asset, msgspec.json.decode(text)

    def data_version(self) -> int:
        """A number that differs from the last one when another connection has written in between."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def images_of_other_signatures(self, version: str) -> list[str]:
        """Paths of images and logs whose bytes were searched with other signatures than ``version``."""
        rows = self.connection.execute(
            "SELECT path FROM sources WHERE kind IN ('firmware', 'log') AND status IN ('ok', 'partial')"
            " AND signatures_version != ? ORDER BY path",
            (version,),
        )
        return [path for (path,) in rows]

    def levels(self, assets: Sequence[str]) -> list[tuple[Severity, Confidence]]:
        """Severity and confidence of every stored finding of ``assets``."""
        wanted = frozenset(assets)
        rows = self.connection.execute("SELECT asset, severity, confidence FROM findings")
        return [
            (Severity[severity.upper()], Confidence[confidence.upper()])
            for asset, severity, confidence in rows
            if asset in wanted
        ]

    def scope(self, asset: str) -> tuple[str, ...]:
        row = self.connection.execute("SELECT scope FROM assets WHERE name = ?", (asset,)).fetchone()
        return tuple(json.loads(row[0])) if row and row[0] else ()

    def case(self, asset: str) -> Case | None:
        """What the people know about the sweep of ``asset``, if they said."""
        row = self.connection.execute("SELECT case_file FROM assets WHERE name = ?", (asset,)).fetchone()
        return msgspec.json.decode(row[0], type=Case) if row and row[0] else None

    def verdict(self, asset: str) -> str:
        """The verdict's word that is stored for ``asset``, empty before the first judgement."""
        row = self.connection.execute("SELECT verdict FROM assets WHERE name = ?", (asset,)).fetchone()
        return (row[0] or "") if row else ""

    def sources(self, asset: str) -> tuple[SourceRow, ...]:
        tail = "WHERE asset = ? AND status != 'skipped' ORDER BY sha256, path"
        return tuple(tables.SOURCES.read(self.connection, SourceRow, tail, (asset,), **_SOURCE))

    def every_source(self) -> tuple[SourceRow, ...]:
        """All rows of ``sources``, those of no evidence among them, in the order stored."""
        return tuple(tables.SOURCES.read(self.connection, SourceRow, "ORDER BY id", **_SOURCE))

    def view(self, asset: str) -> View:
        """All that the detectors may look at for one asset, in an order that does not depend on who scanned first."""
        sources = self.sources(asset)
        observations: dict[str, list[Observation]] = {}
        positions: list[PositionRow] = []
        contacts: list[ContactRow] = []
        coverage: list[tuple[int, Coverage]] = []
        artefacts: list[tuple[int, Artefact]] = []
        for source in sources:
            self.places.load(source.id)
            for observation in self._observations(source.id):
                observations.setdefault(observation.kind, []).append(observation)
            positions += self._positions(source.id)
            contacts += self._contacts(source.id, whole=False)
            coverage += [(source.id, row) for row in self._rows_of(tables.COVERAGE, Coverage, source.id)]
            artefacts += [(source.id, row) for row in self._rows_of(tables.ARTEFACTS, Artefact, source.id)]
        return View(
            asset=asset,
            sources=sources,
            observations={kind: tuple(rows) for kind, rows in observations.items()},
            positions=tuple(positions),
            contacts=tuple(contacts),
            coverage=tuple(coverage),
            artefacts=tuple(artefacts),
            scope=self.scope(asset),
            case=self.case(asset),
        )

    def _rows_of(self, table: Table, made: type[_T], source_id: int) -> list[_T]:
        return list(table.read(self.connection, made, "WHERE source_id = ? ORDER BY id", (source_id,)))

    def _evidence(self, source_id: int) -> tuple[str, Callable[[str], Evidence]]:
        decode = msgspec.json.Decoder(PackedEvidence).decode

        def read(text: str) -> Evidence:
            packed = decode(text)
            return unpack_evidence(packed, self.places.place(packed.place), source_id)

        return "evidence", read

    def _observations(self, source_id: int) -> list[Observation]:
        tail, evidence = "WHERE source_id = ? ORDER BY id", self._evidence(source_id)
        return list(tables.OBSERVATIONS.read(self.connection, Observation, tail, (source_id,), evidence=evidence))

    def _positions(self, source_id: int) -> list[PositionRow]:
        rows = tables.POSITIONS.read(
            self.connection,
            lambda row, *told: PositionRow(row, Position(*told)),
            "WHERE source_id = ? ORDER BY id",
            (source_id,),
            fields=("id", *Position.__struct_fields__),
            flow=("flow_id", None),
            evidence=self._evidence(source_id),
        )
        return list(rows)

    def _contacts(self, source_id: int, *, whole: bool = True) -> list[ContactRow]:
        """The contacts of one source; no detector asks for the packets' lengths, so those may be left out."""
        # There may be tens of thousands of rows, with few distinct texts among them: each text is kept once.
        texts: dict[str, str] = {}

        def once(text: str) -> str:
            return texts.setdefault(text, text)

        origin = cache(lambda row: self.places.place(row) if row else None)
        rows = tables.CONTACTS.read(
            self.connection,
            ContactRow,
            "WHERE source_id = ? ORDER BY id",
            (source_id,),
            fields=ContactRow.__struct_fields__ if whole else ContactRow.__struct_fields__[:-1],
            origin=("origin_place", origin),
            source=("source_id", None),
            **{name: (name, once) for name, kind in tables.CONTACTS.columns.items() if kind == TEXT},
        )
        return list(rows)
