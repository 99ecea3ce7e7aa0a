"""The door to the database: what leaves it is masked unless it was opened in full, and nobody goes around it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import iotwatch
from iotwatch.report.document.assembling import assemble
from iotwatch.report.reader import Reader
from iotwatch.store import Store

IMEI, HIDDEN = "490154203237518", "49015420*******"
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
    assert reader.query("SELECT verdict_reason AS said FROM assets") == [{"said": HIDDEN}]
    assert Reader(store, masked=False).query("SELECT verdict_reason AS said FROM assets") == [{"said": IMEI}]


def test_what_is_read_in_full_leaves_masked(store: Store) -> None:
    reader = Reader(store, masked=True)
    assert reader.whole.query("SELECT verdict_reason AS said FROM assets") == [{"said": IMEI}]
    assert reader.told({"text": IMEI, "kept": IMEI}, keep=("kept",)) == {"text": HIDDEN, "kept": IMEI}
    assert reader.told("12345678901", key="imei") != "12345678901"
    assert (reader.hides(IMEI), reader.hides("far end"), reader.whole.hides(IMEI)) == (True, False, False)
    assert HIDDEN in assemble(reader, reproducible=True).assets[0].verdict_reason


@pytest.mark.parametrize(
    "room", ["report/document", "report/forms", "report/console", "report/html", "report/words", "handoff"]
)
def test_nobody_reads_the_database_but_through_the_door(room: str) -> None:
    for path in (HOUSE / room).rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"import .*\bStore\b", text), path
        assert "report.masking" not in text or path.name == "ids.py", path
