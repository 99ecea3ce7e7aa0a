"""Places read back know their rows, and no other place is taken for one of them."""

from __future__ import annotations

from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.model import Cut, Place
from iotwatch.store import Store

CAPTURES = Path(__file__).parents[2] / "captures"


def test_a_new_place_is_not_one_that_was_read_before(tmp_path: Path) -> None:
    """A source that is read twice, as a purge does, gives other places the second time; the first ones are let go."""
    path = tmp_path / "a.db"
    scan([next((CAPTURES / "gt06-tracker").glob("*.pcap"))], path, Plan(asset="car", jobs=1))
    with Store(path) as store:
        (source,) = store.sources.of("car")
        rows = [row["id"] for row in store.query("SELECT id FROM places")]
        operations = [Cut(((number, 1),)) for number in range(4 * len(rows))]
        for _ in range(2):
            store.places.load(source.id)
        made = [Place(operation) for operation in operations]
        assert [store.places.known_id(store.places.place(row)) for row in rows] == rows
        assert [one for one in made if store.places.known_id(one) is not None] == []
