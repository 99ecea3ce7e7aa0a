"""SQLite databases (https://www.sqlite.org/fileformat2.html): every table is a file of JSON lines, one a row.

Head units keep journeys, and what waits to be sent, in such tables. The bytes are opened in memory: no file, no journal, no
extension, no function, no view or virtual table of a stranger's schema. What a log beside the database holds, ``logged`` puts in.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from functools import partial

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path

MAGIC = b"SQLite format 3\0"
# Bytes 18 and 19 of the header say that a write-ahead log is used; without one such a database cannot be opened in memory.
_VERSIONS = slice(18, 20)
_NO_LOG = b"\1\1"
_LONGEST_VALUE = 1 << 20
_LONGEST_STATEMENT = 1 << 16
_MOST_COLUMNS = 256
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ})
_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: _LONGEST_VALUE,
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: _LONGEST_STATEMENT,
    sqlite3.SQLITE_LIMIT_COLUMN: _MOST_COLUMNS,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 20,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
}


def claims(data: bytes) -> bool:
    return data.startswith(MAGIC)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    database = _opened(data)
    tables = database.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0 AND name NOT GLOB 'sqlite_*' ORDER BY rowid"
    ).fetchall()
    for (name,) in tables:
        path = budget.unique(safe_path(name)) + ".jsonl"
        yield Entry(path, (Step("sqlite", path),), load=partial(_rows, database, name, budget))


def _opened(data: bytes) -> sqlite3.Connection:
    database = sqlite3.connect(":memory:", isolation_level=None)
    for limit, most in _LIMITS.items():
        database.setlimit(limit, most)
    if data[_VERSIONS] != _NO_LOG:
        data = data[: _VERSIONS.start] + _NO_LOG + data[_VERSIONS.stop :]
    database.deserialize(data)
    database.execute("PRAGMA query_only = ON")
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA cell_size_check = ON")
    database.text_factory = partial(str, encoding="utf-8", errors="replace")
    database.set_authorizer(_authorized)
    return database


def _authorized(action: int, *names: object) -> int:
    """Rows are read and nothing else; ``GLOB`` is the one function that our own question needs."""
    allowed = action in _ALLOWED or (action == sqlite3.SQLITE_FUNCTION and names[1] == "glob")
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def _rows(database: sqlite3.Connection, table: str, budget: Budget) -> bytes:
    """A table as JSON lines; a BLOB stands as hex. ``LimitReached`` where it is larger than what may come out."""
    quoted = '"' + table.replace('"', '""') + '"'
    cursor = database.execute(f"SELECT * FROM {quoted}")  # noqa: S608  a quoted name of the database's own schema
    names = [str(column[0]) for column in cursor.description]
    if len(set(names)) != len(names):
        raise UnpackError("two columns have one name")
    lines, size = list[bytes](), 0
    for row in cursor:
        line = json.dumps(dict(zip(names, map(_value, row), strict=True)), ensure_ascii=False).encode(
            "utf-8", "replace"
        )
        size += len(line) + 1
        budget.room(size)
        lines.append(line)
    return b"\n".join(lines) + b"\n" * bool(lines)


def _value(value: object) -> object:
    return value.hex() if isinstance(value, bytes) else value


READER = Reader("sqlite", claims, entries, broken=lambda: (sqlite3.Error,), step=True)
