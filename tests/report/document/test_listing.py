"""The columns that a terminal has room for."""

from __future__ import annotations

import pytest

from iotwatch.report.document.listing import brief

COLUMNS = ("id", "asset", "server", "server_name", "server_port", "reported_id", "direction", "dialect", "method")
POSITION = {
    **dict.fromkeys(COLUMNS, ""),
    "time": "2026-11-22T01:38:34.876015Z",
    "latitude": 46.8221071,
    "longitude": -68.9195449,
}


def test_a_position_in_brief() -> None:
    (row,) = brief("position", [POSITION])
    assert (row["time"], row["place"]) == ("2026-11-22T01:38:34", "46.8221,-68.9195")
    (listed,) = brief("position", [{**POSITION, "latitude": None, "method": "cell", "time": None}])
    assert (listed["time"], listed["place"]) == ("", "(cell list)")


@pytest.mark.parametrize(
    ("name", "address", "port", "told"),
    [
        ("gps.example", "198.51.100.9", 7018, "gps.example:7018"),
        ("", "198.51.100.9", 7018, "198.51.100.9:7018"),
        ("gps.example", "", None, "gps.example"),
        ("", None, 7018, ""),
    ],
)
def test_a_far_end_in_brief(name: str, address: str | None, port: int | None, told: str) -> None:
    flow = dict.fromkeys(("id", "client", "transport", "protocol", "bytes_up", "bytes_down"), "")
    (row,) = brief("flow", [{**flow, "server_name": name, "server": address, "server_port": port}])
    assert row["far end"] == told


def test_of_many_cars_some_are_named() -> None:
    row = {"cars": 9, "of": 12, "severity": "high", "what": "far end", "value": "gps.example"}
    (few,) = brief("fleet", [{**row, "assets": ["a", "b"]}])
    (many,) = brief("fleet", [{**row, "assets": [f"car-{number}" for number in range(30)]}])
    assert (few["cars"], few["in"]) == ("9 of 12", "a, b")
    assert many["in"].startswith("car-0, car-1, ")
    assert many["in"].endswith(" ...")


def test_a_noun_without_a_choice_keeps_its_columns() -> None:
    assert brief("evidence", [{"id": 1, "excerpt": "00"}]) == [{"id": 1, "excerpt": "00"}]
