"""What all halves of the store stand on: one connection, and transactions that are stored whole or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
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
        whole = False
        try:
            yield
            whole = True
        finally:
            self.connection.execute("COMMIT" if whole else "ROLLBACK")

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction that can fail alone: then nothing of it is stored, and the rest may go on."""
        self.connection.execute("SAVEPOINT part")
        whole = False
        try:
            yield
            whole = True
        finally:
            if not whole:
                self.connection.execute("ROLLBACK TO part")
            self.connection.execute("RELEASE part")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """A read transaction: everything read in it stood in the database at one moment. Others may write meanwhile."""
        self.connection.execute("BEGIN")
        try:
            yield
        finally:
            self.connection.execute("ROLLBACK")
