"""Cells that no writer of ours can have made: found, named, and taken out with as little as hangs on them.

Whatever stands in a database was read from hostile bytes, came from another host or lay on a failing disk. Every cell is read
by the kind that writes its column, so that one bad row is told as one bad row.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from iotwatch.errors import StoreError
from iotwatch.store import tables
from iotwatch.store.database import Store
from iotwatch.store.merging import analysis
from iotwatch.store.table import Table

TAKEN = (tables.RUNS, tables.ASSETS, tables.SOURCES, tables.DECISIONS, *tables.OF_SOURCE)
"""What ``merge`` takes from a database of another host; the rest is judged anew."""
# Rows that stand for themselves lose the cell, and the verdict is made again; of the others the row goes.
_EMPTIED = (tables.RUNS, tables.ASSETS)


class BadCell(msgspec.Struct, frozen=True):
    """One cell, by its table, row id and column, and what is wrong with it."""

    table: str
    row: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"{self.table} row {self.row}: {self.column} {self.why}"


def bad_cells(connection: sqlite3.Connection, wanted: Iterable[Table] = tables.TABLES.values()) -> Iterator[BadCell]:
    """The cells of the tables ``wanted`` that are not of their column's kind."""
    for table in wanted:
        for name, kind in table.columns.items():
            # Text comes as bytes: one cell that is no UTF-8 would end the whole query.
            value = f'CAST("{name}" AS BLOB)' if kind.sql is str else f'"{name}"'
            for row, stored, cell in connection.execute(f'SELECT id, typeof("{name}"), {value} FROM {table.name}'):  # noqa: S608
                if why := kind.fault(stored, cell):
                    yield BadCell(table.name, row, name, why)


def refuse_bad(store: Store, path: Path) -> None:
    """``StoreError`` that names the first bad cell of what ``merge`` takes from the database that was given as ``path``."""
    for cell in bad_cells(store.connection, TAKEN):
        raise StoreError(f"the database {path} is damaged: {cell}")


def bad_sources(store: Store) -> Iterator[tuple[int, str]]:
    """Row ids of the sources whose cells are right one by one and make no analysis together, and why."""
    for source in store.sources.every():
        try:
            analysis(store, source)
        except StoreError as error:
            yield source.id, str(error)


def named(store: Store) -> str:
    """The first damage of the database in a line; empty where every row is one that a writer of ours makes."""
    for cell in bad_cells(store.connection):
        return str(cell)
    return next((why for _, why in bad_sources(store)), "")


def heal(store: Store) -> tuple[int, int]:
    """Take out what is damaged: gives how many cells or rows, and how many sources went with them.

    A source with a bad row goes whole, and scanning its file brings it back; all assets are to be judged again.
    """
    with store.transaction():
        cells = list(bad_cells(store.connection))
        lost = {source for cell in cells for source in _source_of(store, cell)}
        for cell in cells:
            table = tables.TABLES[cell.table]
            if table in _EMPTIED and cell.column != "name":
                query = f'UPDATE {table.name} SET "{cell.column}" = NULL WHERE id = ?'  # noqa: S608
            else:
                query = f"DELETE FROM {table.name} WHERE id = ?"  # noqa: S608
            store.connection.execute(query, (cell.row,))
        _remove(store, lost)
        broken = {source for source, _ in bad_sources(store)}
        _remove(store, broken)
        if cells or broken:
            for name in store.assets.names():
                store.judgements.remove(name)
            store.assets.judge_again(store.assets.names())
    return len(cells) + len(broken), len(lost | broken)


def _source_of(store: Store, cell: BadCell) -> Iterator[int]:
    """The source that the cell's row is or hangs on."""
    column = {"sources": "id"} | {table.name: "source_id" for table in tables.OF_SOURCE}
    if cell.table in column:
        query = f"SELECT {column[cell.table]} FROM {cell.table} WHERE id = ?"  # noqa: S608
        yield from (row for (row,) in store.connection.execute(query, (cell.row,)))


def _remove(store: Store, sources: Collection[int]) -> None:
    for source in sources:
        store.sources.remove_rows(source)
