"""Item trackers: from the bytes of a capture to the finding. ``tests/advertised.py`` makes the captures from the documents."""

from __future__ import annotations

import base64
import io
import sqlite3
import zipfile
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.files.case import Case, Phase, Site
from iotwatch.open.pipeline import Options
from iotwatch.place.replay import Replay
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from iotwatch.unpack import EVERY_STEP
from iotwatch.words.findings import Doubt
from iotwatch.words.measures import Measure
from tests import advertised
from tests.advertised import START, Advertisement, again, bystanders

LAST = 1800.0
Row = dict[str, Any]
_BEGUN = datetime.fromtimestamp(START, UTC)


def judged(folder: Path, *captures: bytes, case: Case | None = None, scope: tuple[str, ...] = ()) -> list[Row]:
    """The tags found in captures of one car."""
    paths = []
    for number, data in enumerate(captures):
        paths.append(folder / f"heard-{number}")
        paths[-1].write_bytes(data)
    plan = Plan.of_sweep(case, asset="car", jobs=1) if case else Plan(asset="car", jobs=1, options=Options(scope=scope))
    scan(paths, folder / "a.db", plan)
    with Store(folder / "a.db") as store:
        return [row for row in Reader(store, masked=False).findings() if row["kind"] == "tag"]


def phases(*parts: tuple[str, float, float]) -> Case:
    return Case(
        asset="car",
        phases=tuple(
            Phase(name, _BEGUN + timedelta(seconds=first), _BEGUN + timedelta(seconds=last))
            for name, first, last in parts
        ),
    )


def told(row: Row) -> tuple[str, str, str, bool]:
    return row["facts"]["network"], row["facts"]["state"], row["severity"], row["facts"]["follows"]


NETWORKS = {
    "find-my-away": (advertised.find_my_away("a"), "apple-findmy", "separated", "high"),
    "find-my-accessory": (advertised.find_my_away("a", status=0xAA), "apple-findmy", "separated", "high"),
    "find-my-near": (advertised.find_my_near("a"), "apple-findmy", "near", "info"),
    "find-my-phone": (advertised.find_my_away("a", status=0), "apple-findmy", "separated", "high"),
    "smarttag-premature": (advertised.smart_tag("a", state=1), "samsung", "near", "info"),
    "smarttag-offline": (advertised.smart_tag("a", state=2), "samsung", "separated", "high"),
    "smarttag-overmature": (advertised.smart_tag("a", state=3), "samsung", "separated", "high"),
    "smarttag-connected": (advertised.smart_tag("a", state=5), "samsung", "near", "info"),
    "tile": (advertised.tile("a"), "tile", "unknown", "medium"),
    "find-hub-away": (advertised.find_hub("a"), "google-find-hub", "separated", "high"),
    "find-hub-normal": (advertised.find_hub("a", away=False), "google-find-hub", "near", "info"),
    "chipolo-away": (advertised.chipolo("a"), "chipolo", "separated", "high"),
    "chipolo-near": (advertised.chipolo("a", away=False), "chipolo", "near", "info"),
    "pebblebee": (advertised.pebblebee("a"), "pebblebee", "unknown", "medium"),
    "dult-away": (advertised.dult("a"), "dult", "separated", "high"),
    "dult-near": (advertised.dult("a", away=False), "dult", "near", "info"),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_network_and_state(name: str, tmp_path: Path) -> None:
    sender, network, state, severity = NETWORKS[name]
    (row,) = judged(tmp_path, advertised.pcap([*again(sender, 1.0, LAST), *bystanders(LAST)]))
    assert told(row) == (network, state, severity, True)
    assert row["facts"]["addresses"] == [sender[0]]
    assert row["confidence"] == "likely"


FORMS = {
    **{str(link): lambda heard, link=link: advertised.pcap(heard, link) for link in advertised.FRAMES},
    "btsnoop": advertised.btsnoop,
    "packetlogger": advertised.packetlogger,
    "packetlogger, least significant byte first": lambda heard: advertised.packetlogger(heard, order="<"),
    "bug-report": advertised.bug_report,
    "kismet, standing": lambda heard: advertised.kismet(heard, speed=0.0),
}
DAMAGED = {
    "kismet": advertised.kismet(advertised.scene())[:9000],
    "kismet without its table": b"SQLite format 3\0" + bytes(84) + b"CREATE TABLE KISMET" + bytes(4000),
    "bug-report": advertised.bug_report(advertised.scene())[:-100],
    "bug-report, its packets broken": advertised.bug_report(advertised.scene(), lost=50),
    "packetlogger": advertised.packetlogger(advertised.scene())[:-7],
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_capture_says_the_same(form: str, tmp_path: Path) -> None:
    (row,) = judged(tmp_path, FORMS[form]([*again(advertised.dult("a"), 1.0, LAST), *bystanders(LAST)]))
    assert told(row) == ("dult", "separated", "high", True)
    assert (row["facts"]["advertisements"], row["facts"]["addresses"]) == (900, [advertised.dult("a")[0]])
    assert row["facts"]["network_id"] == 2
    with Store(tmp_path / "a.db") as store:
        assert store.query("SELECT vantage FROM sources")[0]["vantage"] == "bluetooth"


@pytest.mark.parametrize("form", DAMAGED)
def test_what_is_cut_short_is_told(form: str, tmp_path: Path) -> None:
    judged(tmp_path, DAMAGED[form])
    with Store(tmp_path / "a.db") as store:
        (source,) = store.query("SELECT status, reason FROM sources")
    assert source["status"] == "partial"
    assert source["reason"]


@pytest.mark.parametrize("broken", [slice(40, 44), slice(1, 9)], ids=["packets", "clock"])
def test_the_log_around_packets_that_broke_is_read(broken: slice, tmp_path: Path) -> None:
    report = advertised.bug_report(advertised.scene())
    start, end = report.index(b"---\n") + 4, report.index(b"--- END")
    packed = bytearray(base64.b64decode(report[start:end]))
    packed[broken] = b"\xff" * len(packed[broken])
    lines = b"11-22 03:00:00.000 1000 1001 D gps: $GPRMC,030000,A,4648.00,S,06854.00,W,0.0,0.0,221126,,*14\n"
    judged(tmp_path, report[:start] + base64.encodebytes(bytes(packed)) + report[end:] + lines)
    with Store(tmp_path / "a.db") as store:
        assert store.query("SELECT status FROM sources") == [{"status": "partial"}]
        assert store.query("SELECT latitude FROM positions") == [{"latitude": -46.8}]
        assert store.query("SELECT 1 FROM coverage WHERE measure = ?", (Measure.SOURCE_CUT.value,))


@pytest.mark.parametrize("change", ["ts_sec = NULL", "packet = 'no hex'", "dlt = 1.5"])
def test_a_broken_row_of_kismet_costs_itself(change: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.deserialize(advertised.kismet([*again(advertised.dult("a"), 1.0, LAST), *bystanders(LAST)]))
        database.execute(f"UPDATE packets SET {change} WHERE rowid = 1")
        database.commit()
        (row,) = judged(tmp_path, database.serialize())
    assert told(row) == ("dult", "separated", "high", True)
    with Store(tmp_path / "a.db") as store:
        (source,) = store.query("SELECT status, reason FROM sources")
    assert source["status"] == "partial"
    assert source["reason"]


def test_a_log_that_is_a_small_part_of_an_archive(tmp_path: Path) -> None:
    """The zip of an Android bug report, with the whole log in it: how long that one listened is not told of the source."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("bugreport.txt", "a line that says nothing\n" * 20_000)
        heard = [*again(advertised.tile("a"), 0.0, LAST), *bystanders(LAST)]
        archive.writestr("FS/data/misc/bluetooth/logs/btsnoop_hci.log", advertised.btsnoop(heard))
    (row,) = judged(tmp_path, held.getvalue())
    assert told(row) == ("tile", "unknown", "medium", True)
    assert row["title"] == "Tile stayed with the car for 30 min of 30 min"


@pytest.mark.parametrize("make", [advertised.pcap, advertised.kismet, advertised.bug_report, advertised.packetlogger])
def test_evidence_replays_to_the_advertisement(make: Any, tmp_path: Path) -> None:
    (row,) = judged(tmp_path, make([*again(advertised.tile("a"), 0.0, LAST), *bystanders(LAST)]))
    assert row["facts"]["network"] == "tile"
    with Store(tmp_path / "a.db") as store:
        store.places.load(1)
        found = store.query("SELECT place_id, excerpt FROM evidence WHERE place_id IS NOT NULL")
        with (tmp_path / "heard-0").open("rb") as file:
            replay = Replay(file, EVERY_STEP)
            for one in found:
                assert replay.result(store.places.place(one["place_id"])).hex() == one["excerpt"]
                assert one["excerpt"] == advertised.tile("a")[1].hex()
    assert found


def test_places_of_the_sweeper_show_that_it_went_along(tmp_path: Path) -> None:
    """25 minutes at 15 m/s; the other tag lies by the road for ten minutes of walking pace."""
    along, site = advertised.find_my_away("along"), Site("depot", -46.8, -68.9, 300.0)
    heard = [*again(along, 3.0, 1500.0), *again(advertised.find_my_away("left"), 0.0, 40.0), *bystanders(1500.0)]
    (row,) = judged(tmp_path, advertised.kismet(heard), case=Case(asset="car", sites=(site,)))
    assert told(row) == ("apple-findmy", "separated", "high", True)
    assert (row["facts"]["moved"], row["facts"]["at_sites"]) == ("places", ["depot"])
    assert row["facts"]["apart_m"] == pytest.approx(1497 * 15, rel=0.01)


def test_the_first_and_the_last_advertisement_are_the_evidence(tmp_path: Path) -> None:
    (row,) = judged(tmp_path, advertised.pcap([*again(advertised.tile("a"), 0.0, LAST), *bystanders(LAST)]))
    with Store(tmp_path / "a.db") as store:
        times = [one["time"] for one in store.query("SELECT time FROM evidence ORDER BY time")]
    assert times == [row["facts"]["first_heard"], row["facts"]["last_heard"]]


def test_who_passes_is_no_finding(tmp_path: Path) -> None:
    passing = [one for n in range(14) for one in again(advertised.find_my_away(n), 100.0 * n, 100.0 * n + 50)]
    assert judged(tmp_path, advertised.pcap([*passing, *bystanders(LAST)])) == []
    with Store(tmp_path / "a.db") as store:
        assert store.query("SELECT value FROM coverage WHERE measure = 'tags heard'")[0]["value"] == 14


def test_a_brief_recording_is_told_with_its_length(tmp_path: Path) -> None:
    (row,) = judged(tmp_path, advertised.pcap(again(advertised.find_my_away("a"), 0.0, 60.0)))
    assert told(row) == ("apple-findmy", "separated", "medium", False)


def test_what_stays_when_the_car_leaves_is_no_follower(tmp_path: Path) -> None:
    parked = [one for n in range(8) for one in again(advertised.find_my_away(n), 0.0, 900.0)]
    along = [*again(advertised.find_my_away("along"), 0.0, 2400.0, level=-85), *bystanders(2400.0)]
    case = phases(("parked", 0, 900), ("driving", 900, 2400))
    rows = judged(tmp_path, advertised.pcap([*parked, *along]), case=case)
    assert [told(row) for row in rows if row["severity"] == "high"] == [("apple-findmy", "separated", "high", True)]
    assert [row["severity"] for row in rows].count("medium") == 8
    (along_row,) = (row for row in rows if row["facts"]["follows"])
    assert along_row["facts"]["addresses"] == [advertised.find_my_away("along")[0]]
    assert along_row["facts"]["phases"] == ["parked", "driving"]
    assert not any("not noted" in doubt for doubt in along_row["doubts"])


def test_a_parked_sweep_shows_no_follower(tmp_path: Path) -> None:
    heard = [*again(advertised.find_my_away("a"), 0.0, LAST), *bystanders(LAST)]
    (row,) = judged(tmp_path, advertised.pcap(heard), case=phases(("parked", 0, LAST)))
    assert told(row) == ("apple-findmy", "separated", "medium", False)


def test_what_the_car_did_is_doubted_where_nobody_noted_it(tmp_path: Path) -> None:
    (row,) = judged(tmp_path, advertised.pcap(again(advertised.find_my_away("a"), 0.0, LAST)))
    assert Doubt.TAG_NOT_NOTED().text in row["doubts"]


def test_barely_heard_and_along_all_the_same(tmp_path: Path) -> None:
    heard = [*again(advertised.find_my_away("a"), 50.0, 2300.0, every=165.0, level=-97), *bystanders(2400.0)]
    (row,) = judged(tmp_path, advertised.pcap(heard), case=phases(("parked", 0, 600), ("driving", 600, 2400)))
    assert (told(row), row["facts"]["advertisements"]) == (("apple-findmy", "separated", "high", True), 14)


def turning(kept: float, last: float, make: Any, **values: Any) -> Iterable[Advertisement]:
    for number in range(int(last / kept)):
        yield from again(make("turns", number, **values), number * kept + 1.0, (number + 1) * kept - 1.0)


def test_the_counter_links_what_the_addresses_do_not(tmp_path: Path) -> None:
    mine = [
        one
        for n in range(4)
        for one in again(advertised.smart_tag("mine", n, counter=5000 + n), 900.0 * n + 2, 900.0 * n + 898)
    ]
    others = [
        one
        for n in range(3)
        for one in again(advertised.smart_tag("other", n, counter=9000 + 3000 * n), 900.0 * n + 2, 900.0 * n + 898)
    ]
    rows = judged(tmp_path, advertised.pcap([*mine, *others, *bystanders(3600.0)]))
    (along,) = (row for row in rows if row["facts"]["follows"])
    assert len(rows) == 4
    assert along["facts"]["addresses"] == [advertised.smart_tag("mine", n)[0] for n in range(4)]
    assert (along["facts"]["counter"], along["facts"]["linked_by"]) == ([5000, 5003], ["counter"])


@pytest.mark.parametrize("kept", [900.0, 1024.0])
def test_addresses_that_turn_by_the_clock_are_one_tag(kept: float, tmp_path: Path) -> None:
    heard = turning(kept, 3.0 * kept, advertised.find_hub, away=False)
    (row,) = judged(tmp_path, advertised.pcap([*heard, *bystanders(3.0 * kept)]))
    assert (len(row["facts"]["addresses"]), told(row)) == (3, ("google-find-hub", "near", "info", True))


@pytest.mark.parametrize("kept", [10.0, 30.0, 120.0, 450.0])
def test_a_beacon_that_turns_its_key_to_stay_unseen_is_one_tag(kept: float, tmp_path: Path) -> None:
    heard = turning(kept, LAST, advertised.find_my_away, status=0)
    (row,) = judged(tmp_path, advertised.pcap([*heard, *bystanders(LAST)]))
    assert told(row) == ("apple-findmy", "separated", "high", True)
    assert row["facts"]["rotations"] == LAST / kept - 1
    assert Doubt.TAG_LOOKS_ALIKE().text in row["doubts"]


def test_a_phone_that_is_offline_is_no_alarm(tmp_path: Path) -> None:
    heard = turning(900.0, LAST, advertised.find_my_away, status=0)
    (row,) = judged(tmp_path, advertised.pcap([*heard, *bystanders(LAST)]))
    assert told(row) == ("apple-findmy", "unknown", "info", True)


def test_a_flood_makes_no_devices_and_hides_none(tmp_path: Path) -> None:
    flood = [one for n in range(480) for one in again(advertised.find_my_away(n), 300 + n / 4, 300.4 + n / 4, 0.2)]
    quiet = [*again(advertised.find_my_away("along"), 0.0, LAST), *bystanders(LAST)]
    (row,) = judged(tmp_path, advertised.pcap([*flood, *quiet]))
    assert row["facts"]["addresses"] == [advertised.find_my_away("along")[0]]
    with Store(tmp_path / "a.db") as store:
        rows = store.query("SELECT measure, value FROM coverage WHERE measure = 'tags of a flood'")
        assert [dict(one) for one in rows] == [{"measure": "tags of a flood", "value": 480.0}]
        assert len(store.query("SELECT 1 FROM observations WHERE kind = 'tag'")) == 1


@pytest.mark.parametrize("link", [251, 256, 272])
def test_damaged_packets_make_no_devices(link: int, tmp_path: Path) -> None:
    heard = [
        one._replace(damaged=n % 3 == 0)
        for n, one in enumerate([*again(advertised.find_my_away("a"), 1.0, LAST), *bystanders(LAST)])
    ]
    (row,) = judged(tmp_path, advertised.pcap(heard, link))
    assert row["facts"]["addresses"] == [advertised.find_my_away("a")[0]]
    with Store(tmp_path / "a.db") as store:
        (damaged,) = store.query("SELECT value FROM coverage WHERE measure = 'advertisements damaged'")
    assert damaged["value"] == sum(one.damaged for one in heard)


def test_a_second_recording_never_lowers_what_the_first_showed(tmp_path: Path) -> None:
    first = advertised.pcap([*again(advertised.find_my_away("a"), 0.0, LAST), *bystanders(LAST)])
    later = advertised.pcap(bystanders(LAST), start=START + 7200)
    (row,) = judged(tmp_path, first, later)
    assert told(row) == ("apple-findmy", "separated", "high", True)


def test_one_address_in_two_recordings_is_one_tag(tmp_path: Path) -> None:
    sender = advertised.chipolo("a")
    parts = [advertised.pcap(again(sender, 0.0, LAST), start=START + 7200 * n) for n in range(2)]
    (row,) = judged(tmp_path, *parts)
    assert row["facts"]["advertisements"] == 1802


def test_scope_keeps_what_stays_and_drops_who_passes(tmp_path: Path) -> None:
    """A scope cannot name a tag that somebody hid: what stays with the car is judged, passers-by and owners are not kept."""
    stays, passes = advertised.find_my_away("stays"), advertised.find_my_away("passes")
    owner = advertised.find_my_near("owner")
    heard = [*again(stays, 0.0, LAST), *again(passes, 60.0, 100.0), *again(owner, 0.0, LAST)]
    (row,) = judged(tmp_path, advertised.pcap(heard), scope=("02:00:5e:00:00:01",))
    assert row["facts"]["addresses"] == [stays[0]]
    with Store(tmp_path / "a.db") as store:
        assert {one["subject"] for one in store.query("SELECT subject FROM observations")} == {f"mac:{stays[0]}"}
        (left,) = store.query("SELECT value FROM coverage WHERE measure = 'tags out of scope'")
    assert left["value"] == 2
