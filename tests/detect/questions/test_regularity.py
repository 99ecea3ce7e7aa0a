"""Regular contacts score high, random ones do not, and few events claim little."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.detect.beacons.calibration import LEAST
from iotwatch.detect.beacons.likelihood import gaps_of, medians
from iotwatch.detect.questions.regularity import Regularity, corrected, regularity


def score(*pairs: np.ndarray, dead: float = 0.0) -> Regularity:
    times = [np.sort(pair * 1e6).astype(np.int64) for pair in pairs]
    starts = np.cumsum([0, *(len(one) for one in times[:-1])])
    return regularity(np.concatenate(times), starts, dead)


def beats(random: np.random.Generator, count: int, period: float, jitter: float, loss: float = 0.0) -> np.ndarray:
    whole = np.cumsum(period * (1 + random.uniform(-jitter, jitter, 3 * count)))
    return whole[random.random(len(whole)) >= loss][:count]


def test_a_steady_beat_is_told_from_random_contacts() -> None:
    random = np.random.default_rng(7)
    beat = np.arange(30) * 61.0 + random.uniform(-3, 3, 30)
    luck = np.cumsum(random.exponential(61.0, 30))
    found = score(beat, luck)
    assert found.score[0] > 0.95
    assert found.luck[0] < 1e-6
    assert LEAST <= found.single[0] < 1e-3
    assert found.interval[0] == pytest.approx(61, abs=2)
    assert found.score[1] < 0.6
    assert found.chance[1] > 0.1


def test_four_events_claim_little() -> None:
    assert score(np.array([0.0, 60, 120, 180])).chance[0] > 0.01


def test_two_gaps_claim_next_to_nothing() -> None:
    found = score(np.array([0.0, 3600, 7200]), np.array([0.0, 10, 7200]), np.array([5.0, 6]))
    assert found.chance.tolist()[0] == pytest.approx(0.1)
    assert found.chance[1] > 0.9
    assert found.chance[2] == pytest.approx(1)


def test_simultaneous_events_are_no_beat() -> None:
    assert score(np.zeros(8)).score[0] == 0


@pytest.mark.parametrize(("jitter", "loss"), [(0.0, 0.0), (0.1, 0.2), (0.3, 0.0), (0.2, 0.4), (0.5, 0.0)])
def test_jitter_and_missing_beats_leave_the_period(jitter: float, loss: float) -> None:
    random = np.random.default_rng(3)
    found = score(*(beats(random, 60, 300.0, jitter, loss) for _ in range(40)))
    assert np.median(found.interval) == pytest.approx(300, rel=0.05)
    assert np.mean(found.luck < 1e-3) > 0.95
    assert np.median(found.missed) == pytest.approx(loss, abs=0.08)


def test_a_state_that_changes_does_not_hide_the_beat() -> None:
    gaps = np.tile([30.0] * 20 + [3600.0, 3600.0], 3)
    found = score(np.cumsum(gaps))
    assert found.interval[0] == pytest.approx(30, rel=0.01)
    assert found.luck[0] < 1e-6
    assert 0.05 < found.off[0] < 0.15


def test_what_only_fills_the_dead_time_is_no_beat() -> None:
    random = np.random.default_rng(5)
    endless = np.cumsum(2.0 + random.exponential(0.1, 200))
    assert score(endless, dead=2.0).single[0] > 0.01
    assert score(endless).luck[0] < 1e-6


def test_chance_is_rarely_wrong_on_memoryless_contacts() -> None:
    random = np.random.default_rng(11)
    found = score(*(np.cumsum(random.exponential(30.0, random.integers(5, 60))) for _ in range(4000)))
    for level in (0.1, 0.01, 0.002):
        assert np.mean(found.single < level) <= 2 * level
    assert np.mean(found.chance < 0.5) < 0.01


def test_more_pairs_make_a_claim_weaker() -> None:
    single = np.array([1e-4])
    assert corrected(single, 1)[0] == pytest.approx(1e-4)
    assert corrected(single, 1000)[0] == pytest.approx(0.095, abs=0.001)


def test_medians_are_those_of_numpy() -> None:
    random = np.random.default_rng(2)
    counts = np.array([0, 1, 2, 7, 0, 4])
    owner = np.repeat(np.arange(6, dtype=np.int32), counts)
    values = random.exponential(1e5, len(owner))
    expected = [np.median(values[owner == one]) if counts[one] else 1.0 for one in range(6)]
    assert medians(values, owner, counts).tolist() == pytest.approx(expected, rel=1e-6)
    assert gaps_of(values, owner, 6).counts.tolist() == counts.tolist()


def test_many_pairs_cost_little() -> None:
    random = np.random.default_rng(1)
    counts = random.poisson(32, 4_000) + 1
    total = np.cumsum(random.exponential(60.0, int(counts.sum())))
    begun = time.process_time()
    found = regularity((total * 1e6).astype(np.int64), np.cumsum(counts) - counts, 2.0)
    assert len(found.score) == 4_000
    # A tenth of 1.3 million events in 40,000 pairs, which are to take 1.5 s; twice that for a busy machine.
    assert time.process_time() - begun < 0.3


@given(
    st.lists(st.lists(st.integers(0, 1 << 60), max_size=30), min_size=1, max_size=5), st.sampled_from([0.0, 1.0, 2.0])
)
def test_any_times_give_numbers_in_their_ranges(pairs: list[list[int]], dead: float) -> None:
    counts = [len(one) for one in pairs]
    times = np.array([value for one in pairs for value in sorted(one)], np.int64)
    found = regularity(times, np.cumsum(counts) - counts, dead)
    for values in (found.score, found.single, found.chance, found.missed, found.off):
        assert ((values >= 0) & (values <= 1)).all()
    assert (found.interval > 0).all()
    assert (found.events >= 1).all()
