"""What a unit keeps of where it was is told as stored, with its row; what it says of having sent it is told as its own word."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.open import records
from iotwatch.store import Store
from tests.open.head_units import BYSTANDER, HOST, Unit, database, units, write_image


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Unit], Store, Path]:
    """All units, and the database of one scan of them."""
    folder = tmp_path_factory.mktemp("units")
    made = units(tmp_path_factory.mktemp("made"))
    for unit in made:
        write_image(unit, folder / unit.name)
    path = tmp_path_factory.mktemp("database") / "units.db"
    scan([folder], path, Plan(jobs=1))
    return made, Store(path), path


def test_there_are_twenty(told: tuple[list[Unit], Store, Path]) -> None:
    assert len(told[0]) == 20


def test_every_place_is_told_with_its_time_and_nothing_else(told: tuple[list[Unit], Store, Path]) -> None:
    made, store, _ = told
    for unit in made:
        rows = store.query("SELECT * FROM positions WHERE asset = ?", (unit.name,))
        found = {(round(row["latitude"], 5), round(row["longitude"], 5), row["time"][:19]) for row in rows}
        wanted = {
            (round(one.latitude, 5), round(one.longitude, 5), one.time.strftime("%Y-%m-%dT%H:%M:%S"))
            for one in unit.places
        }
        assert found == wanted, unit.name
        assert len(rows) == len(unit.places), unit.name
        assert {row["direction"] for row in rows} == {"local"}


def test_what_is_stored_is_told_as_stored_and_never_as_sent(told: tuple[list[Unit], Store, Path]) -> None:
    made, store, _ = told
    for unit in made:
        findings = store.query("SELECT * FROM findings WHERE asset = ? AND kind = 'location'", (unit.name,))
        assert [one["severity"] for one in findings] == ["info"], unit.name
        assert findings[0]["title"].startswith("Position stored on the unit ("), unit.name
        said = [reason for reason in json.loads(findings[0]["reasons"]) if "own record" in reason]
        counts = ((unit.sent, "were sent"), (unit.waiting, "wait to be sent"))
        when = ""
        if unit.name.startswith("outbox"):  # which has a column for it
            first, last = (one.time + timedelta(seconds=5) for one in (unit.places[0], unit.places[unit.sent - 1]))
            when = f", from {first:%Y-%m-%dT%H:%M:%SZ} to {last:%Y-%m-%dT%H:%M:%SZ}"
        assert said == [
            f"by the unit's own record, {count} of these {words} to {HOST}{when if words == 'were sent' else ''}"
            for count, words in counts
            if count
        ], unit.name
        (asset,) = store.query("SELECT verdict FROM assets WHERE name = ?", (unit.name,))
        assert asset["verdict"] == "capable"


def test_no_bystander_is_kept(told: tuple[list[Unit], Store, Path]) -> None:
    path = told[2]
    kept = b"".join(one.read_bytes() for one in path.parent.iterdir())
    assert b"reported_id" in kept
    assert BYSTANDER.encode() not in kept


def test_a_hostile_schema_runs_nothing(tmp_path: Path) -> None:
    """A view, a generated column and a trigger are parts of a stranger's schema: tables alone are read, and no function runs."""
    import sqlite3

    path = tmp_path / "evil.db"
    store = sqlite3.connect(path)
    store.execute("CREATE TABLE way (lat REAL, lon REAL, time INTEGER)")
    store.execute("INSERT INTO way VALUES (48.1371, 11.5754, 1716000000)")
    store.execute("CREATE TABLE sly (lat REAL, blob TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL)")
    store.execute("INSERT INTO sly (lat) VALUES (1.0)")
    store.execute("CREATE VIEW peek AS SELECT load_extension('x')")
    store.commit()
    store.close()
    database_path = tmp_path / "told.db"
    scan([path], database_path, Plan(jobs=1))
    told = Store(database_path)
    rows = told.query("SELECT path, status FROM artefacts ORDER BY path")
    assert {(row["path"], row["status"]) for row in rows} >= {("sly.jsonl", "damaged"), ("way.jsonl", "ok")}
    assert len(told.query("SELECT * FROM positions")) == 1


def test_a_broken_database_is_told(tmp_path: Path) -> None:
    rows = [(48.1371 + 0.001 * n, 11.5754, 1_716_000_000 + n, "x" * 900) for n in range(200)]
    whole = database({"way": ("lat REAL, lon REAL, time INTEGER, more TEXT", rows)}, tmp_path)
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2])
    scan([tmp_path / "cut.db"], tmp_path / "told.db", Plan(jobs=1))
    (source,) = Store(tmp_path / "told.db").query("SELECT status, reason FROM sources")
    assert source["status"] == "partial"
    assert source["reason"]


def test_rows_behind_the_most_that_are_told_one_by_one_are_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "_MOST_ROWS", 4)
    unit = next(one for one in units(tmp_path) if one.name == "queue_lines-0")
    write_image(unit, tmp_path / "unit.tar")
    scan([tmp_path / "unit.tar"], tmp_path / "told.db", Plan(jobs=1))
    assert len(Store(tmp_path / "told.db").query("SELECT * FROM positions")) == len(unit.places)
