"""Radio senders, begun at a sweep: what is told of them, and what is not one."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.enrich.bands import Way, bands_at
from iotwatch.files.case import Case, Phase
from iotwatch.report.document.assembling import assemble
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests import air
from tests.detect.test_severity import CAR, OUTSIDE, REPORT, wire
from tests.studies.fleet_traffic import START, frame

LOW, HIGH, UNTIL = 838e6, 846e6, 600.0
REPORTER = air.tracker(842.3e6, 40.0, UNTIL)


def judged(folder: Path, sources: Sequence[Path], **plan: Any) -> tuple[list[dict[str, Any]], str]:
    """The senders that are found, and the verdict."""
    database = folder / "a.db"
    scan(sources, database, Plan(asset="car", jobs=1, **plan))
    with Store(database) as store:
        reader = Reader(store, masked=False)
        rows = [row for row in reader.findings("car") if row["kind"] == "transmitter"]
        return rows, reader.assets()[0]["verdict"]


def swept(folder: Path, heard: air.Air, low: float = LOW, high: float = HIGH, name: str = "sweep.csv") -> Path:
    (folder / name).write_bytes(air.rtl_power(heard, low, high))
    return folder / name


def page(folder: Path) -> str:
    """All of page one."""
    with Store(folder / "a.db") as store:
        (asset,) = assemble(Reader(store, masked=False), reproducible=True).assets
    return " ".join((asset.summary.sentence, *asset.summary.not_checked))


def test_a_clock_alone_is_low_and_possible(tmp_path: Path) -> None:
    ((row,), verdict) = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, [REPORTER]))])
    assert (row["severity"], row["confidence"], verdict) == ("low", "possible", "not-enough-data")
    facts = row["facts"]
    assert facts["period_s"] == pytest.approx(40, rel=0.02)
    assert (facts["direction"], facts["baseline"]) == ("uplink", "none")
    assert "LTE 20" in facts["band"]
    assert facts["centre_mhz"] == pytest.approx(842.3, abs=0.2)
    assert facts["above_floor_db"] == pytest.approx(20, abs=3)
    assert facts["duration_s"] == pytest.approx(2, abs=1)
    assert any("a sweep with the car away would tell" in doubt for doubt in row["doubts"])


def test_with_the_place_heard_without_it_it_is_medium_and_likely(tmp_path: Path) -> None:
    away = swept(tmp_path, air.Air(UNTIL, seed=9), name="away.csv")
    rows, verdict = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, [REPORTER]))], baselines=(away,))
    assert [(row["severity"], row["confidence"]) for row in rows] == [("medium", "likely")]
    assert rows[0]["facts"]["baseline"] == "absent"
    assert verdict == "suspicious"
    told = page(tmp_path)
    assert "Near car, something sends by radio again and again, as by a clock." in told
    assert "A radio receiver listened where mobile phones send (838 to 846 MHz)" in told
    assert "Nobody listened there this time" not in told
    assert "We listened for 10 minutes" in told, "the sweep without the car listened to no car"


def test_the_car_may_be_away_for_a_part_of_one_sweep(tmp_path: Path) -> None:
    late = air.tracker(842.3e6, 30.0, UNTIL, first=310.0)
    phases = (("away", 0, 300), ("parked", 300, 600))
    case = Case(
        asset="car",
        phases=tuple(
            Phase(name, air.BEGIN + timedelta(seconds=begin), air.BEGIN + timedelta(seconds=end))
            for name, begin, end in phases
        ),
    )
    rows, _ = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, [late]))], case=case)
    assert [(row["severity"], row["confidence"], row["facts"]["baseline"]) for row in rows] == [
        ("medium", "likely", "absent")
    ]


def test_a_neighbour_is_the_places_own(tmp_path: Path) -> None:
    away = swept(tmp_path, air.Air(UNTIL, [air.tracker(842.3e6, 40.0, UNTIL, seed=5)], seed=9), name="away.csv")
    rows, verdict = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, [REPORTER]))], baselines=(away,))
    assert [(row["severity"], row["facts"]["baseline"]) for row in rows] == [("info", "present")]
    assert verdict == "not-enough-data"


def test_a_place_that_was_heard_for_a_minute_tells_nothing_of_a_slow_clock(tmp_path: Path) -> None:
    away = swept(tmp_path, air.Air(70, seed=9), name="away.csv")
    rows, _ = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, [REPORTER]))], baselines=(away,))
    assert [(row["confidence"], row["facts"]["baseline"]) for row in rows] == [("possible", "short")]


@pytest.mark.parametrize("zone", [0.0, 2.0, -3.5])
def test_bursts_on_the_seconds_of_another_tap_are_high(zone: float, tmp_path: Path) -> None:
    begin = datetime.fromtimestamp(START, UTC)
    (tmp_path / "sweep.csv").write_bytes(air.rtl_power(air.Air(UNTIL, [REPORTER], begin=begin), LOW, HIGH, zone=zone))
    tap = wire(tmp_path, ((time, frame(CAR, OUTSIDE, REPORT)) for time in REPORTER.times))
    (row,), _ = judged(tmp_path, [tmp_path / "sweep.csv", *tap])
    assert (row["severity"], row["confidence"]) == ("high", "likely")
    assert row["facts"]["in_step"] == row["facts"]["in_step_of"] == len(REPORTER.times)
    assert any("h from the other tap's" in doubt for doubt in row["doubts"]) is bool(zone)


def test_positions_at_other_times_are_no_tie(tmp_path: Path) -> None:
    begin = datetime.fromtimestamp(START, UTC)
    (tmp_path / "sweep.csv").write_bytes(air.rtl_power(air.Air(UNTIL, [REPORTER], begin=begin), LOW, HIGH))
    draw = random.Random(2)
    tap = wire(tmp_path, ((draw.uniform(0, UNTIL), frame(CAR, OUTSIDE, REPORT)) for _ in range(15)))
    (row,), _ = judged(tmp_path, [tmp_path / "sweep.csv", *tap])
    assert row["severity"] == "low"


def test_positions_every_second_are_no_tie(tmp_path: Path) -> None:
    """Most of them fall on bursts, and so would any. The ways to choose among a thousand are no float."""
    until = 1300
    begin = datetime.fromtimestamp(START, UTC)
    often = air.tracker(842.3e6, 13.0, until)
    (tmp_path / "sweep.csv").write_bytes(air.rtl_power(air.Air(until, [often], begin=begin), 841e6, 844e6))
    tap = wire(tmp_path, ((float(time), frame(CAR, OUTSIDE, REPORT)) for time in range(until)))
    (row,), _ = judged(tmp_path, [tmp_path / "sweep.csv", *tap])
    assert row["severity"] == "low"


def test_two_devices_are_two_findings(tmp_path: Path) -> None:
    senders = [air.tracker(839.6e6, 33.0, UNTIL, seed=2), air.tracker(844.4e6, 52.0, UNTIL, seed=3, level=15)]
    rows, _ = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, senders))])
    assert sorted(row["facts"]["period_s"] for row in rows) == pytest.approx([33, 52], rel=0.02)


def test_a_device_that_hops_is_one_finding(tmp_path: Path) -> None:
    draw = random.Random(4)
    channels = [LOW + 0.5e6 + 0.9e6 * at for at in range(8)]
    times = air.clock(45.0, UNTIL, first=12.0, jitter=0.4, draw=draw)
    used: dict[float, list[float]] = {}
    for time in times:
        for late, channel in enumerate(draw.sample(channels, 3)):
            used.setdefault(channel, []).append(time + late)
    senders = [air.Sender(channel, 2e5, 18.0, own, [1.0] * len(own)) for channel, own in used.items()]
    (row,), _ = judged(tmp_path, [swept(tmp_path, air.Air(UNTIL, senders))])
    assert row["facts"]["period_s"] == pytest.approx(45, rel=0.02)
    assert len(row["facts"]["channels_mhz"]) >= 3
    assert "in turn" in row["title"]


def test_a_clock_under_a_phone_on_the_same_carrier(tmp_path: Path) -> None:
    senders = [
        air.tracker(842e6, 31.0, 900, level=19, width=1.8e6, lasts=2.0),
        air.phone(842e6, 900, level=23, seed=8, rate=1 / 30),
    ]
    rows, _ = judged(tmp_path, [swept(tmp_path, air.Air(900, senders))])
    assert [row["facts"]["period_s"] for row in rows] == [pytest.approx(31, rel=0.03)]


def test_a_phone_left_on_is_told_without_a_period(tmp_path: Path) -> None:
    heard = air.Air(UNTIL, [air.phone(842e6, UNTIL, level=22, seed=3, rate=1 / 25)])
    (row,), _ = judged(tmp_path, [swept(tmp_path, heard)])
    assert (row["facts"]["period_s"], row["severity"], row["confidence"]) == (None, "low", "possible")


@pytest.mark.parametrize("seed", range(4))
def test_phones_that_pass_are_no_finding(seed: int, tmp_path: Path) -> None:
    heard = air.Air(UNTIL, air.passing(LOW, HIGH, UNTIL, count=25, seed=seed), [(840e6, 1e6, 20.0)], seed=seed)
    assert judged(tmp_path, [swept(tmp_path, heard)])[0] == []


def test_a_base_station_that_is_busy_by_a_clock_is_no_device(tmp_path: Path) -> None:
    heard = air.Air(
        UNTIL, [air.tracker(945e6, 40.0, UNTIL, width=4e6)], [(945e6, 4.4e6, 12.0), (938e6, 3e6, 15.0)], seed=6
    )
    rows, _ = judged(tmp_path, [swept(tmp_path, heard, 936e6, 950e6)])
    assert rows == []
    told = page(tmp_path)
    assert "We listened for less than a minute in all" in told
    assert "Nobody listened there this time" in told


def test_a_jammer_of_satellite_receivers(tmp_path: Path) -> None:
    jammer = air.Sender(1575.4e6, 6e6, 15.0, [100.0], [130.0])
    (row,), _ = judged(tmp_path, [swept(tmp_path, air.Air(400, [jammer]), 1566e6, 1586e6)])
    assert (row["facts"]["band"], row["facts"]["direction"]) == ("GNSS L1", "unknown")


def test_a_jammer_that_never_pauses(tmp_path: Path) -> None:
    heard = air.Air(120, constant=[(1575.4e6, 3e6, 20.0)])
    (row,), _ = judged(tmp_path, [swept(tmp_path, heard, 1560e6, 1590e6)])
    assert "all the time" in row["title"]


def test_where_both_ways_share_a_range_the_direction_is_unknown(tmp_path: Path) -> None:
    heard = air.Air(UNTIL, [air.tracker(2350e6, 40.0, UNTIL)])
    (row,), _ = judged(tmp_path, [swept(tmp_path, heard, 2346e6, 2354e6)])
    assert row["facts"]["direction"] == "unknown"
    assert any("both ways share this range" in doubt for doubt in row["doubts"])


@pytest.mark.parametrize(
    ("frequency", "name", "way"),
    [
        (780e6, "LTE 13", Way.UP), (750e6, "LTE 13", Way.DOWN), (790e6, "LTE 14", Way.UP), (760e6, "LTE 14", Way.DOWN),
        (855e6, "LTE 20", Way.UP), (800e6, "LTE 20", Way.DOWN), (1640e6, "LTE 24", Way.UP), (680e6, "LTE 71", Way.UP),
        (630e6, "LTE 71", Way.DOWN), (890e6, "LTE 8", Way.UP), (940e6, "LTE 8", Way.DOWN), (2350e6, "LTE 40", Way.SHARED),
        (868.1e6, "ISM 863-870 (LoRa, Sigfox)", Way.UP), (173.075e6, "LoJack", Way.UP), (1575.42e6, "GNSS L1", Way.SILENT),
    ],
)  # fmt: skip
def test_ways_of_bands(frequency: float, name: str, way: Way) -> None:
    """3GPP TS 36.101 table 5.5-1; the uplink is above the downlink in 13, 14, 20, 24 and 71."""
    assert (name, way) in {(band.name, band.way) for band in bands_at(frequency, frequency)}
