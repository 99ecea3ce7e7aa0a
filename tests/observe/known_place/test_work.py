"""What a search costs, counted: offsets looked at closer, and calls."""

from __future__ import annotations

import random

import numpy as np
import pytest

from iotwatch.files.known_places import KnownPlace
from iotwatch.observe.known_place.finding import Finder
from iotwatch.observe.known_place.places import box
from iotwatch.observe.known_place.search import Arena, Search
from iotwatch.observe.known_place.table import ENCODINGS
from tests.calls import calls_while

PLACES = [(51.1596, 71.4048), (0.4, 9.45), (-33.4372, -70.6506), (39.915, 116.404)]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", ["noise", "zeros", "small integers"])
def test_few_offsets_are_looked_at_closer(place: tuple[float, float], kind: str) -> None:
    noise = np.random.default_rng(3)
    payload = {
        "noise": noise.integers(0, 256, 1 << 20, dtype=np.uint8).tobytes(),
        "zeros": bytes(1 << 20),
        "small integers": noise.integers(0, 3, 1 << 18, dtype=np.uint32).byteswap().tobytes(),
    }[kind]
    search = Search(ENCODINGS, *box(*place, 100))
    values = Arena([payload]).twos
    for half in (search._latitudes, search._longitudes):
        assert (half._flags[values] != 0).mean() < 0.02


def test_calls_grow_with_chunks_and_not_with_bytes() -> None:
    finder = Finder([KnownPlace(*PLACES[0])])
    few, many = (random.Random(4).randbytes(size << 20) for size in (1, 3))
    assert (calls_while(lambda: finder.hits([many])) - calls_while(lambda: finder.hits([few]))) / (2 << 20) < 0.002


def test_two_hundred_places_at_once() -> None:
    draw = random.Random(5)
    places = [KnownPlace(draw.uniform(-60, 60), draw.uniform(-180, 180)) for _ in range(200)]
    told = f"lat={places[77].latitude:.6f}&lon={places[77].longitude:.6f}".encode()
    payloads = [draw.randbytes(1 << 14), told]
    hits = [hit for hit in Finder(places).hits(payloads) if hit.rate * len(payloads[hit.payload]) * len(places) < 1e-3]
    assert [(hit.payload, hit.place) for hit in hits] == [(1, places[77])]
