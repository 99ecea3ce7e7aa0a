"""Databases of several hosts become one: the same as if one host had scanned all, whatever the order; hostile ones are refused."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.batch.merge import merge
from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import StoreError
from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case, Phase
from iotwatch.open.pipeline import Options
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.foreign import opened
from tests.stored import counts, export

CAPTURES = Path(__file__).parent.parent.parent / "captures"
PARTS = (("gt06-tracker", "at-quectel"), ("jt808-tracker", "phone-benign"), ("http-post-position", "gnss-local"))


def scanned(database: Path, cases: tuple[str, ...], plan: Plan) -> Path:
    scan([CAPTURES / case for case in cases], database, plan)
    return database


@pytest.fixture(scope="module", params=["folder", "car"])
def hosts(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What three hosts scanned apart, and one host together: a car a folder, or all of it one car."""
    folder = tmp_path_factory.mktemp("hosts")
    plan = Plan(asset_from="folder", jobs=1) if request.param == "folder" else Plan(asset="car", jobs=1)
    scanned(folder / "all.db", tuple(itertools.chain(*PARTS)), plan)
    for number, cases in enumerate(PARTS):
        scanned(folder / f"{number}.db", cases, plan)
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return scanned(tmp_path / "small.db", ("gt06-tracker",), Plan(asset="van", jobs=1))


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_any_order_gives_what_one_host_finds(hosts: Path, tmp_path: Path, order: tuple[int, ...]) -> None:
    report = merge([hosts / f"{number}.db" for number in order], tmp_path / "merged.db", load())
    assert [one.refused for one in report.databases] == ["", "", ""]
    assert export(tmp_path / "merged.db") == export(hosts / "all.db")


def test_merging_twice_adds_nothing(hosts: Path, tmp_path: Path) -> None:
    given = [hosts / f"{number}.db" for number in range(3)]
    merge(given, tmp_path / "merged.db", load())
    before = counts(tmp_path / "merged.db")
    again = merge(given, tmp_path / "merged.db", load())
    assert [one.taken for one in again.databases] == [0, 0, 0]
    assert again.judged == ()
    assert counts(tmp_path / "merged.db") == before


def test_the_given_file_stays_as_it_is(small: Path, tmp_path: Path) -> None:
    before = hashlib.sha256(small.read_bytes()).hexdigest()
    merge([small], tmp_path / "merged.db", load())
    assert hashlib.sha256(small.read_bytes()).hexdigest() == before
    assert sorted(path.name for path in tmp_path.glob("small.db*")) == ["small.db"]


def test_what_its_last_writer_left_in_the_log_is_merged(small: Path, tmp_path: Path) -> None:
    with Store(small) as held:
        # Open all the while, so the decision stands in the write-ahead log alone.
        held.decisions.add(Decision("expected", {"kind": "beacon"}, "A", "fitted"))
        report = merge([small], tmp_path / "merged.db", load())
    assert report.databases[0].decisions == 1


def test_the_later_analysis_of_the_same_bytes_stays(tmp_path: Path) -> None:
    earlier = scanned(tmp_path / "earlier.db", ("gt06-tracker",), Plan(asset="van", jobs=1))
    later = scanned(tmp_path / "later.db", ("gt06-tracker",), Plan(asset="van", options=Options(vantage="usb"), jobs=1))
    for name, hosts in (("forth", [earlier, later]), ("back", [later, earlier])):
        merge(hosts, tmp_path / f"{name}.db", load())
        with Store(tmp_path / f"{name}.db") as store:
            captures = [one for one in store.sources.of("van") if one.kind == "capture"]
            assert {one.vantage for one in captures} == {"usb"}
    assert export(tmp_path / "forth.db") == export(tmp_path / "back.db")


def test_scopes_cases_and_decisions_come_along(tmp_path: Path) -> None:
    def case(hour: int) -> Case:
        start, end = (datetime(2026, 1, 1, hour + one, tzinfo=UTC) for one in (0, 1))
        return Case(operator=f"hour {hour}", phases=(Phase("parked", start, end),))

    given = []
    for hour, name, scope in ((8, "gt06-tracker", "192.0.2.10"), (9, "phone-benign", "192.0.2.11")):
        plan = Plan(asset="van", options=Options(scope=(scope,)), case=case(hour), jobs=1)
        given.append(scanned(tmp_path / f"{hour}.db", (name,), plan))
    with Store(given[0]) as store:
        store.decisions.add(Decision("explained", {"subject": "*"}, "A", "own tracker"))
    with Store(given[1]) as store:
        store.decisions.remove(store.decisions.add(Decision("expected", {"kind": "beacon"}, "B", "fitted")))
    for name, order in (("forth", given), ("back", given[::-1])):
        report = merge(order, tmp_path / f"{name}.db", load())
        assert sum(one.decisions for one in report.databases) == 2
        with Store(tmp_path / f"{name}.db") as store:
            assert store.assets.scope("van") == ("192.0.2.10", "192.0.2.11")
            found = store.assets.case("van")
            assert found is not None
            assert found.operator == "hour 9"
            assert [one.author for one in store.decisions.of()] == ["A"]
            assert store.assets.verdict("van") == "explained"
        assert sum(one.decisions for one in merge(order, tmp_path / f"{name}.db", load()).databases) == 0


def test_an_older_schema_is_migrated_in_the_copy(small: Path, tmp_path: Path) -> None:
    with sqlite3.connect(small) as connection:
        connection.executescript(
            "DROP TABLE changes; DROP TABLE decisions; ALTER TABLE sources DROP COLUMN trouble;"
            "DELETE FROM _sqlite_migrations WHERE name != 'm001_first_tables'"
        )
    connection.close()
    assert merge([small], tmp_path / "merged.db", load()).databases[0].taken > 2
    with sqlite3.connect(small) as connection:
        assert connection.execute("SELECT count(*) FROM _sqlite_migrations").fetchone() == (1,)
    connection.close()


HOSTILE_SCHEMAS = {
    "a trigger": "CREATE TRIGGER t AFTER INSERT ON runs BEGIN DELETE FROM sources; END",
    "a view": "CREATE VIEW v AS SELECT * FROM sources",
    "a view for a table": "DROP TABLE positions; CREATE VIEW positions AS SELECT 1 AS id",
    "a virtual table": "CREATE VIRTUAL TABLE v USING fts5(a)",
    "another table": "CREATE TABLE notes (id INTEGER)",
    "another column": "ALTER TABLE sources ADD COLUMN note TEXT",
    "a generated column": "ALTER TABLE coverage DROP COLUMN note;"
    " ALTER TABLE coverage ADD COLUMN note TEXT AS (upper(measure)) VIRTUAL",
    "an index over an expression": "CREATE INDEX i ON sources (lower(path))",
    "a partial index": "CREATE INDEX i ON sources (path) WHERE bytes > 1",
    "a later schema": "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('iotwatch', 'm999_later')",
    "no sources": "DROP TABLE sources",
}
HOSTILE_ROWS = {
    "text for a number": "UPDATE sources SET bytes = 'many'",
    "no path": "UPDATE sources SET path = NULL",
    "a time that is none": "UPDATE sources SET first_seen = 'yesterday'",
    "a place of no source": "UPDATE places SET parent = 999999",
    "a place that is its own parent": "UPDATE places SET parent = id",
    "an operation of another kind": 'UPDATE places SET operation = \'{"type": "run"}\'',
    "an operation that is no JSON": "UPDATE places SET operation = '['",
    "bytes behind the end of every file": """UPDATE places SET operation = '{"type":"cut","spans":[[18446744073709551616,1]]}'""",
    "a frame that no file has": "UPDATE observations SET evidence = json_set(evidence, '$.frame', -1)",
    "evidence without a place": "UPDATE observations SET evidence = '{}'",
    "an excerpt that is no hex": 'UPDATE observations SET evidence = replace(evidence, \'"excerpt":"\', \'"excerpt":"zz\')',
    "facts that are a list": "UPDATE observations SET facts = '[]'",
    "a count that is text": "UPDATE observations SET count = 'x'",
    "a number that is none": "UPDATE observations SET kind = 'usb.id', value = 'x'",
    "a latitude off the globe": "UPDATE positions SET latitude = 9e9",
    "a direction that is none": "UPDATE positions SET direction = 'sideways'",
    "doubts that are no list": "UPDATE positions SET doubts = '{}'",
    "a doubt that nobody has": "UPDATE positions SET doubts = '[[\"NEVER_HEARD_OF\", {}]]'",
    "a doubt without its value": "UPDATE positions SET doubts = '[[\"NOT_TO_THE_END\", {}]]'",
    "events that are not packed": "UPDATE contacts SET events = events + 1",
    "bytes that are text": "UPDATE contacts SET times = 'x'",
    "a flow of lists": "UPDATE flows SET client_port = x'00'",
    "text that is no UTF-8": "UPDATE observations SET value = CAST(x'ff' AS TEXT)",
    "a scope of numbers": "UPDATE assets SET scope = '[1]'",
    "a case that is none": "UPDATE assets SET case_file = '{\"sites\": 1}'",
    "a decision without a word": "INSERT INTO decisions (word, asset, target) VALUES ('maybe', '', '{\"kind\": \"beacon\"}')",
    "a run of blobs": "UPDATE runs SET version = x'00'",
}


def refused(database: Path, into: Path) -> str:
    (one,) = merge([database], into, load()).databases
    return one.refused


@pytest.mark.parametrize("script", list(HOSTILE_SCHEMAS.values()), ids=list(HOSTILE_SCHEMAS))
def test_a_schema_that_is_not_ours_is_refused_before_a_row_is_read(small: Path, tmp_path: Path, script: str) -> None:
    with sqlite3.connect(small) as connection:
        connection.executescript(script)
    connection.close()
    assert refused(small, tmp_path / "merged.db")
    assert counts(tmp_path / "merged.db")["sources"] == 0


@pytest.mark.parametrize("script", list(HOSTILE_ROWS.values()), ids=list(HOSTILE_ROWS))
def test_rows_that_no_writer_of_ours_made_are_refused(small: Path, tmp_path: Path, script: str) -> None:
    with sqlite3.connect(small) as connection:
        assert connection.execute(script).rowcount > 0
    connection.close()
    assert "damaged" in refused(small, tmp_path / "merged.db")


def _chain(connection: sqlite3.Connection) -> None:
    source = connection.execute("SELECT id FROM sources WHERE kind = 'capture'").fetchone()[0]
    first = connection.execute("SELECT max(id) FROM places").fetchone()[0]
    rows = [(first + number + 1, source, first + number, '{"type":"step","name":"gzip"}') for number in range(5000)]
    connection.executemany("INSERT INTO places (id, source_id, parent, operation) VALUES (?, ?, ?, ?)", rows)


def _cut(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA writable_schema = ON")
    connection.execute("UPDATE sqlite_schema SET rootpage = 2 WHERE name = 'observations'")


@pytest.mark.parametrize("break_it", [_chain, _cut])
def test_what_would_never_end_is_refused(
    small: Path, tmp_path: Path, break_it: Callable[[sqlite3.Connection], None]
) -> None:
    with sqlite3.connect(small) as connection:
        break_it(connection)
    connection.close()
    assert refused(small, tmp_path / "merged.db")


def test_every_truncation_is_refused(small: Path, tmp_path: Path) -> None:
    data = small.read_bytes()
    for size in (*range(0, len(data), len(data) // 23 + 1), len(data) - 1):
        broken = tmp_path / "broken.db"
        broken.write_bytes(data[:size])
        with pytest.raises(StoreError), opened(broken):
            pass


def test_flipped_bytes_never_break_the_merge(small: Path, tmp_path: Path) -> None:
    data = bytearray(small.read_bytes())
    for number in range(24):
        at = (number * 7919 * 31) % len(data)
        data[at] ^= 0x55
        broken = tmp_path / "broken.db"
        broken.write_bytes(data)
        merge([broken], tmp_path / f"{number}.db", load())
        data[at] ^= 0x55


@given(st.binary(max_size=600))
def test_any_bytes_behind_the_magic_are_refused(tail: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.db")
        path.write_bytes(b"SQLite format 3\0" + tail)
        with pytest.raises(StoreError), opened(path):
            pass
