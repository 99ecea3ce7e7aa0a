"""A question to the database: its SQL, the types of its parameters, and its rows as dictionaries."""

from __future__ import annotations

import json
from collections.abc import Sequence
from sqlite3 import Connection
from typing import Any, Generic, TypeVarTuple

from iotwatch.words.doubts import doubts_stored

Row = dict[str, Any]
_Types = TypeVarTuple("_Types")
_JSON_COLUMNS = ("verdict_findings", "reasons", "doubts", "facts", "aliases", "damage", "link_types")


class Query(Generic[*_Types]):
    """SQL with a mark for each parameter in turn; called with a connection and these it gives the rows.

    ``decoded`` rows have their JSON columns as values.
    """

    def __init__(self, sql: str, *, decoded: bool = False) -> None:
        self.sql = sql
        self.decoded = decoded

    def __call__(self, link: Connection, *parameters: *_Types) -> list[Row]:
        found = rows(link, self.sql, parameters)
        return [decoded(row) for row in found] if self.decoded else found


def rows(link: Connection, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
    """Rows of a read-only query."""
    cursor = link.execute(sql, tuple(parameters))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def decoded(row: Row) -> Row:
    """The row with its JSON columns as values, doubts as their sentences."""
    for name in _JSON_COLUMNS:
        if isinstance(row.get(name), str):
            row[name] = json.loads(row[name] or "null")
    if row.get("doubts"):
        row["doubts"] = [doubt.text for doubt in doubts_stored(row["doubts"])]
    return row
