"""The study of ``docs/blind-search.md`` in small: drives are found in forms that nobody knows, and not where there are none."""

from __future__ import annotations

import random

import pytest

from tests.studies import negative_traffic, negatives
from tests.studies.blind_flows import NOTHING, driven, nothing
from tests.studies.blind_search import begins, follows, searched


@pytest.mark.corpus
@pytest.mark.usefixtures("corpus")
def test_drives_are_found() -> None:
    flows = [driven(number, begins()) for number in range(10)]
    assert sum(follows(flow, searched(flow)) for flow in flows) >= 8


def test_counters_clocks_and_noise_are_not_claimed() -> None:
    flows = [nothing(number, kind) for kind in NOTHING if kind != "compressed" for number in range(2)]
    assert [flow.kind for flow in flows if searched(flow)] == []


@pytest.mark.parametrize("family", ["minecraft", "unity", "ticker", "prices", "rtp", "imu"])
def test_games_prices_and_speech_are_not_claimed(family: str) -> None:
    """Their floats and prices move smoothly too; read as integers of a scale they would drive."""
    for seed in range(6):
        transport, payloads = negative_traffic.FAMILIES[family](random.Random(seed))
        assert negatives.moving(negatives.stream_of(seed, transport, payloads)) == ()


def test_what_follows_faster_than_a_place_is_worth_telling_is_not_claimed() -> None:
    flow = driven(4, [(47.0, 8.0)])
    assert searched(flow)
    hasty = flow._replace(messages=[(time / 100, payload) for time, payload in flow.messages])
    assert not searched(hasty)
