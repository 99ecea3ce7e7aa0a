"""How regular are contacts? All pairs at once, in numpy.

The score is the share of gaps within a fifth of the median gap; ``chance`` is how often exponential (memoryless) gaps would
give at least that share by luck, times the number of pairs looked at (a Bonferroni correction).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.2
MIN_EVENTS = 4
# P(|gap - median| <= 20 % of the median) for exponential gaps: 2**-0.8 - 2**-1.2.
_BY_LUCK = 2 ** -(1 - TOLERANCE) - 2 ** -(1 + TOLERANCE)


@dataclass(frozen=True, slots=True)
class Regularity:
    """One array entry per pair: events, median gap in seconds, spread (MAD / median), score and chance in [0, 1]."""

    events: NDArray[np.int64]
    interval: NDArray[np.float64]
    jitter: NDArray[np.float64]
    score: NDArray[np.float64]
    chance: NDArray[np.float64]


def regularity(times: NDArray[np.int64], starts: NDArray[np.int64]) -> Regularity:
    """Score every pair: ``times`` are sorted microseconds of all pairs in turn, pair ``i`` begins at ``starts[i]``."""
    pairs = len(starts)
    ends = np.append(starts[1:], len(times))
    events = ends - starts
    gaps = np.diff(times).astype(np.float64) / 1e6
    owner = np.repeat(np.arange(pairs), events)
    inner = owner[1:] == owner[:-1]
    gaps, owner = gaps[inner], owner[1:][inner]
    interval = _medians(gaps, owner, pairs)
    deviation = np.abs(gaps - interval[owner])
    with np.errstate(divide="ignore", invalid="ignore"):
        jitter = np.where(interval > 0, _medians(deviation, owner, pairs) / interval, 1.0)
    close = np.bincount(owner[deviation <= TOLERANCE * interval[owner]], minlength=pairs)
    count = np.maximum(events - 1, 0)
    score = np.divide(close, count, out=np.zeros(pairs), where=count > 0)
    chance = np.array([_tail(int(n), int(k)) for n, k in zip(count, close, strict=True)]) * max(1, pairs)
    enough = (events >= MIN_EVENTS) & (interval > 0)
    return Regularity(
        events, interval, jitter, np.where(enough, score, 0.0), np.where(enough, np.minimum(chance, 1.0), 1.0)
    )


def _medians(values: NDArray[np.float64], owner: NDArray[np.int64], pairs: int) -> NDArray[np.float64]:
    order = np.lexsort((values, owner))
    counts = np.bincount(owner, minlength=pairs)
    first = np.cumsum(counts) - counts
    result = np.zeros(pairs)
    some = counts > 0
    low = order[first[some] + (counts[some] - 1) // 2]
    high = order[first[some] + counts[some] // 2]
    result[some] = (values[low] + values[high]) / 2
    return result


def _tail(trials: int, hits: int) -> float:
    """P(X >= hits) for X binomial; one hit is given free, since the median is taken from the gaps themselves."""
    if hits <= 1 or trials < 2:
        return 1.0
    trials, hits = trials - 1, hits - 1
    if hits / trials <= _BY_LUCK:
        return 1.0
    # Chernoff's bound: never smaller than the true tail, and cheap for any number of events.
    share = hits / trials
    divergence = share * math.log(share / _BY_LUCK)
    if share < 1:
        divergence += (1 - share) * math.log((1 - share) / (1 - _BY_LUCK))
    return math.exp(-trials * divergence)
