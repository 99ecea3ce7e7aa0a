"""Judging: what is counted over cars, what a sweep changed, and that neither depends on who came first."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli import group
from iotwatch.detect import DETECTORS, Detector, Scene
from iotwatch.detect.fleet import MIN_CARS, RARE_SHARE, Fleet, by_asset, fleet, of_beacon
from iotwatch.detect.judge import _Counting, judge_all
from iotwatch.errors import StoreError
from iotwatch.model import Finding
from iotwatch.report.document.assembling import assemble
from iotwatch.report.reader import Reader
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.removing import purge
from iotwatch.store.sweeps import sweep_of, sweeps
from tests.stored import export
from tests.studies.fleet_traffic import START, calls
from tests.tars import make_tar

COMMON, RARE = "198.51.100.1", "203.0.113.77"
DAY = 86_400.0
POSTS = Path(__file__).parent.parent.parent / "captures" / "http-post-position" / "http-post-position.pcap"
AT_LOG = Path(__file__).parent.parent.parent / "captures" / "at-quectel" / "ttyUSB2-at.log"


def severity(database: Path, asset: str) -> dict[str, str]:
    with Store(database, create=False) as store:
        rows = store.query("SELECT title, severity FROM findings WHERE asset = ? AND kind = 'beacon'", (asset,))
    return {row["title"].split()[3].rpartition(":")[0]: row["severity"] for row in rows}


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve cars that all call one far end; the first calls another one too."""
    folder = tmp_path_factory.mktemp("fleet")
    for number in range(12):
        far_ends = {COMMON: 60.0, **({RARE: 45.0} if number == 0 else {})}
        calls(folder / f"car-{number:02}.pcap", far_ends, seed=number)
    return folder


def test_a_rare_far_end_is_worse_and_a_common_one_is_not(captures: Path, tmp_path: Path) -> None:
    scan([captures], tmp_path / "a.db", Plan(jobs=1))
    assert severity(tmp_path / "a.db", "car-00.pcap") == {COMMON: "low", RARE: "medium"}
    assert severity(tmp_path / "a.db", "car-05.pcap") == {COMMON: "low"}
    with Store(tmp_path / "a.db") as store:
        assert store.assets.verdict("car-00.pcap") == "suspicious"
        assert store.assets.verdict("car-05.pcap") == "not-enough-data"


def test_few_cars_have_no_rarity_and_a_doubt_says_so(captures: Path, tmp_path: Path) -> None:
    scan([captures / "car-00.pcap"], tmp_path / "a.db", Plan(jobs=1))
    assert severity(tmp_path / "a.db", "car-00.pcap") == {COMMON: "low", RARE: "low"}
    assert "too few cars like this one" in export(tmp_path / "a.db")


@pytest.mark.parametrize("seed", range(3))
def test_any_order_of_scanning_gives_the_same(captures: Path, tmp_path: Path, seed: int) -> None:
    scan([captures], tmp_path / "all.db", Plan(jobs=1))
    files = sorted(captures.iterdir())
    random.Random(seed).shuffle(files)
    judged = []
    for start in range(0, len(files), 5):
        judged.append(scan(files[start : start + 5], tmp_path / "apart.db", Plan(jobs=1)).assets)
    assert export(tmp_path / "apart.db") == export(tmp_path / "all.db")
    # Whoever is judged because of others is not this scan's to report.
    assert [len(assets) for assets in judged] == [5, 5, 2]


def test_another_car_makes_it_common_and_its_removal_rare_again(captures: Path, tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    scan([captures], database, Plan(jobs=1))
    before = export(database)
    scan([calls(tmp_path / "late.pcap", {RARE: 90.0})], database, Plan(jobs=1))
    assert severity(database, "car-00.pcap") == {COMMON: "low", RARE: "low"}
    with Store(database) as store:
        assert store.assets.unjudged() == []
        purge(store, asset="late.pcap")
        (judged,) = judge_all(store, store.assets.unjudged(), load())
    assert (judged.asset, judged.asked) == ("car-00.pcap", False)
    assert [(one.change, one.before, one.after) for one in judged.changes] == [
        ("changed", "low, likely", "medium, likely")
    ]
    assert export(database) == before


def test_the_fleet_is_counted_from_what_each_judgement_left(captures: Path, tmp_path: Path) -> None:
    scan([captures], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        every = by_asset(store.sources.far_ends())
        assert len(every) == 12
        assert store.assets.reached() == every
        assert list(store.sources.far_ends(changed=True)) == []
        store.assets.judge_again(["car-00.pcap"])
        with store.transaction():
            store.connection.execute("UPDATE assets SET reached = '[1]' WHERE name = 'car-01.pcap'")
        assert set(every) - set(store.assets.reached()) == {"car-00.pcap", "car-01.pcap"}
        assert by_asset(store.sources.far_ends(changed=True)) == {"car-00.pcap": every["car-00.pcap"]}


def test_only_cars_whose_far_ends_turned_are_judged_again(captures: Path, tmp_path: Path) -> None:
    scan([captures], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        before = {row["name"]: row["judged_at"] for row in store.query("SELECT name, judged_at FROM assets")}
    scan([calls(tmp_path / "late.pcap", {RARE: 90.0, "203.0.113.9": 30.0})], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        after = {row["name"]: row["judged_at"] for row in store.query("SELECT name, judged_at FROM assets")}
    assert {name for name in before if before[name] != after[name]} == {"car-00.pcap"}


def test_rare_is_one_car_or_one_in_fifty() -> None:
    cars = frozenset(str(number) for number in range(3 * RARE_SHARE))
    counts = Fleet(cars, {"a.example": 3, "b.example": 4})
    words = [counts.rarity("1", name) for name in ("a.example", "b.example", "c.example", "")]
    assert words == ["rare", "common", "rare", ""]
    assert counts.rarity("unlike the others", "a.example") == ""
    assert Fleet(frozenset(list(cars)[: MIN_CARS - 1]), {"a.example": 1}).rarity("1", "a.example") == ""


def test_cars_are_alike_when_most_of_what_they_reach_is_common() -> None:
    everybody = [(str(number), "maker.example", "") for number in range(8)]
    contacts = by_asset(
        [*everybody, ("0", "rare.example", ""), ("1", "x.example", ""), ("1", "y.example", ""), ("9", "z.example", "")]
    )
    counts = fleet(contacts)
    assert counts.alike == {"0", "2", "3", "4", "5", "6", "7"}
    # A folder of captures from everywhere has nothing in common.
    assert fleet(by_asset((str(number), f"n{number}.example", "") for number in range(99))).alike == frozenset()


def test_a_far_end_is_counted_by_its_registered_name_and_by_its_address() -> None:
    contacts = [
        ("a", "t1.tracker.example", "203.0.113.5"),
        ("a", "t2.tracker.example", "203.0.113.5"),
        ("b", "", "203.0.113.5"),
        ("c", "", "192.168.0.1"),
    ]
    assert fleet(by_asset(contacts)).reached == {"tracker.example": 1, "203.0.113.5": 2}
    for facts, known in (
        ({"far_end": "t9.tracker.example", "server": "203.0.113.5", "contact": "burst"}, "tracker.example"),
        ({"far_end": "203.0.113.5:80", "server": "203.0.113.5", "contact": "burst"}, "203.0.113.5"),
        ({"far_end": "tracker.example", "server": "192.168.0.1", "contact": "dns"}, "tracker.example"),
    ):
        assert of_beacon(facts) == known


def changes(database: Path, asset: str) -> list[tuple[str, str, str]]:
    with Store(database, create=False) as store:
        rows = store.query(
            "SELECT what, change, before, after, name FROM changes WHERE asset = ? ORDER BY id", (asset,)
        )
    return [(row["what"], row["change"], row["name"].split(" every")[0]) for row in rows]


def test_a_second_sweep_tells_what_is_new_and_what_was_not_seen_again(tmp_path: Path) -> None:
    calls(tmp_path / "1.pcap", {COMMON: 60.0, "198.51.100.9": 30.0})
    calls(tmp_path / "2.pcap", {COMMON: 60.0, RARE: 45.0}, start=START + 30 * DAY, seed=2)
    scan([tmp_path / "1.pcap"], tmp_path / "a.db", Plan(asset="van", jobs=1))
    assert changes(tmp_path / "a.db", "van") == []
    scan([tmp_path / "2.pcap"], tmp_path / "a.db", Plan(asset="van", jobs=1))
    found = changes(tmp_path / "a.db", "van")
    assert found[0] == ("verdict", "same", "verdict")
    assert ("finding", "new", f"Regular contact with {RARE}:7700") in found
    assert ("finding", "gone", "Regular contact with 198.51.100.9:7700") in found
    assert not [name for _, _, name in found if COMMON in name]


def test_a_sweep_from_elsewhere_does_not_say_that_anything_is_gone(tmp_path: Path) -> None:
    calls(tmp_path / "1.pcap", {COMMON: 60.0})
    scan([tmp_path / "1.pcap"], tmp_path / "a.db", Plan(asset="van", jobs=1))
    scan([AT_LOG], tmp_path / "a.db", Plan(asset="van", jobs=1))
    found = changes(tmp_path / "a.db", "van")
    assert found[0] == ("verdict", "changed", "verdict")
    assert {change for what, change, _ in found if what == "finding"} == {"new"}


def test_two_sweeps_of_one_car_are_compared(tmp_path: Path) -> None:
    calls(tmp_path / "1.pcap", {COMMON: 60.0, "198.51.100.9": 30.0})
    calls(tmp_path / "2.pcap", {COMMON: 60.0, RARE: 45.0}, start=START + 30 * DAY, seed=2)
    database = tmp_path / "a.db"
    scan([tmp_path / "1.pcap", tmp_path / "2.pcap"], database, Plan(asset="van", jobs=1))
    with Store(database) as store:
        first, second = sweeps(store, "van")
        assert (first.number, second.number) == (1, 2)
        assert sweep_of(store, "van", second.day) == sweep_of(store, "van", "last") == second
        with pytest.raises(StoreError, match="no one sweep '3'; it has: 1"):
            sweep_of(store, "van", "3")
    for before, after, came, went in (
        ("van@1", "van@2", RARE, "198.51.100.9"),
        ("van@last", "van@1", "198.51.100.9", RARE),
    ):
        words = ["diff", before, after, "--db", str(database), "--format", "json", "--unmask"]
        result = CliRunner().invoke(group, words)
        assert result.exit_code == 0, result.output
        found = {(one["what"], one["change"], one["name"].rpartition(" to ")[2]) for one in json.loads(result.stdout)}
        assert found == {
            *(("finding", "new", f"{came}:7700"), ("finding", "gone", f"{went}:7700")),
            *(("endpoint", "new", came), ("endpoint", "gone", went)),
        }


def test_show_and_report_say_what_the_latest_sweep_changed(tmp_path: Path) -> None:
    calls(tmp_path / "1.pcap", {COMMON: 60.0, "198.51.100.9": 30.0})
    calls(tmp_path / "2.pcap", {COMMON: 60.0, RARE: 45.0}, start=START + 30 * DAY, seed=2)
    database = tmp_path / "a.db"
    scan([tmp_path / "1.pcap", tmp_path / "2.pcap"], database, Plan(asset="van", jobs=1))
    runner = CliRunner()
    listed = runner.invoke(group, ["show", "--db", str(database), "--format", "json"])
    assert [row["changed"] for row in json.loads(listed.stdout)] == ["1 new, 1 gone"]
    told = runner.invoke(group, ["show", "asset", "van", "--db", str(database), "--format", "json"])
    assert [row["number"] for row in json.loads(told.stdout)["sweeps"]] == [1, 2]
    with Store(database) as store:
        (asset,) = assemble(Reader(store, masked=True), reproducible=False).assets
        (plain,) = assemble(Reader(store, masked=True), reproducible=True).assets
    assert asset.since is not None
    assert [one.change for one in asset.since.changes] == ["new", "gone"]
    assert plain.since is None
    for name in ("report.md", "report.html", "report.json"):
        result = runner.invoke(group, ["report", "-o", str(tmp_path / name), "--db", str(database)])
        assert result.exit_code == 0, result.output
        text = (tmp_path / name).read_text()
        assert ("What changed since the sweep before" in text) == (name != "report.json")
        assert "not seen again" in text


def test_sources_without_times_belong_to_the_sweep_that_was_read_with_them(tmp_path: Path) -> None:
    calls(tmp_path / "1.pcap", {COMMON: 60.0})
    scan([tmp_path / "1.pcap", AT_LOG], tmp_path / "a.db", Plan(asset="van", jobs=1))
    with Store(tmp_path / "a.db") as store:
        (only,) = sweeps(store, "van")
        assert len(only.sources) == 2


def test_a_pause_of_half_a_day_parts_sweeps(tmp_path: Path) -> None:
    files = [
        calls(tmp_path / f"{hours}.pcap", {COMMON: 60.0}, start=START + hours * 3600, seed=hours)
        for hours in (0, 11, 36)
    ]
    scan(files, tmp_path / "a.db", Plan(asset="van", jobs=1))
    with Store(tmp_path / "a.db") as store:
        assert [len(one.sources) for one in sweeps(store, "van")] == [2, 1]


def test_cars_are_counted_again_when_another_process_wrote(captures: Path, tmp_path: Path) -> None:
    files = sorted(captures.iterdir())
    scan(files[:-1], tmp_path / "a.db", Plan(jobs=1))
    with Store(tmp_path / "a.db") as store:
        counting = _Counting(store)
        before = counting.cars()
        assert counting.cars() is before
        scan(files[-1:], tmp_path / "a.db", Plan(jobs=1))
        assert len(counting.cars().alike) == len(before.alike) + 1


def test_every_detector_looks_once_for_one_judgement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: Counter[str] = Counter()
    for kind in (type(detector) for detector in DETECTORS):

        def counted(self: Detector, scene: Scene, look: Callable[..., Iterator[Finding]] = kind.look) -> list[Finding]:
            looked[self.name] += 1
            return list(look(self, scene))

        monkeypatch.setattr(kind, "look", counted)
    image = make_tar(tmp_path / "image.tar", {"etc/far.conf": b"server=track.fleet.example\n"})
    report = scan([image, POSTS], tmp_path / "a.db", Plan(asset="van", jobs=1))
    assert "tie" in {row["kind"] for row in map(json.loads, export(tmp_path / "a.db").splitlines())}
    assert report.assets == ("van",)
    assert looked == Counter(detector.name for detector in DETECTORS)
