"""Places that cannot be read right, or cannot all be one car's: from a capture to the doubts that ``show`` prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.talks import START, datagram, finding, report, scan, talk, told, write

ROTTERDAM, CHICAGO, BEIJING = (51.92, 4.48), (41.88, -87.63), (39.91, 116.39)
CANNOT = "these places cannot all be this car"


def doubts(database: Path, device: str) -> list[str]:
    return list(finding(database, "location", device_id=device)["doubts"])


def test_three_senders_on_three_continents_within_minutes(tmp_path: Path) -> None:
    frames = [
        one
        for number, place in enumerate((ROTTERDAM, CHICAGO, BEIJING))
        for at in (number * 60, number * 60 + 200)
        for one in talk(
            at, f"10.0.0.{number + 2}", "198.51.100.9", 80, report(f"unit-{number}", *place, at), sport=40000 + at
        )
    ]
    scan(tmp_path / "d.db", write(tmp_path / "three.pcap", frames))
    for number in range(3):
        (said,) = [one for one in doubts(tmp_path / "d.db", f"unit-{number}") if CANNOT in one]
        assert "00 km lie between two that were told within" in said


def test_one_sender_on_two_continents(tmp_path: Path) -> None:
    sent = [report("unit-7", *ROTTERDAM, 1), report("unit-7", *BEIJING, 2)]
    scan(tmp_path / "d.db", write(tmp_path / "one.pcap", talk(0, "10.0.0.2", "198.51.100.9", 80, *sent)))
    assert any(CANNOT in one for one in doubts(tmp_path / "d.db", "unit-7"))


def test_a_motorway_and_two_cars_of_one_town_raise_no_doubt(tmp_path: Path) -> None:
    frames = [
        one
        for number in range(6)
        for car in (0, 1)
        for one in talk(
            number * 60, f"10.0.0.{car + 2}", "198.51.100.9", 80,
            report(f"unit-{car}", 51.92 + number * 0.02 + car * 0.1, 4.48, number * 60), sport=40000 + number,
        )
    ]  # fmt: skip
    scan(tmp_path / "d.db", write(tmp_path / "cars.pcap", frames))
    assert not doubts(tmp_path / "d.db", "unit-0")
    assert not doubts(tmp_path / "d.db", "unit-1")


def test_records_stored_days_ago_are_no_jump(tmp_path: Path) -> None:
    sent = [
        report("unit-7", 52.37, 4.9, -4 * 86400),
        report("unit-7", 41.9, 12.5, -86400),
        report("unit-7", 51.92, 4.48, 3),
    ]
    scan(tmp_path / "d.db", write(tmp_path / "stored.pcap", talk(0, "10.0.0.2", "198.51.100.9", 80, *sent)))
    assert not doubts(tmp_path / "d.db", "unit-7")


@pytest.mark.parametrize("longitude", [180.0, -180.0, 179.9])
def test_a_longitude_at_its_bound_weighs_against_the_reading(tmp_path: Path, longitude: float) -> None:
    sent = talk(0, "10.0.0.2", "198.51.100.9", 80, report("unit-7", 51.92, longitude, 1))
    plain = talk(0, "10.0.0.3", "198.51.100.9", 80, report("unit-8", 51.92, 4.48, 1))
    scan(tmp_path / "d.db", write(tmp_path / "bound.pcap", sent))
    scan(tmp_path / "e.db", write(tmp_path / "plain.pcap", plain))
    at_bound = "a coordinate stands at the very end of its scale" in doubts(tmp_path / "d.db", "unit-7")
    assert at_bound == (abs(longitude) == 180)
    sure = ("possible", "likely", "certain")
    one, other = (finding(tmp_path / f"{name}.db", "location") for name in "de")
    assert sure.index(one["confidence"]) == sure.index(other["confidence"]) - at_bound


@pytest.mark.parametrize(("years", "doubted"), [(25, True), (18, False)])
def test_a_date_decades_off_weighs_against_the_reading(tmp_path: Path, years: int, doubted: bool) -> None:
    sent = talk(0, "10.0.0.2", "198.51.100.9", 80, report("unit-7", *ROTTERDAM, -years * 31_556_952.0))
    scan(tmp_path / "d.db", write(tmp_path / "date.pcap", sent))
    said = [one for one in doubts(tmp_path / "d.db", "unit-7") if one.endswith("years from the recording's")]
    assert bool(said) == doubted
    assert finding(tmp_path / "d.db", "location")["confidence"] == ("possible" if doubted else "likely")


def test_places_all_over_the_globe_in_one_message(tmp_path: Path) -> None:
    records = ",".join(
        f'{{"lat":{latitude},"lon":{longitude},"timestamp":{int(START)}}}'
        for latitude, longitude in (ROTTERDAM, CHICAGO, BEIJING)
    )
    body = f'{{"device_id":"unit-7","locations":[{records}]}}'.encode()
    scan(tmp_path / "d.db", write(tmp_path / "list.pcap", [datagram(0, "10.0.0.2", "198.51.100.9", 7000, body)]))
    rows = [row for row in told(tmp_path / "d.db", "finding") if row["kind"] == "location"]
    assert rows
    assert any("one message names places all over the globe" in row["doubts"] for row in rows)
    assert {row["confidence"] for row in rows} == {"possible"}
