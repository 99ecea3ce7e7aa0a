"""Out of scope means: counted, and nothing of theirs kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import OptionError
from iotwatch.observe import Scope
from iotwatch.open.pipeline import Options
from iotwatch.read import Flow
from iotwatch.store import Store

CAPTURE = Path(__file__).parents[3] / "captures" / "gt06-tracker" / "gt06-tracker.pcap"
FLOW = Flow(0, "tcp", "192.0.2.10", 4000, "203.0.113.30", 5023, "00:00:5e:00:53:10", "00:00:5e:00:53:01")


@pytest.mark.parametrize(
    ("entry", "inside"),
    [
        ("192.0.2.10", True),
        ("192.0.2.0/28", True),
        ("203.0.113.30", True),
        ("192.0.2.11", False),
        ("00:00:5E:00:53:10", True),
        ("00-00-5e", True),
        ("00:00:5e:00:53:11", False),
    ],
)
def test_a_flow_is_in_scope_by_address_or_mac(entry: str, inside: bool) -> None:
    assert Scope((entry,)).holds(FLOW) is inside


def test_a_wrong_entry_is_a_clear_error() -> None:
    with pytest.raises(OptionError, match="no MAC, OUI, address, network or IMEI"):
        Scope(("the blue car",))


def _scan(tmp_path: Path, *scope: str) -> Store:
    scan([CAPTURE], tmp_path / "scope.db", Plan(options=Options(scope=scope), jobs=1))
    return Store(tmp_path / "scope.db")


def test_nothing_of_a_bystander_is_stored(tmp_path: Path) -> None:
    with _scan(tmp_path, "198.51.100.99") as store:
        for table in ("flows", "contacts", "positions", "observations", "places", "findings"):
            assert store.query(f"SELECT count(*) AS n FROM {table}")[0]["n"] == 0, table
        (row,) = store.query("SELECT value FROM coverage WHERE measure = 'flows out of scope'")
    assert row["value"] == 4


def test_an_imei_finds_its_flow(tmp_path: Path) -> None:
    with _scan(tmp_path, "198.51.100.99") as store:
        assert store.query("SELECT count(*) AS n FROM positions")[0]["n"] == 0
    scan([CAPTURE], tmp_path / "all.db", Plan(jobs=1))
    with Store(tmp_path / "all.db") as store:
        imei = store.query("SELECT reported_id FROM positions")[0]["reported_id"]
    with _scan(tmp_path, imei) as store:
        assert store.query("SELECT count(*) AS n FROM positions")[0]["n"] == 12
        assert store.query("SELECT count(*) AS n FROM flows")[0]["n"] == 1
        (row,) = store.query("SELECT flows.server_port FROM positions JOIN flows ON flows.id = flow_id LIMIT 1")
    assert row["server_port"] > 0


def test_senders_on_the_air_are_known_by_their_address() -> None:
    scope = Scope(("60:60:1F", "192.0.2.7"))
    assert scope.holds_device("mac:60:60:1f:c6:0e:cc")
    assert not scope.holds_device("mac:84:cc:a8:60:43:24")
    assert not scope.holds_device("usb:1-2")
    assert not scope.holds_device("")
