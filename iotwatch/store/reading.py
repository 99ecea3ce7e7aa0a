"""Reading: what is known already, one asset's view for the detectors, and plain rows for reports."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.model import (
    Artefact,
    Case,
    Confidence,
    Coverage,
    Damage,
    Direction,
    Evidence,
    Observation,
    Place,
    Position,
    Severity,
)
from iotwatch.store.connected import Connected
from iotwatch.store.rows import ContactRow, PositionRow, SourceRow, View, microseconds
from iotwatch.words.trouble import Trouble

_SOURCE_COLUMNS = (
    "id, sha256, path, asset, vantage, kind, format, bytes, status, packets, link_types, first_seen, last_seen,"
    " complete, damage, seconds, options_hash, version, signatures_version, reason, trouble"
)


_CONTACT_COLUMNS = (
    *(
        "client",
        "server",
        "server_port",
        "transport",
        "kind",
        "events",
        "times",
        "sizes",
        "frames",
        "offsets",
        "lengths",
    ),
    *("first_bytes", "last_bytes", "server_name", "client_mac"),
)

_POSITION_COLUMNS = (
    *("latitude", "longitude", "direction", "dialect", "method", "confidence", "time", "valid", "doubts", "facts"),
    *("reported_id", "checksum", "flow_id", "client", "server", "server_port", "server_name", "transport"),
)
_DIRECTIONS = {one.value: one for one in Direction}
_CONFIDENCES = {one.name.lower(): one for one in Confidence}


class _StoredEvidence(msgspec.Struct):
    """Evidence as ``pack_evidence`` writes it."""

    place: int
    excerpt: str
    length: int
    frame: int | None
    time: int | None
    path: str


_EVIDENCE = msgspec.json.Decoder(_StoredEvidence)


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
        query = f"SELECT {_SOURCE_COLUMNS} FROM sources WHERE asset = ? AND status != 'skipped' ORDER BY sha256, path"  # noqa: S608
        return tuple(_source(row) for row in self.connection.execute(query, (asset,)))

    def every_source(self) -> tuple[SourceRow, ...]:
        """All rows of ``sources``, those of no evidence among them, in the order stored."""
        rows = self.connection.execute(f"SELECT {_SOURCE_COLUMNS} FROM sources ORDER BY id")  # noqa: S608
        return tuple(_source(row) for row in rows)

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
            query = "SELECT measure, value, note FROM coverage WHERE source_id = ? ORDER BY id"
            coverage += [(source.id, Coverage(*row)) for row in self.connection.execute(query, (source.id,))]
            query = "SELECT path, size, type, status, sha256, note FROM artefacts WHERE source_id = ? ORDER BY id"
            artefacts += [(source.id, Artefact(*row)) for row in self.connection.execute(query, (source.id,))]
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

    def _evidence(self, source_id: int, text: str) -> Evidence:
        row = _EVIDENCE.decode(text)
        return Evidence(
            place=self.places.place(row.place),
            excerpt=bytes.fromhex(row.excerpt),
            length=row.length,
            frame=row.frame,
            time=row.time,
            path=row.path,
            source=source_id,
        )

    def _observations(self, source_id: int) -> list[Observation]:
        query = "SELECT kind, subject, value, evidence, time, count, facts FROM observations WHERE source_id = ? ORDER BY id"
        return [
            Observation(
                kind,
                subject,
                value,
                self._evidence(source_id, evidence),
                microseconds(time),
                count,
                msgspec.json.decode(facts),
            )
            for kind, subject, value, evidence, time, count, facts in self.connection.execute(query, (source_id,))
        ]

    def _positions(self, source_id: int) -> list[PositionRow]:
        query = f"SELECT id, evidence, {', '.join(_POSITION_COLUMNS)} FROM positions WHERE source_id = ? ORDER BY id"  # noqa: S608
        return [
            PositionRow(row[0], _position(self._evidence(source_id, row[1]), *row[2:]))
            for row in self.connection.execute(query, (source_id,))
        ]

    def _contacts(self, source_id: int, *, whole: bool = True) -> list[ContactRow]:
        """The contacts of one source; no detector asks for the packets' lengths, so those may be left out."""
        columns = [column if whole or column != "lengths" else "x''" for column in _CONTACT_COLUMNS]
        query = f"SELECT {', '.join(columns)}, origin_place FROM contacts WHERE source_id = ? ORDER BY id"  # noqa: S608
        rows = []
        origins: dict[int | None, Place | None] = {None: None}
        # There may be tens of thousands of rows, with few distinct texts among them: each text is kept once.
        texts: dict[str, str] = {}
        one = texts.setdefault
        for row in self.connection.execute(query, (source_id,)):
            origin = row[-1]
            if origin not in origins:
                origins[origin] = self.places.place(origin)
            # By position, in the order of _CONTACT_COLUMNS.
            values: tuple[Any, ...] = tuple([one(value, value) if type(value) is str else value for value in row[:-1]])
            values += (origins[origin], source_id)
            rows.append(ContactRow(*values))
        return rows


def _position(
    evidence: Evidence,
    latitude: float | None,
    longitude: float | None,
    direction: str,
    dialect: str,
    method: str,
    confidence: str,
    time: str | None,
    valid: int | None,
    doubts: str,
    facts: str,
    *told: Any,
) -> Position:
    """A position from its row; ``told`` are the columns that stand as they are, in the order of the type's fields."""
    values: tuple[Any, ...] = (
        latitude,
        longitude,
        _DIRECTIONS[direction],
        dialect,
        method,
        evidence,
        _CONFIDENCES[confidence],
        microseconds(time),
        None if valid is None else bool(valid),
        *told,
        tuple(msgspec.json.decode(doubts)),
        msgspec.json.decode(facts),
    )
    return Position(*values)


def _source(row: tuple[Any, ...]) -> SourceRow:
    return SourceRow(
        id=row[0],
        sha256=row[1],
        path=row[2],
        asset=row[3],
        vantage=row[4],
        kind=row[5],
        format=row[6],
        bytes=row[7],
        status=row[8],
        packets=row[9],
        link_types=json.loads(row[10] or "{}"),
        first=microseconds(row[11]),
        last=microseconds(row[12]),
        complete=bool(row[13]),
        damage=tuple(msgspec.convert(json.loads(row[14] or "[]"), list[Damage])),
        seconds=row[15],
        options_hash=row[16],
        version=row[17],
        signatures_version=row[18],
        reason=row[19] or "",
        trouble=Trouble(row[20] or ""),
    )
