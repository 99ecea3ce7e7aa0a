"""Times by the letters of their groups' names."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from iotwatch.decode.trackers.engine.text_times import Field, time_of


def fields(**texts: str) -> dict[str, Field]:
    at = 0
    made = {}
    for name, text in texts.items():
        made[name] = Field(text, at, at + len(text))
        at += len(text) + 1
    return made


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("texts", "zone", "expected"),
    [
        ({"dmy": "170324", "HMS": "094126"}, 0, "2024-03-17T09:41:26"),
        ({"ymd": "24/03/17", "HMS": "09:41:26"}, 0, "2024-03-17T09:41:26"),
        ({"YmdHMS": "2024-03-17T09:41:26"}, 8, "2024-03-17T01:41:26"),
        ({"mdYHMS": "03/17/2024 09:41:26"}, 0, "2024-03-17T09:41:26"),
        ({"HMSdmy": "094126170324"}, 0, "2024-03-17T09:41:26"),
        ({"dmy": "70324", "HMS": "94126"}, 0, "2024-03-07T09:41:26"),
        ({"ymd_hex": "180311", "HMS_hex": "09291a"}, 0, "2024-03-17T09:41:26"),
        ({"dmy": "170324", "HM": "0941"}, 0, "2024-03-17T09:41:00"),
        ({"dmy": "170324", "HMS": "094126", "zone": "-0430"}, 0, "2024-03-17T14:11:26"),
        ({"unix": "1710668486"}, 0, "2024-03-17T09:41:26"),
        ({"unix_ms": "1710668486000"}, 0, "2024-03-17T09:41:26"),
        ({"gps_week": "2306034886"}, 0, "2024-03-17T09:41:26"),
        ({"local_ymdHM": "2403171741", "HMS": "094126"}, 0, "2024-03-17T09:41:26"),
        ({"local_ymdHM": "2403180030", "HMS": "233000"}, 0, "2024-03-17T23:30:00"),
        ({"local_ymdHM": "2403172330", "HMS": "013000"}, 0, "2024-03-18T01:30:00"),
    ],
)
def test_times(texts: dict[str, str], zone: float, expected: str) -> None:
    assert time_of(fields(**texts), zone) == seconds(expected) * 1_000_000


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"HMS": "094126"},
        {"dmy": "170324"},
        {"local_ymdHM": "2403171741"},
        {"dmy": "310224", "HMS": "094126"},
        {"dmy": "170324", "HMS": "256126"},
        {"dmy": "17", "HMS": "094126"},
    ],
)
def test_half_a_time_or_an_impossible_one_is_none(texts: dict[str, str]) -> None:
    assert time_of(fields(**texts), 0) is None


def test_fractions_of_a_second_are_kept() -> None:
    assert time_of(fields(dmy="170324", HMS="094126.250"), 0) == seconds("2024-03-17T09:41:26") * 1_000_000 + 250_000
