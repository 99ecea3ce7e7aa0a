"""Regular contacts score high, random ones do not, and few events claim little."""

from __future__ import annotations

import numpy as np
import pytest

from iotwatch.detect.regularity import regularity


def score(*pairs: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    times = [np.sort(pair * 1e6).astype(np.int64) for pair in pairs]
    starts = np.cumsum([0, *(len(one) for one in times[:-1])])
    found = regularity(np.concatenate(times), starts)
    return found.score, found.chance, found.interval


def test_a_steady_beat_is_told_from_random_contacts() -> None:
    random = np.random.default_rng(7)
    beat = np.arange(30) * 61.0 + random.uniform(-3, 3, 30)
    luck = np.cumsum(random.exponential(61.0, 30))
    scores, chances, intervals = score(beat, luck)
    assert scores[0] > 0.95
    assert chances[0] < 1e-6
    assert intervals[0] == pytest.approx(61, abs=2)
    assert scores[1] < 0.6
    assert chances[1] > 0.1


def test_four_events_claim_little() -> None:
    _, chances, _ = score(np.array([0.0, 60, 120, 180]))
    assert chances[0] > 0.01


def test_simultaneous_events_are_no_beat() -> None:
    scores, _, _ = score(np.zeros(8))
    assert scores[0] == 0


def test_chance_is_rarely_wrong_on_memoryless_contacts() -> None:
    random = np.random.default_rng(11)
    pairs = [np.cumsum(random.exponential(30.0, random.integers(5, 60))) for _ in range(2000)]
    _, chances, _ = score(*pairs)
    assert np.mean(chances < 1.0) < 0.01
