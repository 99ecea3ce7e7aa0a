"""The door to the database: what leaves it is masked unless it was opened in full, and nobody goes around it."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import iotwatch
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.ids import UnknownId
from iotwatch.report.reader import EvidenceReader, Reader
from iotwatch.store import Store, queries
from iotwatch.store.queries.listed import TABLES
from iotwatch.store.query import Query
from tests.cli.test_masked_everywhere import TEXT, fill, leaks
from tests.report.conftest import CAR

IMEI, HIDDEN = "490154203237518", "49015420*******"
SAID: Query[()] = Query("SELECT verdict_reason AS said FROM assets")
HOUSE = Path(iotwatch.__file__).parent


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store(tmp_path / "a.db") as store:
        store.connection.execute(
            "INSERT INTO assets (name, verdict_reason, scope) VALUES (?, ?, ?)", (IMEI, IMEI, "[]")
        )
        yield store


def test_rows_are_masked_but_for_the_name_of_the_car(store: Store) -> None:
    reader = Reader(store, masked=True)
    (row,) = reader.assets()
    assert (row["name"], row["verdict_reason"]) == (IMEI, HIDDEN)
    assert reader.ask(SAID) == [{"said": HIDDEN}]
    assert Reader(store, masked=False).ask(SAID) == [{"said": IMEI}]


def test_what_is_read_in_full_leaves_masked(store: Store) -> None:
    reader = Reader(store, masked=True)
    assert reader.computed(lambda whole: whole.ask(SAID)) == [{"said": HIDDEN}]
    assert EvidenceReader(store, masked=True).whole.ask(SAID) == [{"said": IMEI}]
    assert reader.told({"text": IMEI, "kept": IMEI}, keep=("kept",)) == {"text": HIDDEN, "kept": IMEI}
    assert reader.told("12345678901", key="imei") != "12345678901"
    assert (reader.hides(IMEI), reader.hides("far end")) == (True, False)
    assert not Reader(store, masked=False).hides(IMEI)
    assert HIDDEN in assemble(reader, reproducible=True).assets[0].verdict_reason


@pytest.mark.parametrize(
    "room", ["report/document", "report/forms", "report/console", "report/html", "report/words", "handoff"]
)
def test_nobody_reads_the_database_but_through_the_door(room: str) -> None:
    for path in (HOUSE / room).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"import .*\bStore\b", text), path
        assert not re.search(r"report(\.| import )masking", text), path


def test_a_reader_gives_the_database_in_full_to_those_alone_who_hand_on_evidence() -> None:
    """That nobody else asks for it is what the types say: a ``Reader`` has no such part."""
    assert set(dir(EvidenceReader)) - set(dir(Reader)) == {"whole"}
    # What `browse` serves is a masked copy already, or was asked for in full.
    opens = {"report/reader.py", "report/browse/serve.py"}
    for room in ("report", "handoff", "cli", "batch"):
        for path in (HOUSE / room).rglob("*.py"):
            in_full = re.search(r"Reader\(.*masked=False", path.read_text(encoding="utf-8"))
            assert bool(in_full) == (path.relative_to(HOUSE).as_posix() in opens), path


def test_evidence_readers_are_made_in_one_place() -> None:
    makers = {
        path.relative_to(HOUSE).as_posix() for path in HOUSE.rglob("*.py") if "EvidenceReader(" in path.read_text()
    }
    assert makers == {"report/reader.py", "cli/options.py"}


def refusal(reader: Reader, noun: str, given: str) -> str:
    with pytest.raises(UnknownId, match="one of these") as caught:
        reader.row_of(noun, given)
    return str(caught.value)


# Every public part of a reader, with what it is called with; names of cars and numbers of rows are not masked.
CALLS: dict[str, Callable[[Reader], object]] = {
    "ask": lambda reader: [reader.ask(EVERY), reader.ask(queries.findings.of)],
    "assets": lambda reader: [row | {"name": ""} for row in reader.assets()],
    "asset_names": lambda _: "",
    "case": lambda reader: reader.case(CAR),
    "check_asset": lambda reader: reader.check_asset(""),
    "computed": lambda reader: reader.computed(lambda whole: whole.ask(EVERY)),
    "decisions": lambda reader: reader.decisions(),
    "each": lambda reader: list(reader.each(lambda whole: whole.ask(EVERY))),
    "evidence": lambda reader: [reader.evidence(row["id"]) for row in reader.findings()],
    "far_ends": lambda reader: reader.far_ends(),
    "findings": lambda reader: reader.findings(),
    "hides": lambda reader: reader.hides(IMEI),
    "path": lambda _: "",
    "place": lambda reader: reader.place(1),
    "row_of": lambda reader: refusal(reader, "finding", ""),
    "scope": lambda reader: reader.scope(CAR),
    "sweeps": lambda reader: [(one.number, one.first, one.last) for one in reader.sweeps(CAR)],
    "table": lambda reader: [reader.table(name) for name in TABLES],
    "told": lambda reader: reader.told({"text": TEXT}),
}
EVERY: Query[()] = Query("SELECT subject, title, reasons, facts, fingerprint FROM findings")


def test_every_part_of_a_masked_reader_is_tried() -> None:
    assert CALLS.keys() == {name for name in dir(Reader) if not name.startswith("_")}


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory, car: Path) -> Path:
    path = tmp_path_factory.mktemp("planted") / "a.db"
    shutil.copyfile(car, path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        fill(connection)
    return path


@pytest.mark.parametrize("name", sorted(CALLS))
def test_no_part_of_a_masked_reader_gives_what_is_hidden(name: str, planted: Path) -> None:
    with Store(planted, create=False) as store:
        assert leaks(repr(CALLS[name](Reader(store, masked=True))).encode()) == []


def test_what_is_hidden_stands_in_the_planted_database(planted: Path) -> None:
    with Store(planted, create=False) as store:
        reader = Reader(store, masked=False)
        for name in ("ask", "case", "evidence", "findings", "scope", "table", "each", "computed"):
            assert leaks(repr(CALLS[name](reader)).encode()), name
