"""Opening, locking and writing the database.

Files are made 0600 before SQLite sees them. Every write is a ``BEGIN IMMEDIATE`` with a long busy timeout: plain BEGIN
lets two writers read first and then lose one of them.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from iotwatch.errors import StoreError
from iotwatch.store import schema
from iotwatch.store.places import PlaceReader
from iotwatch.store.removing import Removing

_BUSY_SECONDS = 60.0


class Store(Removing):
    """One open database. Use as a context manager; ``StoreError`` for whatever SQLite refuses."""

    def __init__(self, path: Path | str, *, create: bool = True) -> None:
        self.path = Path(path)
        if not create and not self.path.is_file():
            raise StoreError(f"there is no database {self.path}; run `iotwatch scan` first")
        try:
            if not self.path.exists():
                os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            self.connection = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"cannot use the database {self.path}: {error}") from error
        try:
            self._prepare()
        except sqlite3.Error as error:
            self.connection.close()
            raise StoreError(f"cannot use the database {self.path}: {error}") from error
        self.places = PlaceReader(self.connection)

    def _prepare(self) -> None:
        self.connection.execute(f"PRAGMA busy_timeout = {int(_BUSY_SECONDS * 1000)}")
        self._enable_wal()
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute("PRAGMA trusted_schema = OFF")
        if schema.pending(self.connection):
            with self.transaction():
                schema.migrate(self.connection)

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

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
