"""How the tables of a database come to be those of ``tables.py``. The only module that imports sqlite-utils.

A new table or column is a migration at the end that completes the database; it says besides what becomes of old rows. The
names of written ones never change, and a new database goes through all of them.
"""

from __future__ import annotations

import sqlite3

from sqlite_utils import Database, Migrations

from iotwatch.model import PAUSE_US
from iotwatch.store.tables import TABLES
from iotwatch.words.measures import Measure

migrations = Migrations("iotwatch")


def complete(db: Database) -> None:
    """Make the tables, columns and indexes of ``tables.py`` that are not there."""
    for table in TABLES.values():
        made = db.table(table.name)
        if not made.exists():
            made.create({name: kind.sql for name, kind in table.columns.items()}, pk="id")
        there = made.columns_dict
        for name, kind in table.columns.items():
            if name not in there:
                made.add_column(name, kind.sql)
        for name, kind in table.columns.items():
            if kind.index:
                made.create_index([name], unique=kind.unique, if_not_exists=True)


@migrations()
def m001_first_tables(db: Database) -> None:
    complete(db)


@migrations()
def m002_decisions(db: Database) -> None:
    complete(db)


@migrations()
def m003_changes(db: Database) -> None:
    complete(db)


@migrations()
def m004_trouble(db: Database) -> None:
    complete(db)
    # Until then the sentence alone said it.
    db.execute("UPDATE sources SET trouble = 'internal' WHERE status = 'partial' AND reason LIKE 'internal%'")


@migrations()
def m005_subjects_of_measures(db: Database) -> None:
    complete(db)
    # Until then the measure's own text named what it counts.
    for measure, form in (
        ("frames.left", "frames.%.left"),
        ("frames", "frames.%"),
        ("broken", "broken.%"),
        ("over the limit", "% over the limit"),
    ):
        before, _, behind = form.partition("%")
        db.execute(
            "UPDATE coverage SET subject = substr(measure, :start, length(measure) - :size), measure = :measure"
            " WHERE measure LIKE :form AND measure != 'frames.left'",
            {"start": len(before) + 1, "size": len(before) + len(behind), "measure": measure, "form": form},
        )
    db.execute("UPDATE coverage SET subject = '' WHERE subject IS NULL")


@migrations()
def m006_stretches(db: Database) -> None:
    complete(db)
    # Until then the first and the last stamp alone were kept. They are taken for one stretch where the packets are enough to
    # leave no pause in it; no recording of a year is known, but wrong clocks are.
    db.execute(
        "INSERT INTO stretches (source_id, first_seen, last_seen) SELECT id, first_seen, last_seen FROM sources"
        " WHERE julianday(last_seen) > julianday(first_seen) AND julianday(last_seen) - julianday(first_seen) <="
        " CASE kind WHEN 'capture' THEN min(366, (packets - 1) * :pause / 86400.0) ELSE 366 END",
        {"pause": PAUSE_US // 1_000_000},
    )
    db.execute(
        "INSERT INTO coverage (source_id, measure, value, note, subject) SELECT id, :measure, 1,"
        " 'analysed by a version that kept the first and the last time alone: scan it again with --force', ''"
        " FROM sources WHERE kind = 'capture' AND first_seen IS NOT NULL",
        {"measure": Measure.SPAN_ALONE},
    )
    # What was said of absence rested on them.
    db.execute("UPDATE assets SET judged_at = NULL WHERE verdict = 'nothing-seen'")


@migrations()
def m007_grounds_of_verdicts(db: Database) -> None:
    complete(db)
    # Until then nobody kept what a verdict rests on.
    db.execute("UPDATE assets SET judged_at = NULL")


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the database of ``connection`` to today's schema; the caller holds the write lock."""
    migrations.apply(Database(connection, execute_plugins=False))


def pending(connection: sqlite3.Connection) -> bool:
    """Whether there are migrations that this database has not had; reads only."""
    return bool(migrations.pending(Database(connection, execute_plugins=False)))
