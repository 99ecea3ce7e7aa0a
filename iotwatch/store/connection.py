"""One open database: the file, its locks and its transactions, which are stored whole or not at all.

Files are made 0600 before SQLite sees them. Every write is a ``BEGIN IMMEDIATE`` with a long busy timeout: plain BEGIN
lets two writers read first and then lose one of them.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

from iotwatch.errors import NotStored, StoreError
from iotwatch.store import schema
from iotwatch.store.places import PlaceReader
from iotwatch.store.query import Row, rows

_BUSY_SECONDS = 60.0
# SQLite's primary result codes (sqlite.org/rescode.html) that speak of the file, its disk or its lock, not of a statement.
_OF_THE_FILE = frozenset(
    {
        *(
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_IOERR,
        ),
        *(sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB),
    }
)


def _is_writable(path: Path) -> bool:
    """Whether the file can be changed, and journals made beside it."""
    return os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK)


class Database:
    """A connection in autocommit mode, and the places read through it. Use as a context manager.

    A database that is there and cannot be written, or in whose folder nothing can be, is read as it stands.
    """

    def __init__(self, path: Path | str, *, create: bool = True) -> None:
        self.path = Path(path)
        if not create and not self.path.is_file():
            raise NotStored(f"there is no database {self.path}; run `iotwatch scan` first")
        self._reading = not create and not _is_writable(self.path)
        try:
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.connection = sqlite3.connect(
                f"file:{quote(os.fsencode(self.path.absolute()))}?mode={'ro&immutable=1' if self._reading else 'rw'}",
                uri=True,
                timeout=_BUSY_SECONDS,
                isolation_level=None,
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot use the database {self.path}: {error}") from error
        try:
            self._prepare()
        except (sqlite3.Error, StoreError) as error:
            self.connection.close()
            raise StoreError(f"cannot use the database {self.path}: {error}") from error
        self.places = PlaceReader(self.connection)

    def _prepare(self) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
        if self._reading:
            self._check_reading()
        else:
            self._enable_wal()
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA trusted_schema = OFF")
        if schema.pending(self.connection):
            if self._reading:
                raise StoreError("it is of an older version and cannot be written here: copy it to where it can")
            with self.transaction():
                schema.migrate(self.connection)

    def _check_reading(self) -> None:
        """SQLite is told that nothing changes a database that cannot be written, so that it looks for no journal beside it."""
        journal = self.path.with_name(self.path.name + "-wal")
        if journal.exists() and journal.stat().st_size:
            raise StoreError(
                f"its last changes stand in {journal.name} and it cannot be written: copy both to where it can"
            )

    def _enable_wal(self) -> None:
        # The switch to WAL ignores the busy timeout while another process makes the same switch.
        for attempt in range(200):
            try:
                if self.connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] == "wal":
                    return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or attempt == 199:
                    raise
            time.sleep(0.05)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A write transaction: all of it is stored, or nothing. Nested use joins the outer one.

        ``StoreError`` where the disk is full, the file refuses or somebody else holds the lock for too long.
        """
        if self.connection.in_transaction:
            yield
            return
        try:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            finally:
                self._roll_back()
        except sqlite3.DatabaseError as error:
            if getattr(error, "sqlite_errorcode", 0) & 0xFF in _OF_THE_FILE:
                raise StoreError(f"cannot write the database {self.path}: {error}") from error
            raise

    def _roll_back(self) -> None:
        """Take back what is not stored; some SQLite takes back by itself, when the disk is full."""
        if self.connection.in_transaction:
            self.connection.execute("ROLLBACK")

    @contextmanager
    def part(self) -> Iterator[None]:
        """A part of a transaction that can fail alone: then nothing of it is stored, and the rest may go on."""
        self.connection.execute("SAVEPOINT part")
        whole = False
        try:
            yield
            whole = True
        finally:
            if self.connection.in_transaction:
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

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """Rows of a read-only query as dictionaries."""
        return rows(self.connection, sql, parameters)

    def data_version(self) -> int:
        """A number that differs from the last one when another connection has written in between."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def next_id(self, table: str) -> int:
        """The row id that ``table`` gives next; the caller holds the write lock."""
        return int(self.connection.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table}").fetchone()[0])  # noqa: S608
