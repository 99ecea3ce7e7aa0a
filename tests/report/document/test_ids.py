"""Any text is one row's id, or is refused with the next step."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iotwatch.report.document.ids import UnknownId
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from iotwatch.store.queries.named import NOUNS, beginning_with

TEXTS = st.one_of(st.text(max_size=30), st.text("0123456789abcdef", max_size=64), st.integers().map(str))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(given_text=TEXTS, noun=st.sampled_from(sorted(NOUNS)))
def test_any_text_is_a_row_or_is_refused(given_text: str, noun: str, car: Path) -> None:
    with Store(car, create=False) as store:
        ids = {row["id"] for row in store.query(f"SELECT id FROM {NOUNS[noun].table}")}
        said, found = "", None
        try:
            found = Reader(store, masked=False).row_of(noun, given_text)
        except UnknownId as error:
            said = str(error)
        assert found in ids or any(
            step in said for step in (f"`iotwatch show {noun}` lists", "name them", "one of these")
        )
        for row in beginning_with(store.connection, noun, given_text):
            assert row["name"].startswith(given_text)


@pytest.mark.parametrize("noun", sorted(NOUNS))
def test_every_row_is_found_by_its_number_or_name(noun: str, car: Path) -> None:
    with Store(car, create=False) as store:
        for row in store.query(f"SELECT * FROM {NOUNS[noun].table} LIMIT 20"):
            given_text = str(row["fingerprint"] if noun == "finding" else row["id"])
            assert Reader(store, masked=False).row_of(noun, given_text) == row["id"]


def test_a_whole_name_wins_over_longer_ones_that_begin_with_it(car: Path, tmp_path: Path) -> None:
    with Store(tmp_path / "two.db") as store:
        store.connection.executemany("INSERT INTO assets (name) VALUES (?)", [("car-1",), ("car-10",), ("car-2",)])
        reader = Reader(store, masked=True)
        assert reader.row_of("asset", "car-1") == 1
        assert reader.row_of("asset", "car-10") == 2
        with pytest.raises(UnknownId, match="is that of 3 assets"):
            reader.row_of("asset", "car")
        assert [row["name"] for row in beginning_with(store.connection, "asset", "car-1")] == ["car-1", "car-10"]
