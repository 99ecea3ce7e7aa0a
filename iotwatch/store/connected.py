"""What all halves of the store stand on: one connection, and transactions that are stored whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from iotwatch.store.places import PlaceReader


class Connected:
    """One open connection in autocommit mode, and the places read through it."""

    connection: sqlite3.Connection
    places: PlaceReader

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction: all of it is stored, or nothing. Nested use joins the outer one."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A read transaction: everything read in it stood in the database at one moment. Others may write meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert ``rows`` in one statement; the names of table and columns are ours."""
        marks = ", ".join("?" * len(columns))
        names = ", ".join(f'"{column}"' for column in columns)
        self.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
