"""Reading: what is known already, one asset's view for the detectors, and plain rows for reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
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

_SOURCE_COLUMNS = (
    "id, sha256, path, asset, vantage, kind, format, bytes, status, packets, link_types, first_seen, last_seen,"
    " complete, damage, seconds, options_hash, version, signatures_version, reason"
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

    def asset_names(self) -> list[str]:
        return [name for (name,) in self.connection.execute("SELECT name FROM assets ORDER BY name")]

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
            contacts += self._contacts(source.id)
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
        row = msgspec.json.decode(text)
        return Evidence(
            place=self.places.place(row["place"]),
            excerpt=bytes.fromhex(row["excerpt"]),
            length=row["length"],
            frame=row["frame"],
            time=row["time"],
            path=row["path"],
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
        rows = self.query("SELECT * FROM positions WHERE source_id = ? ORDER BY id", (source_id,))
        return [
            PositionRow(
                row["id"],
                Position(
                    latitude=row["latitude"],
                    longitude=row["longitude"],
                    direction=Direction(row["direction"]),
                    dialect=row["dialect"],
                    method=row["method"],
                    evidence=self._evidence(source_id, row["evidence"]),
                    confidence=Confidence[row["confidence"].upper()],
                    time=microseconds(row["time"]),
                    valid=None if row["valid"] is None else bool(row["valid"]),
                    reported_id=row["reported_id"],
                    checksum=row["checksum"],
                    flow=row["flow_id"],
                    client=row["client"],
                    server=row["server"],
                    server_port=row["server_port"],
                    server_name=row["server_name"],
                    transport=row["transport"],
                    doubts=tuple(json.loads(row["doubts"])),
                    facts=json.loads(row["facts"]),
                ),
            )
            for row in rows
        ]

    def _contacts(self, source_id: int) -> list[ContactRow]:
        query = f"SELECT {', '.join(_CONTACT_COLUMNS)}, origin_place, first_seen FROM contacts WHERE source_id = ? ORDER BY id"  # noqa: S608
        rows = []
        origins: dict[int | None, Place | None] = {None: None}
        for row in self.connection.execute(query, (source_id,)):
            origin = row[-2]
            if origin not in origins:
                origins[origin] = self.places.place(origin)
            # By position, in the order of _CONTACT_COLUMNS: there may be tens of thousands of rows.
            values: tuple[Any, ...] = (*row[:-2], origins[origin], source_id, microseconds(row[-1]))
            rows.append(ContactRow(*values))
        return rows


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
    )
