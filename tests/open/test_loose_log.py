"""A database and its write-ahead log as two loose files: what only the log holds is told as not read, and how it can be."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store


def _pair(folder: Path) -> list[Path]:
    """A third of the rows in the database, the others in the log alone, as power went."""
    rows = [(48.1 + n / 1000, 11.5 + n / 1000, 1_733_000_000 + 60 * n) for n in range(12)]
    with closing(sqlite3.connect(folder / "made.db", isolation_level=None)) as store:
        store.execute("CREATE TABLE way (lat REAL, lon REAL, time INTEGER)")
        store.executemany("INSERT INTO way VALUES (?, ?, ?)", rows[:4])
        store.execute("PRAGMA journal_mode = WAL")
        store.execute("PRAGMA wal_autocheckpoint = 0")
        store.executemany("INSERT INTO way VALUES (?, ?, ?)", rows[4:])
        pair = [folder / "trips.db", folder / "trips.db-wal"]
        pair[0].write_bytes((folder / "made.db").read_bytes())
        pair[1].write_bytes((folder / "made.db-wal").read_bytes())
    return pair


def test_a_loose_log_is_told_as_not_read_and_how_it_can_be(tmp_path: Path) -> None:
    pair = _pair(tmp_path)
    scan(pair, tmp_path / "loose.sqlite", Plan(jobs=1))
    loose = Store(tmp_path / "loose.sqlite")
    assert len(loose.query("SELECT * FROM positions")) == 4
    (log,) = loose.query("SELECT status, reason FROM sources WHERE path LIKE '%-wal'")
    assert log["status"] != "ok"
    notes = loose.query("SELECT note FROM coverage WHERE note LIKE '%in one container%'")
    assert notes or "in one container" in log["reason"]

    with tarfile.open(tmp_path / "both.tar", "w") as tar:
        for one in pair:
            tar.add(one, one.name)
    scan([tmp_path / "both.tar"], tmp_path / "both.sqlite", Plan(jobs=1))
    assert len(Store(tmp_path / "both.sqlite").query("SELECT * FROM positions")) == 12
