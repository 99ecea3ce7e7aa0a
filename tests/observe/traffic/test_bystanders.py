"""Purging who is out of scope gives what scanning with that scope gives, and leaves no byte of the others."""

from __future__ import annotations

from pathlib import Path

import dpkt
import pytest

from iotwatch.batch.purge import purge_out_of_scope
from iotwatch.batch.scan import Plan, scan
from iotwatch.errors import StoreError
from iotwatch.open.pipeline import Options
from iotwatch.signatures import load
from iotwatch.store import Store
from tests import advertised
from tests.stored import counts, export

CAPTURES = Path(__file__).parents[3] / "captures"
OURS, OUR_MAC = "192.0.2.10", "00:00:5e:00:53:10"
THEIRS, THEIR_MAC, THEIR_IMEI = "192.0.2.66", "02:c0:ff:ee:66:66", "860000000000777"
# The router and we have these first bytes in common: what passes it has an end in scope.
GATEWAY = "00:00:5e:00:53"


def packets(case: str) -> list[tuple[float, bytes]]:
    (path,) = (CAPTURES / case).glob("*.pcap*")
    with path.open("rb") as file:
        reader = dpkt.pcap.UniversalReader(file)
        return [(time, bytes(data)) for time, data in reader]


def moved(data: bytes) -> bytes:
    """A frame of our device as another one would send it: other addresses, another IMEI."""
    return (
        data.replace(bytes.fromhex(OUR_MAC.replace(":", "")), bytes.fromhex(THEIR_MAC.replace(":", "")))
        .replace(bytes([192, 0, 2, 10]), bytes([192, 0, 2, 66]))
        .replace(b"860000000000025", THEIR_IMEI.encode())
    )


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture with our tracker and somebody's phone that sends its position too."""
    path = tmp_path_factory.mktemp("both") / "both.pcap"
    theirs = [(time, moved(data)) for case in ("http-post-position", "phone-benign") for time, data in packets(case)]
    with path.open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for time, data in sorted(packets("gt06-tracker") + theirs):
            writer.writepkt(data, ts=time)
    return path


@pytest.mark.parametrize("scope", [OUR_MAC, "192.0.2.0/28", GATEWAY, "860000000000033"])
def test_purging_gives_what_scanning_with_the_scope_gives(both: Path, tmp_path: Path, scope: str) -> None:
    scan([both], tmp_path / "scoped.db", Plan(asset="van", options=Options(scope=(scope,)), jobs=1))
    scan([both], tmp_path / "purged.db", Plan(asset="van", jobs=1))
    assert THEIRS in export(tmp_path / "purged.db")
    with Store(tmp_path / "purged.db") as store:
        sources, _ = purge_out_of_scope(store, ["van"], [scope], load())
        assert sources == 1
        assert store.assets.scope("van") == (scope,)
    if not scope.isdigit():
        assert export(tmp_path / "purged.db") == export(tmp_path / "scoped.db")
        assert counts(tmp_path / "purged.db") == counts(tmp_path / "scoped.db")
    # A number's other flows stay: a scan would have read which of them say it.
    with Store(tmp_path / "purged.db") as purged, Store(tmp_path / "scoped.db") as scoped:
        query = "SELECT kind, subject, severity FROM findings WHERE kind IN ('location', 'identity') ORDER BY 1, 2"
        assert purged.query(query) == scoped.query(query)
        assert THEIRS not in export(tmp_path / "purged.db") or scope.startswith(GATEWAY)


def test_no_byte_of_theirs_is_left_in_the_file(both: Path, tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    scan([both], database, Plan(asset="van", jobs=1))
    words = (THEIRS, THEIR_MAC, THEIR_IMEI, THEIR_IMEI.encode().hex(), "upload.fleet.example", "chat.app.example")
    before = database.read_bytes()
    assert all(word.encode() in before for word in words[:3])
    with Store(database) as store:
        purge_out_of_scope(store, ["van"], [OUR_MAC], load())
        left = b"".join(path.read_bytes() for path in tmp_path.glob("a.db*"))
        assert [word for word in words if word.encode() in left] == []
        assert OURS.encode() in left
    assert [path.name for path in tmp_path.glob("a.db*")] == ["a.db"]


def test_purging_again_changes_nothing(both: Path, tmp_path: Path) -> None:
    scan([both], tmp_path / "a.db", Plan(asset="van", options=Options(scope=(OUR_MAC,)), jobs=1))
    before = export(tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        # Without a scope of its own the purge takes the asset's.
        assert purge_out_of_scope(store, ["van"], [], load())[0] == 0
    assert export(tmp_path / "a.db") == before


def test_what_passed_a_wire_is_the_devices_own(tmp_path: Path) -> None:
    scan([CAPTURES / "at-quectel", CAPTURES / "firmware"], tmp_path / "a.db", Plan(asset="van", jobs=1))
    before = export(tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        purge_out_of_scope(store, ["van"], ["02:00:00:00:00:01"], load())
    assert export(tmp_path / "a.db") == before


def test_nobody_is_out_of_a_scope_that_nobody_gave(both: Path, tmp_path: Path) -> None:
    scan([both], tmp_path / "a.db", Plan(asset="van", jobs=1))
    with Store(tmp_path / "a.db") as store, pytest.raises(StoreError, match="no asset has a scope"):
        purge_out_of_scope(store, ["van"], [], load())


def test_tags_that_passed_or_have_their_owners_near_are_removed_and_one_that_stays_is_not(tmp_path: Path) -> None:
    stays, passes, owned = advertised.dult("stays"), advertised.dult("passes"), advertised.dult("owned", away=False)
    heard = [
        *advertised.again(stays, 0.0, 1200.0),
        *advertised.again(passes, 60.0, 500.0),
        *advertised.again(owned, 0, 1200.0),
    ]
    (tmp_path / "heard.kismet").write_bytes(advertised.kismet(heard))
    scope = "02:00:5e:00:00:01"
    scan(
        [tmp_path / "heard.kismet"], tmp_path / "scoped.db", Plan(asset="van", options=Options(scope=(scope,)), jobs=1)
    )
    scan([tmp_path / "heard.kismet"], tmp_path / "purged.db", Plan(asset="van", jobs=1))
    assert passes[0] in export(tmp_path / "purged.db")
    with Store(tmp_path / "purged.db") as store:
        purge_out_of_scope(store, ["van"], [scope], load())
    assert export(tmp_path / "purged.db") == export(tmp_path / "scoped.db")
    assert stays[0] in export(tmp_path / "scoped.db")
    for sender in (passes, owned):
        assert sender[0].encode() not in (tmp_path / "purged.db").read_bytes()
