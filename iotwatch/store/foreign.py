"""A database that somebody else hands in: copied, checked and migrated before a row of it is read.

The given file is never opened by SQLite, so it stays as it is whatever its schema or its write-ahead log. The copy has to
consist of our tables and plain indexes alone: no trigger, view, virtual table, generated column or index over an expression
can run a thing. What the rows say is checked where they are read (``iotwatch.store.merging``).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from iotwatch.errors import StoreError
from iotwatch.files.scratch import scratch
from iotwatch.store import schema
from iotwatch.store.database import Store

_MAGIC = b"SQLite format 3\0"
# No row of ours comes near; SQLite's own default is four times as much.
_LONGEST_VALUE = 256 << 20
_NO_TRUST = ("PRAGMA trusted_schema = OFF", "PRAGMA cell_size_check = ON", "PRAGMA query_only = ON")
_OWN = frozenset({"sources", "assets", "runs", schema.RECORD})
# What SQLite makes for itself.
_OF_SQLITE = frozenset({"sqlite_stat1", "sqlite_stat4", "sqlite_sequence"})


@contextmanager
def opened(path: Path) -> Iterator[Store]:
    """A private copy of the database ``path`` at today's schema; ``StoreError`` when it is not ours or damaged."""
    with scratch() as folder:
        copy = folder / "copy.db"
        try:
            _copy(path, copy)
            with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
                _check(connection, path)
        except OSError as error:
            raise StoreError(f"cannot read the database {path}: {error.strerror}") from error
        except sqlite3.Error as error:
            raise StoreError(f"the database {path} is damaged: {error}") from error
        with Store(copy, create=False) as store:
            store.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
            yield store


def _copy(path: Path, copy: Path) -> None:
    """The file and what its last writer left in the write-ahead log, where nobody else can read them."""
    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            raise StoreError(f"{path} is no SQLite database")
    for suffix in ("", "-wal"):
        given, made = path.with_name(path.name + suffix), copy.with_name(copy.name + suffix)
        if given.is_file():
            shutil.copyfile(given, made)
            made.chmod(0o600)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    for pragma in _NO_TRUST:
        connection.execute(pragma)
    if path.stat().st_size % connection.execute("PRAGMA page_size").fetchone()[0]:
        raise StoreError(f"the database {path} is damaged: it ends in the middle of a page")
    found = connection.execute("SELECT type, name, rootpage FROM sqlite_schema").fetchall()
    tables = {name for kind, name, _ in found if kind == "table"}
    if not tables >= _OWN:
        raise StoreError(f"{path} is no database of iotwatch")
    ours, migrations = _today()
    for kind, name, page in found:
        # Views, triggers and virtual tables have no page of their own.
        made = kind == "index" or (kind == "table" and name in ours.keys() | _OF_SQLITE)
        if not made or not page:
            raise StoreError(f"the database {path} has a {kind} {name!r} that iotwatch did not make")
    for name in sorted(tables & ours.keys()):
        _check_table(connection, path, name, ours[name])
    applied = connection.execute(f"SELECT migration_set, name FROM {schema.RECORD}")  # noqa: S608  the name is ours
    if not set(applied) <= migrations:
        raise StoreError(f"the database {path} was made by a newer iotwatch")
    if (state := connection.execute("PRAGMA quick_check(1)").fetchone()[0]) != "ok":
        raise StoreError(f"the database {path} is damaged: {state}")


def _check_table(connection: sqlite3.Connection, path: Path, name: str, columns: frozenset[str]) -> None:
    for _, column, *_, hidden in connection.execute(f'PRAGMA table_xinfo("{name}")'):
        if hidden or column not in columns:
            raise StoreError(f"the database {path} has a column {name}.{column} that iotwatch did not make")
    for _, index, *_, partial in connection.execute(f'PRAGMA index_list("{name}")').fetchall():
        quoted = index.replace('"', '""')
        cells = connection.execute(f'PRAGMA index_xinfo("{quoted}")').fetchall()
        # -1 is the row id that ends every index; -2 is an expression.
        if partial or any(number < -1 for _, number, *_ in cells):
            raise StoreError(f"the database {path} has an index {index!r} that iotwatch did not make")


@cache
def _today() -> tuple[dict[str, frozenset[str]], frozenset[tuple[str, str]]]:
    """The columns of every table of today's schema, and the migrations that make it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        schema.migrate(connection)
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        columns = {
            name: frozenset(row[1] for row in connection.execute(f'PRAGMA table_info("{name}")')) for name in names
        }
        applied = connection.execute(f"SELECT migration_set, name FROM {schema.RECORD}").fetchall()  # noqa: S608
    return columns, frozenset(applied)
