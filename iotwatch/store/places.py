"""Places in the database: chains share their beginnings, so they are stored as a tree, one short row an operation."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from operator import attrgetter

import msgspec

from iotwatch.errors import StoreError
from iotwatch.model import Cut, Operation, Place, Step
from iotwatch.store import tables

MAX_CHAIN = 64


_encoder = msgspec.json.Encoder()
_decode: Callable[[str], Operation] = msgspec.json.Decoder(Cut | Step).decode


def _encode(operation: Operation) -> str:
    return _encoder.encode(operation).decode()


class _Row(msgspec.Struct, frozen=True):
    id: int
    source_id: int
    parent: int | None
    operation: str


class PlaceWriter:
    """Gives each distinct place of a source a row id, once; ``flush`` writes the rows.

    Ids are given here, under the write lock that the caller holds, so that all rows go in with one statement; hence one
    writer at a time. ``reuse`` finds the rows that a source has already.
    """

    def __init__(self, connection: sqlite3.Connection, *, reuse: bool = False) -> None:
        self._connection = connection
        self._reuse = reuse
        self._by_identity: dict[int, tuple[Place, int]] = {}
        self._by_value: dict[int, dict[tuple[int, str], int]] = {}
        self._rows: list[_Row] = []
        self._next = int(connection.execute("SELECT coalesce(max(id), 0) + 1 FROM places").fetchone()[0])

    def id(self, place: Place, source_id: int) -> int:
        """The row id of ``place`` of one source; the chain before it gets its rows too."""
        known = self._by_identity.get(id(place))
        if known is not None:
            return known[1]
        parent = self.id(place.parent, source_id) if place.parent is not None else 0
        operation = _encode(place.operation)
        rows = self._of(source_id)
        row = rows.get((parent, operation))
        if row is None:
            row = rows[parent, operation] = self._next
            self._next += 1
            self._rows.append(_Row(row, source_id, parent or None, operation))
        self._by_identity[id(place)] = (place, row)
        return row

    def _of(self, source_id: int) -> dict[tuple[int, str], int]:
        if source_id not in self._by_value:
            found: dict[tuple[int, str], int] = {}
            if self._reuse:
                query = "SELECT id, coalesce(parent, 0), operation FROM places WHERE source_id = ?"
                found = {(parent, text): row for row, parent, text in self._connection.execute(query, (source_id,))}
            self._by_value[source_id] = found
        return self._by_value[source_id]

    def flush(self) -> None:
        """Write the rows that are new."""
        tables.PLACES.insert(self._connection, self._rows, id=attrgetter("id"))
        self._rows.clear()


class PlaceReader:
    """Reads places back; rows that share a beginning share the value."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._known: dict[int, Place] = {}
        # By identity, with the place itself: a place that is let go leaves its identity to the next one that is made.
        self._rows: dict[int, tuple[Place, int]] = {}

    def known_id(self, place: Place) -> int | None:
        """The row id of a place that came from here, ``None`` for one that was made since."""
        known = self._rows.get(id(place))
        return None if known is None else known[1]

    def _keep(self, row: int, place: Place) -> None:
        self._known[row] = place
        self._rows[id(place)] = (place, row)

    def load(self, source_id: int) -> None:
        """Read all places of one source in one query."""
        query = "SELECT id, parent, operation FROM places WHERE source_id = ? ORDER BY id"
        for row, parent, operation in self._connection.execute(query, (source_id,)):
            self._keep(row, Place(_decode(operation), self._known[parent] if parent else None))

    def place(self, row: int) -> Place:
        """The place of one row id; ``StoreError`` when there is none."""
        if row in self._known:
            return self._known[row]
        chain: list[tuple[int, str]] = []
        here: int | None = row
        while here and here not in self._known:
            found = self._connection.execute("SELECT parent, operation FROM places WHERE id = ?", (here,)).fetchone()
            if found is None or len(chain) > MAX_CHAIN:
                raise StoreError(f"the database has no place {here}")
            chain.append((here, found[1]))
            here = found[0]
        place = self._known[here] if here else None
        for identity, operation in reversed(chain):
            place = Place(_decode(operation), place)
            self._keep(identity, place)
        return self._known[row]
