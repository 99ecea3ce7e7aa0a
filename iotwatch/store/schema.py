"""How the tables of a database come to be those of ``tables.py``. The only module that imports sqlite-utils.

A new table or column is a migration at the end that completes the database; it says besides what becomes of old rows. The
names of written ones never change. A new database is completed once, and has had them all.
"""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime

from iotwatch.model import PAUSE_US
from iotwatch.store.table import Table
from iotwatch.store.tables import TABLES
from iotwatch.words.measures import Measure

RECORD = "_sqlite_migrations"
"""The table in which sqlite-utils writes down the migrations that a database has had."""

_SET = "iotwatch"
_TYPES = {int: "INTEGER", float: "REAL", str: "TEXT", bytes: "BLOB"}
_RECORDS = (
    f'CREATE TABLE "{RECORD}" ("id" INTEGER PRIMARY KEY, "migration_set" TEXT, "name" TEXT, "applied_at" TEXT)',
    f'CREATE UNIQUE INDEX "idx_{RECORD}_migration_set_name" ON "{RECORD}" ("migration_set", "name")',
)


def complete(connection: sqlite3.Connection) -> None:
    """Make the tables, columns and indexes of ``tables.py`` that are not there."""
    for table in TABLES.values():
        _complete_table(connection, table)


def _complete_table(connection: sqlite3.Connection, table: Table) -> None:
    columns = {name: f'"{name}" {_TYPES[kind.sql]}' for name, kind in table.columns.items()}
    columns["id"] += " PRIMARY KEY"
    there = {name for _, name, *_ in connection.execute(f'PRAGMA table_info("{table.name}")')}
    if not there:
        connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(columns.values())})')
    else:
        for name, column in columns.items():
            if name not in there:
                connection.execute(f'ALTER TABLE "{table.name}" ADD COLUMN {column}')
    for name, kind in table.columns.items():
        if kind.index:
            unique = "UNIQUE " if kind.unique else ""
            index = f"idx_{table.name}_{name}"
            connection.execute(f'CREATE {unique}INDEX IF NOT EXISTS "{index}" ON "{table.name}" ("{name}")')


def m001_first_tables(connection: sqlite3.Connection) -> None:
    complete(connection)


def m002_decisions(connection: sqlite3.Connection) -> None:
    complete(connection)


def m003_changes(connection: sqlite3.Connection) -> None:
    complete(connection)


def m004_trouble(connection: sqlite3.Connection) -> None:
    complete(connection)
    # Until then the sentence alone said it.
    connection.execute("UPDATE sources SET trouble = 'internal' WHERE status = 'partial' AND reason LIKE 'internal%'")


def m005_subjects_of_measures(connection: sqlite3.Connection) -> None:
    complete(connection)
    # Until then the measure's own text named what it counts.
    for measure, form in (
        ("frames.left", "frames.%.left"),
        ("frames", "frames.%"),
        ("broken", "broken.%"),
        ("over the limit", "% over the limit"),
    ):
        before, _, behind = form.partition("%")
        connection.execute(
            "UPDATE coverage SET subject = substr(measure, :start, length(measure) - :size), measure = :measure"
            " WHERE measure LIKE :form AND measure != 'frames.left'",
            {"start": len(before) + 1, "size": len(before) + len(behind), "measure": measure, "form": form},
        )
    connection.execute("UPDATE coverage SET subject = '' WHERE subject IS NULL")


def m006_stretches(connection: sqlite3.Connection) -> None:
    complete(connection)
    # Until then the first and the last stamp alone were kept. They are taken for one stretch where the packets are enough to
    # leave no pause in it; no recording of a year is known, but wrong clocks are.
    connection.execute(
        "INSERT INTO stretches (source_id, first_seen, last_seen) SELECT id, first_seen, last_seen FROM sources"
        " WHERE julianday(last_seen) > julianday(first_seen) AND julianday(last_seen) - julianday(first_seen) <="
        " CASE kind WHEN 'capture' THEN min(366, (packets - 1) * :pause / 86400.0) ELSE 366 END",
        {"pause": PAUSE_US // 1_000_000},
    )
    connection.execute(
        "INSERT INTO coverage (source_id, measure, value, note, subject) SELECT id, :measure, 1,"
        " 'analysed by a version that kept the first and the last time alone: scan it again with --force', ''"
        " FROM sources WHERE kind = 'capture' AND first_seen IS NOT NULL",
        {"measure": Measure.SPAN_ALONE},
    )
    # What was said of absence rested on them.
    connection.execute("UPDATE assets SET judged_at = NULL WHERE verdict = 'nothing-seen'")


def m007_grounds_of_verdicts(connection: sqlite3.Connection) -> None:
    complete(connection)
    # Until then nobody kept what a verdict rests on.
    connection.execute("UPDATE assets SET judged_at = NULL")


def m008_drives(connection: sqlite3.Connection) -> None:
    complete(connection)


def m009_reached(connection: sqlite3.Connection) -> None:
    complete(connection)


MIGRATIONS = (
    m001_first_tables,
    m002_decisions,
    m003_changes,
    m004_trouble,
    m005_subjects_of_measures,
    m006_stretches,
    m007_grounds_of_verdicts,
    m008_drives,
    m009_reached,
)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database of ``connection`` to today's schema; the caller holds the write lock."""
    if connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
        complete(connection)
        for statement in _RECORDS:
            connection.execute(statement)
        connection.executemany(
            f'INSERT INTO "{RECORD}" ("migration_set", "name", "applied_at") VALUES (?, ?, ?)',  # noqa: S608
            [(_SET, one.__name__, str(datetime.now(UTC))) for one in MIGRATIONS],
        )
        return
    # It takes as long to load as a small capture to scan, and only an older database needs it.
    from sqlite_utils import Database, Migrations

    migrations = Migrations(_SET)
    for one in MIGRATIONS:
        migrations(name=one.__name__)(lambda db, one=one: one(db.conn))
    migrations.apply(Database(connection, execute_plugins=False))


def pending(connection: sqlite3.Connection) -> bool:
    """Whether there are migrations that this database has not had; reads only."""
    if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (RECORD,)).fetchone() is None:
        return True
    had = connection.execute(f'SELECT "name" FROM "{RECORD}" WHERE "migration_set" = ?', (_SET,))  # noqa: S608
    return not {name for (name,) in had} >= {one.__name__ for one in MIGRATIONS}
