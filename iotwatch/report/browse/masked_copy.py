"""A copy of the database in which what ``--unmask`` would show is not there any more.

Every cell goes through the same masking as reports do. What is looked at in the copy cannot be undone by a query, since
neither the numbers nor the bytes of packets are in its file.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from typing import Any

from iotwatch.errors import StoreError
from iotwatch.report.masking import DEGREES, mask
from iotwatch.store.queries import listed

# Bytes of packets and files, as hex or as they are, and the way that the car went.
_RAW = frozenset({"excerpt", "first_bytes", "last_bytes", "drives"})


def write_masked_copy(database: Path, target: Path) -> None:
    """Copy ``database`` to the new file ``target`` of mode 0600, masked; ``StoreError`` when SQLite refuses."""
    try:
        # Private before a byte is in it.
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with closing(sqlite3.connect(database)) as source:
            source.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            _mask_all(copy)
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"cannot make a masked copy of {database}: {error}") from error


def _mask_all(copy: sqlite3.Connection) -> None:
    copy.execute("PRAGMA journal_mode = MEMORY")
    copy.create_function("masked", 2, _cell, deterministic=True)
    masked: dict[str, list[str]] = defaultdict(list)
    for row in listed.columns(copy):
        # Numbers of rows, frames and ports are no secret; degrees are, and so are texts and bytes.
        if row["type"] in ("TEXT", "BLOB") or row["name"] in DEGREES:
            masked[row["table"]].append(row["name"])
    for table, columns in masked.items():
        made = ", ".join(f"{_quoted(name)} = masked('{_key(table, name)}', {_quoted(name)})" for name in columns)
        copy.execute(f"UPDATE {_quoted(table)} SET {made}")  # noqa: S608
    # What was overwritten still stands in free pages until the file is written anew.
    copy.execute("VACUUM")


def _key(table: str, column: str) -> str:
    """What masking knows the column by: an asset's name is the people's own word for the car."""
    return "asset" if (table, column) == ("assets", "name") else column


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _cell(column: str, value: Any) -> Any:
    if column in _RAW:
        return "masked" if isinstance(value, str) else b""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            held = json.loads(value)
        except ValueError:
            return mask(value, column)
        return json.dumps(mask(held, column), ensure_ascii=False)
    return mask(value, column)
