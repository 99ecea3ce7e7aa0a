"""Numbers are said in round figures, and the stored one is the one that is said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.words.amounts import duration, length, measured, odds, often, rounded_chance, spread


@pytest.mark.parametrize(
    ("chance", "said"),
    [
        (1.0, "no surprise"), (0.5, "no surprise"), (0.2, "about 1 in 5"), (0.0123, "about 1 in 80"),
        (2.846e-06, "about 1 in 400,000"), (9.99e-07, "less than 1 in 1,000,000"), (0.0, "less than 1 in 1,000,000"),
    ],
)  # fmt: skip
def test_odds(chance: float, said: str) -> None:
    assert odds(chance) == said


@given(st.floats(0, 1))
def test_what_is_stored_is_said_as_what_was_measured(chance: float) -> None:
    stored = rounded_chance(chance)
    assert 1e-06 <= stored <= 1
    assert rounded_chance(stored) == stored
    if not 0.4 < chance < 0.6:
        assert odds(stored) == odds(chance) or chance > 0.1


@pytest.mark.parametrize(
    ("value", "around", "kept"),
    [(61.00347, 0.44, 61.0), (14437.281, 12.0, 14437), (10.00002, 0.0, 10.0), (3600.4, 700.0, 3600)],
)
def test_no_digit_below_the_spread(value: float, around: float, kept: float) -> None:
    assert measured(value, around) == kept


def test_sizes_in_words() -> None:
    assert [duration(one) for one in (2.53, 61.003, 900, 14400)] == ["2.5 s", "61 s", "15 min", "4.0 h"]
    assert [length(one) for one in (40.2, 3210, 1_234_567)] == ["40 m", "3.2 km", "1,200 km"]
    assert [spread(one) for one in (0.00012, 0.437, 12.4)] == ["0.01 s", "0.44 s", "12 s"]
    assert [often(one) for one in (1, 41)] == ["once", "41 times"]
