"""Every question of the store can be asked of a new database, with as many parameters as its type says."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from iotwatch.store import Store, queries
from iotwatch.store.queries import listed, named
from iotwatch.store.query import Query

QUERIES = {
    f"{noun}.{name}": (query, get_args(vars(queries)[noun].__annotations__[name]))
    for noun in dir(queries)
    if not noun.startswith("_")
    for name, query in vars(vars(queries)[noun]).items()
    if isinstance(query, Query)
}
# These count, whatever there is.
ALWAYS = {"assets.judged", "findings.count_of"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    with Store(tmp_path / "a.db") as store:
        yield store


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_question_takes_what_its_type_says(name: str, store: Store) -> None:
    query, types = QUERIES[name]
    found = query(store.connection, *(kind() if kind is int else "[]" for kind in types))
    assert bool(found) == (name in ALWAYS)


def test_of_decoded_rows_the_json_columns_are_values(store: Store) -> None:
    store.connection.execute("INSERT INTO sources (asset, path, status, damage) VALUES ('car', 'a', 'ok', '[1]')")
    asked = "SELECT asset, damage FROM sources WHERE path = ?"
    assert Query[str](asked)(store.connection, "a") == [{"asset": "car", "damage": "[1]"}]
    assert Query[str](asked, decoded=True)(store.connection, "a") == [{"asset": "car", "damage": [1]}]


@pytest.mark.parametrize("name", listed.TABLES)
def test_a_table_is_listed_for_one_asset_or_for_all(name: str, store: Store) -> None:
    assert listed.table(store.connection, name) == listed.table(store.connection, name, "car") == []


@pytest.mark.parametrize("noun", named.NOUNS)
def test_every_reading_of_a_name_is_a_question_that_can_be_asked(noun: str, store: Store) -> None:
    assert not any(named.candidates(store.connection, noun, "1"))
    assert named.beginning_with(store.connection, noun, "1") == []
