"""Purged is gone: no row and no byte of it is left in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from iotwatch.store.removing import purge

CAPTURES = Path(__file__).parent.parent.parent / "captures"
TABLES = (
    "sources",
    "flows",
    "contacts",
    "positions",
    "observations",
    "places",
    "coverage",
    "findings",
    "evidence",
    "assets",
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    for case in ("gt06-tracker", "jt808-tracker"):
        scan([next((CAPTURES / case).glob("*.pcap*"))], path, Plan(asset=case, jobs=1))
    return path


def count(store: Store) -> dict[str, int]:
    return {name: store.query(f"SELECT count(*) AS n FROM {name}")[0]["n"] for name in TABLES}


def test_one_asset(database: Path) -> None:
    with Store(database) as store:
        (imei,) = {
            row["reported_id"] for row in store.query("SELECT reported_id FROM positions WHERE asset = 'gt06-tracker'")
        }
        assert purge(store, asset="gt06-tracker") == (1, 1)
        left = count(store)
        assert store.assets.names() == ["jt808-tracker"]
        assert left["positions"] == 10
        assert left["sources"] == 1
    assert imei.encode() not in database.read_bytes()


def test_by_day(database: Path) -> None:
    with Store(database) as store:
        assert purge(store, before=1_000_000) == (0, 0)
        assert purge(store, before=4_000_000_000_000_000) == (2, 2)
        assert set(count(store).values()) == {0}
