"""How regular are contacts? All pairs at once, in numpy.

A pair's gaps are weighed as beats of one period (with jitter and missed beats) against traffic that has none; ``chance`` is
how often the latter would look so regular, by a table made by simulation, corrected for the number of pairs looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.calibration import period_chance
from iotwatch.detect.beacons.evidence import Gaps, gaps_of, medians, period_evidence

MIN_GAPS = 3
_BEAT = 0.35  # a gap further from a whole number of periods than this share of one belongs to no beat


@dataclass(frozen=True, slots=True)
class Regularity:
    """One array entry per pair.

    ``events`` is gaps + 1; ``interval`` the period in seconds; ``jitter`` the median distance of the gaps from whole periods,
    per period; ``missed`` the share of beats that did not come; ``off`` the share of gaps that are no beats; ``single`` how
    often one pair without a beacon looks so regular; ``chance`` how often any of the pairs does; ``score`` is 0 to 1 and
    grows with -log(``single``).
    """

    events: NDArray[np.int64]
    interval: NDArray[np.float64]
    jitter: NDArray[np.float64]
    missed: NDArray[np.float64]
    off: NDArray[np.float64]
    score: NDArray[np.float64]
    single: NDArray[np.float64]
    chance: NDArray[np.float64]


def regularity(times: NDArray[np.int64], starts: NDArray[np.int64], dead: float = 0.0) -> Regularity:
    """Score every pair: ``times`` are sorted microseconds of all pairs in turn, pair ``i`` begins at ``starts[i]``.

    ``dead`` is the time in seconds after an event in which no other can be seen (the quiet that parts bursts).
    """
    pairs = len(starts)
    owner = np.repeat(np.arange(pairs, dtype=np.int32), np.diff(np.append(starts, len(times))))
    seconds = np.diff(times) / 1e6
    inner = (owner[1:] == owner[:-1]) & (seconds > 0)
    return of_gaps(gaps_of(seconds[inner], owner[1:][inner], pairs), dead)


def of_gaps(gaps: Gaps, dead: float) -> Regularity:
    """Score pairs by their gaps; those with fewer than three say nothing (score 0, chance 1)."""
    evidence, period = period_evidence(gaps, dead)
    interval, jitter, missed, off = _beats(gaps, period)
    enough = gaps.counts >= MIN_GAPS
    single = np.where(enough, period_chance(evidence, gaps.counts), 1.0)
    looked_at = max(1, int(enough.sum()))
    chance = -np.expm1(looked_at * np.log1p(-np.minimum(single, 1 - 1e-12)))
    # For ranking: two pairs whose chance is the same low bound are still told apart by their evidence.
    order = -np.log10(np.maximum(single, 1e-300)) + 1e-3 * np.clip(evidence, 0, 300)
    score = np.where(enough, 1 - 10 ** (-order / 4), 0.0)
    return Regularity(gaps.counts + 1, interval, jitter, missed, off, score, single, np.where(enough, chance, 1.0))


def _beats(gaps: Gaps, period: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Interval, jitter, share of missed beats and of gaps that are none, counting each gap as the nearest whole beats."""
    pairs = len(gaps.counts)
    counts = gaps.counts
    for _ in range(2):
        beats = np.maximum(np.rint(gaps.seconds / period[gaps.owner]), 1)
        inside = np.abs(gaps.seconds - beats * period[gaps.owner]) <= _BEAT * period[gaps.owner] * np.sqrt(beats)
        inside &= beats <= 8
        owner = gaps.owner[inside]
        good = np.bincount(owner, minlength=pairs)
        each = gaps.seconds[inside] / beats[inside]
        period = np.where(good > 0, medians(each, owner, good), period)
    off = 1 - np.divide(good, counts, out=np.zeros(pairs), where=counts > 0)
    spread = medians(np.abs(each - period[owner]) * np.sqrt(beats[inside]), owner, good)
    jitter = np.where(good > 0, spread / period, 1.0)
    whole = np.bincount(owner, beats[inside], pairs)
    missed = 1 - np.divide(good, whole, out=np.ones(pairs), where=whole > 0)
    return period, jitter, missed, off
