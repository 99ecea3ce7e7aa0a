"""Whose place it is, when, on which datum, how sure."""

from __future__ import annotations

import json

import pytest

from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt


def only(read, value):
    (message,) = [m for m in read(json.dumps(value, ensure_ascii=False)) if m.fixes]
    return message


@pytest.mark.parametrize(
    ("value", "owner"),
    [
        ({"lat": 48.8584, "lon": 2.2945}, ""),
        ({"rxInfo": [{"location": {"latitude": 48.8584, "longitude": 2.2945}}]}, "gateway"),
        ({"_type": "waypoint", "lat": 48.8584, "lon": 2.2945}, "waypoint"),
        ({"_type": "waypoints", "waypoints": [{"lat": 48.8584, "lon": 2.2945}]}, "waypoint"),
        ({"home_latitude": 48.8584, "home_longitude": 2.2945}, "home"),
        ({"superchargers": [{"location": {"lat": 48.8584, "long": 2.2945}}]}, "charging site"),
        ({"geofence": {"center": {"lat": 48.8584, "lng": 2.2945}}}, "fence"),
        ({"operator": {"latitude": 48.8584, "longitude": 2.2945}}, "operator"),
        ({"target_latitude": 48.8584, "target_longitude": 2.2945}, "waypoint"),
    ],
)
def test_whose_place_it_is(read, value, owner):
    assert only(read, value).fixes[0].whose == owner


@pytest.mark.parametrize(
    ("more", "valid"),
    [
        ({}, None),
        ({"valid": True}, True),
        ({"fix": 0}, False),
        ({"gpsStatus": "V"}, False),
        ({"fixType": 3}, True),
        ({"status": "ok"}, None),
    ],
)
def test_the_receivers_own_word(read, more, valid):
    assert only(read, {"lat": 48.8584, "lon": 2.2945, **more}).fixes[0].valid is valid


@pytest.mark.parametrize(
    ("more", "datum"),
    [
        ({"coordType": "gcj02"}, "GCJ-02"),
        ({"CoordinateSystem": 2}, "GCJ-02"),
        ({"coord_type": "bd09ll"}, "BD-09"),
        ({"crs": "wgs84"}, ""),
    ],
)
def test_datums_are_told_and_not_repaired(read, more, datum):
    fix = only(read, {"lat": 31.23, "lon": 121.4737, **more}).fixes[0]
    assert (fix.datum, fix.latitude, fix.longitude) == (datum, 31.23, 121.4737)


@pytest.mark.parametrize(
    ("more", "time"),
    [
        ({"ts": 1700000000123}, 1_700_000_000_123_000),
        ({"gpsTime": "2023-11-14 22:13:20"}, 1_700_000_000_000_000),
        ({"timestamp": "2023-11-14T23:13:20.5+01:00"}, 1_700_000_000_500_000),
        ({"date": "2023-11-14", "time": "22:13:20"}, 1_700_000_000_000_000),
        ({"time": "20231114221320"}, 1_700_000_000_000_000),
        ({"ts": 5}, None),
    ],
)
def test_times(read, more, time):
    assert only(read, {**more, "pos": {"lat": 48.8584, "lon": 2.2945}}).fixes[0].time == time


def test_swapped_halves_are_turned_and_trusted_less(read):
    message = only(read, {"latitude": 113.44444, "longitude": 23.45656})
    assert (message.fixes[0].latitude, message.fixes[0].longitude) == (23.45656, 113.44444)
    assert message.confidence == Confidence.POSSIBLE
    assert ReadingDoubt.SWAPPED() in message.doubts


def test_coarse_places_are_called_coarse(read):
    for value in ({"lat": -45, "lon": 100}, {"lat": 51.0123, "lon": -0.1123, "accuracy": 600000.0}):
        message = only(read, value)
        assert message.confidence == Confidence.LIKELY
        assert ReadingDoubt.COARSE() in message.doubts


def test_a_doubled_key_does_not_lose_the_longitude(places_in):
    # 经度 (longitude) and 精度 (accuracy) are written alike in pinyin
    assert places_in('{"jingdu":"117.30333","weidu":"30.44556","jingdu":"100米"}') == [(30.44556, 117.30333)]


def test_halves_pair_with_their_own_prefix(places_in):
    value = {"latitude": 1.5, "home_latitude": 2.5, "home_longitude": 12.5, "longitude": 11.5}
    assert sorted(places_in(json.dumps(value))) == [(1.5, 11.5), (2.5, 12.5)]


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"geohash": "u09tunqu6j"}, (48.85837, 2.29448)),
        ({"plus_code": "8FW4V75V+8Q"}, (48.85831, 2.29444)),
        ({"mgrs": "31UDQ4825111932"}, (48.85819, 2.29448)),
        ({"locator": "JN18du59"}, (48.87292, 2.29583)),
    ],
)
def test_codes(read, value, place):
    fix = only(read, value).fixes[0]
    assert (fix.latitude, fix.longitude) == pytest.approx(place, abs=2e-4)


def test_polygons_and_lines_put_the_longitude_first(places_in):
    value = {"type": "LineString", "coordinates": [[2.2945, 48.8584], [2.3, 48.86]]}
    assert places_in(json.dumps(value)) == [(48.8584, 2.2945), (48.86, 2.3)]


def test_no_fix_is_counted_and_states_no_place(read):
    (message,) = read(json.dumps({"lat": 0, "lon": 0, "sats": 4}))
    assert message.fixes == ()
    assert message.fields == {"no_fix": 1}


@pytest.mark.parametrize("half", ["n/a", "unknown", ""])
def test_a_half_that_is_no_number_states_nothing(read, half):
    assert not [
        message for message in read(json.dumps({"lat": half, "lon": 2.2945, "ns": "N", "ew": "E"})) if message.fixes
    ]


def test_a_letter_in_the_value_stands_above_one_beside_it(read):
    value = {"lat": "48.8584S", "lon": "2.2945W", "ns": "N", "ew": "E"}
    assert (only(read, value).fixes[0].latitude, only(read, value).fixes[0].longitude) == (-48.8584, -2.2945)
