"""One asset as the detectors see it: its rows read back as the values they came from."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import msgspec

from iotwatch.model import Artefact, Coverage, Evidence, Observation, Position, Stretch
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.database import Store
from iotwatch.store.rows import ContactRow, PackedEvidence, PositionRow, View, Volume, unpack_evidence
from iotwatch.store.sources import RENAMED
from iotwatch.store.table import TEXT, Table

_T = TypeVar("_T")


def read_view(store: Store, asset: str) -> View:
    """All that the detectors may look at for one asset, in an order that does not depend on who scanned first."""
    sources = store.sources.of(asset)
    observations: dict[str, list[Observation]] = {}
    positions: list[PositionRow] = []
    contacts: list[ContactRow] = []
    coverage: list[tuple[int, Coverage]] = []
    artefacts: list[tuple[int, Artefact]] = []
    stretches: list[tuple[int, Stretch]] = []
    volumes: list[Volume] = []
    for source in sources:
        store.places.load(source.id)
        for observation in observations_of(store, source.id):
            observations.setdefault(observation.kind, []).append(observation)
        positions += positions_of(store, source.id)
        contacts += contacts_of(store, source.id, whole=False)
        coverage += [(source.id, row) for row in rows_of(store, tables.COVERAGE, Coverage, source.id)]
        artefacts += [(source.id, row) for row in rows_of(store, tables.ARTEFACTS, Artefact, source.id)]
        stretches += [(source.id, row) for row in stretches_of(store, source.id)]
        volumes += _volumes_of(store, source.id)
    return View(
        asset=asset,
        sources=sources,
        observations={kind: tuple(rows) for kind, rows in observations.items()},
        positions=tuple(positions),
        contacts=tuple(contacts),
        coverage=tuple(coverage),
        artefacts=tuple(artefacts),
        scope=store.assets.scope(asset),
        case=store.assets.case(asset),
        drives=store.assets.drives(asset),
        stretches=tuple(stretches),
        volumes=tuple(volumes),
    )


def rows_of(database: Database, table: Table, made: type[_T], source_id: int) -> list[_T]:
    return list(table.read(database.connection, made, "WHERE source_id = ? ORDER BY id", (source_id,)))


def stretches_of(database: Database, source_id: int) -> list[Stretch]:
    tail = "WHERE source_id = ? ORDER BY id"
    return list(tables.STRETCHES.read(database.connection, Stretch, tail, (source_id,), **RENAMED))


def _volumes_of(database: Database, source_id: int) -> list[Volume]:
    query = """
        SELECT client, server, server_port, transport, sum(bytes_up), sum(bytes_down), source_id
        FROM flows WHERE source_id = ? GROUP BY client, server, server_port, transport
        ORDER BY client, server, server_port, transport
    """
    return [Volume(*row) for row in database.connection.execute(query, (source_id,))]


def _evidence(database: Database, source_id: int) -> tuple[str, Callable[[str], Evidence]]:
    decode = msgspec.json.Decoder(PackedEvidence).decode

    def read(text: str) -> Evidence:
        packed = decode(text)
        return unpack_evidence(packed, database.places.place(packed.place), source_id)

    return "evidence", read


def observations_of(database: Database, source_id: int) -> list[Observation]:
    tail, evidence = "WHERE source_id = ? ORDER BY id", _evidence(database, source_id)
    return list(tables.OBSERVATIONS.read(database.connection, Observation, tail, (source_id,), evidence=evidence))


def positions_of(database: Database, source_id: int) -> list[PositionRow]:
    rows = tables.POSITIONS.read(
        database.connection,
        lambda row, *told: PositionRow(row, Position(*told)),
        "WHERE source_id = ? ORDER BY id",
        (source_id,),
        fields=("id", *Position.__struct_fields__),
        flow=("flow_id", None),
        evidence=_evidence(database, source_id),
    )
    return list(rows)


def contacts_of(database: Database, source_id: int, *, whole: bool = True) -> list[ContactRow]:
    """The contacts of one source; no detector asks for the packets' lengths, so those may be left out."""
    # There may be tens of thousands of rows, with few distinct texts among them: each text is kept once.
    texts: dict[str, str] = {}

    def once(text: str) -> str:
        return texts.setdefault(text, text)

    origin = cache(lambda row: database.places.place(row) if row else None)
    rows = tables.CONTACTS.read(
        database.connection,
        ContactRow,
        "WHERE source_id = ? ORDER BY id",
        (source_id,),
        fields=ContactRow.__struct_fields__ if whole else ContactRow.__struct_fields__[:-1],
        origin=("origin_place", origin),
        source=("source_id", None),
        **{name: (name, once) for name, kind in tables.CONTACTS.columns.items() if kind == TEXT},
    )
    return list(rows)
