"""A known place in payloads: every drawn layout, and nothing where there is nothing."""

from __future__ import annotations

import math
import random
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.decode.generic.codes import geohash, plus_code
from iotwatch.decode.geodesy import distance
from iotwatch.files.known_places import KnownPlace
from iotwatch.observe.known_place.finding import Finder, Hit
from iotwatch.observe.known_place.keys import Axis
from iotwatch.observe.known_place.layers import layers
from iotwatch.observe.known_place.places import baidu, box, images
from iotwatch.observe.known_place.search import Arena, Search
from iotwatch.observe.known_place.table import ENCODINGS
from iotwatch.read.stream import from_bytes
from tests.studies.drawn_layouts import draw, message

CLAIMED = 1e-4


def hits(payload: bytes, latitude: float, longitude: float, radius: float = 100.0) -> list[Hit]:
    payloads = [layer.data for layer in layers(from_bytes(payload))]
    found = Finder([KnownPlace(latitude, longitude, radius)]).hits(payloads)
    return [hit for hit in found if hit.rate * sum(map(len, payloads)) <= CLAIMED]


def drawn_place(made: random.Random) -> tuple[float, float]:
    return math.degrees(math.asin(made.uniform(-0.9, 0.95))), made.uniform(-179, 179)


def test_drawn_layouts_are_found_in_one_message() -> None:
    made, missed = random.Random(7), list[str]()
    for number in range(72):
        layout, place = draw(number), drawn_place(made)
        if not hits(message(layout, *place, number), *place):
            missed.append(f"{layout.name} {layout.wrapped} at {place}")
    assert len(missed) <= 3, missed


def test_what_is_found_is_the_place_itself() -> None:
    made = random.Random(8)
    for number in range(27):
        layout, place = draw(number), drawn_place(made)
        for hit in hits(message(layout, *place, number), *place):
            assert distance(*place, hit.latitude.degrees, hit.longitude.degrees) < 25


def test_no_drawn_message_names_another_place() -> None:
    made = random.Random(9)
    payloads = [message(draw(number), *drawn_place(made), number) for number in range(270)]
    finder = Finder([KnownPlace(*drawn_place(made)) for _ in range(20)])
    claims = [hit for hit in finder.hits(payloads) if hit.rate * len(payloads[hit.payload]) <= CLAIMED]
    assert len(claims) <= 1, claims


@settings(max_examples=60, deadline=None)
@given(
    st.floats(-89, 89),
    st.floats(-179.9, 179.9),
    st.integers(0, len(ENCODINGS) - 1),
)
def test_the_keys_of_a_smaller_box_lie_in_those_of_a_larger(latitude: float, longitude: float, index: int) -> None:
    encoding = ENCODINGS[index]
    south, up, west, right = box(latitude, longitude, 100)
    for axis, low, high in ((Axis.LATITUDE, south, up), (Axis.LONGITUDE, west, right)):
        ranges = list(encoding.ranges(axis, low, high))
        for one in ranges:
            assert 0 <= one.low <= one.high < 1 << 64
            assert 0 < one.least <= one.most
        middle = (low + high) / 2
        inner = list(encoding.ranges(axis, middle - (middle - low) / 4, middle + (high - middle) / 4))
        for one in inner:
            assert any(wide.low <= one.low and one.high <= wide.high for wide in ranges), encoding.name


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=4000), st.floats(-90, 90), st.floats(-180, 180), st.floats(1, 10_000))
def test_any_bytes_at_any_place(payload: bytes, latitude: float, longitude: float, radius: float) -> None:
    for hit in hits(payload, latitude, longitude, radius):
        start, end = hit.span
        assert 0 <= start < end


@pytest.mark.parametrize("place", [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (0.0005, -0.0005), (9.9995, 99.9995)])
def test_the_borders_of_the_scale(place: tuple[float, float]) -> None:
    assert hits(bytes(1000), *place) == []
    if place != (0.0, 0.0):
        written = struct.pack(">ii", *(round(one * 1e7) if abs(one) < 180 else round(one * 1e6) for one in place))
        hits(b"\x31" * 20 + written + b"\x32" * 20, *place)


def test_a_place_in_china_is_found_in_its_datums() -> None:
    """The example of coordtransform's README (wandergis, MIT)."""
    found = hits(b"id=7;lat=39.916404;lng=116.410244;", 39.915, 116.404)
    assert [hit.datum for hit in found] == ["GCJ-02"]
    assert [one.datum for one in images(39.915, 116.404)] == ["WGS-84", "GCJ-02", "BD-09"]
    assert baidu(39.915, 116.404) == pytest.approx((39.92133699351021, 116.41036949371029), abs=1e-9)


@pytest.mark.parametrize("code", [b"gcpvj0dy6q", b"GCPVJ0DUQ", b"9C3XGV3C+7Q", b"gcpvj0dy"])
def test_codes_of_places_are_found(code: bytes) -> None:
    """Near Trafalgar Square: as geohash.org and plus.codes give it, in messages of some letters more."""
    latitude, longitude = (geohash if b"+" not in code else plus_code)(code.decode())  # type: ignore[misc]
    (hit,) = hits(b"at=" + code + b";n=17", latitude, longitude)
    assert hit.encoding.name.split(" ")[0] in ("geohash", "plus")
    assert hits(b"at=x" + code + b";", latitude, longitude) == []
    assert hits(b"at=" + code + b";", latitude + 0.01, longitude) == []


def test_payloads_do_not_run_into_each_other() -> None:
    """The halves of a place in two payloads, side by side in the arena, are no place."""
    halves = struct.pack("<f", 48.858222), struct.pack("<f", 2.2945)
    finder = Finder([KnownPlace(48.858222, 2.2945)])
    assert finder.hits([b"\x99" * 16 + halves[0], halves[1] + b"\x99" * 16]) == []
    assert len(finder.hits([b"\x99" * 16 + halves[0] + halves[1] + b"\x99" * 16])) == 1


def test_zeros_cost_no_more_than_noise() -> None:
    """Where a place's first bytes are zeros too, the search is not drawn to all zeros."""
    search = Search(ENCODINGS, *box(0.4, 9.45, 100))
    assert len(list(search.pairs(Arena([bytes(1 << 20)])))) == 0
    assert np.count_nonzero(search._latitudes._flags) < 1 << 14
