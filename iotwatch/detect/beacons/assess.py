"""Which pairs are worth telling: the most regular kind of contact per client and far end, and what was near to nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.evidence import medians
from iotwatch.detect.beacons.stitch import APART_US, QUIET_US, Stitched
from iotwatch.detect.regularity import MIN_GAPS, Regularity, corrected, of_gaps

MAX_CHANCE = 0.2
# One pair alone so regular is worth a line, however many were looked at; so many lines at most.
_WORTH_A_LINE = 0.005
_MOST_LINES = 100
_MIN_INTERVAL = 1.0
_SLOW_INTERVAL = 60.0
# A sender that never pauses gives an event a second, however it sends: that is its only regularity.
_STEADY_INTERVAL = 2.5
_STEADY_JITTER = 0.1
_STEADY_GAPS = 5
# Of one far end's addresses those with this many events get a row of their own.
_PART_EVENTS = 8
# Under this share of gaps that are quiet, single packets are looked at and not bursts.
_BURSTS_KEPT = 0.7


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is said of one pair: seconds, shares and chances as in ``Regularity``; ``steady`` is a sender without pauses."""

    events: int
    interval: float
    jitter: float
    missed: float
    off: float
    score: float
    chance: float
    steady: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """The pairs to tell, by index, with their numbers; ``parts`` are the addresses of one far end with theirs."""

    told: dict[int, Numbers]
    parts: dict[int, list[tuple[int, Numbers]]]
    looked_at: int


def assess(stitched: Stitched) -> Assessment:
    """Score all pairs once as bursts and, where those hide much, once more as single contacts."""
    pairs = stitched.pairs
    if not pairs:
        return Assessment({}, {}, 0)
    burst = np.array([pair.kind == "burst" for pair in pairs])
    ticks = stitched.gaps()
    quiet = stitched.after_quiet()
    bursts = stitched.gaps(quiet | ~np.repeat(burst, np.diff(stitched.bounds)))
    best = of_gaps(bursts, np.where(burst, QUIET_US, APART_US) / 1e6)
    close = burst & (bursts.counts < _BURSTS_KEPT * ticks.counts)
    if close.any():
        again = of_gaps(ticks, np.full(len(pairs), APART_US / 1e6))
        best = _better(best, again, close)
    whole = np.array([pair.whole is None for pair in pairs])
    looked_at = max(1, int(((ticks.counts >= MIN_GAPS) & whole).sum()))
    chance = corrected(best.single, looked_at)
    spread = medians(np.abs(ticks.seconds - ticks.median[ticks.owner]), ticks.owner, ticks.counts) / ticks.median
    steady = (ticks.counts >= _STEADY_GAPS) & (ticks.median < _STEADY_INTERVAL)
    steady &= spread < _STEADY_JITTER
    regular = (best.events > MIN_GAPS) & (chance <= MAX_CHANCE) & (best.interval >= _MIN_INTERVAL)
    regular |= (best.events == MIN_GAPS) & (chance <= MAX_CHANCE) & (best.interval >= _SLOW_INTERVAL)
    regular |= _worth_a_line(best, whole)

    def numbers(index: int) -> Numbers:
        if regular[index]:
            return Numbers(
                int(best.events[index]),
                *(float(getattr(best, name)[index]) for name in ("interval", "jitter", "missed", "off", "score")),
                float(chance[index]),
            )
        events, middle, jitter = int(ticks.counts[index]) + 1, float(ticks.median[index]), float(spread[index])
        return Numbers(events, middle, jitter, 0.0, 0.0, 0.0, 1.0, steady=True)

    told = _one_per_far_end(stitched, np.flatnonzero(regular & whole), best.single)
    beside = _one_per_far_end(stitched, np.flatnonzero(steady & whole), -ticks.counts.astype(np.float64))
    for key, index in beside.items():
        told.setdefault(key, index)
    parts: dict[int, list[tuple[int, Numbers]]] = {}
    for index in np.flatnonzero((regular | steady) & ~whole).tolist():
        parent = pairs[index].whole
        if parent is not None and ticks.counts[index] + 1 >= _PART_EVENTS:
            parts.setdefault(parent, []).append((index, numbers(index)))
    for parent in parts:
        told.setdefault((pairs[parent].device, pairs[parent].far_end), parent)
    return Assessment({index: numbers(index) for index in told.values()}, parts, looked_at)


def _better(one: Regularity, other: Regularity, allowed: NDArray[np.bool_]) -> Regularity:
    """Per pair the look that says more; two looks were taken, so what each says is worth half."""
    columns = {field.name: getattr(one, field.name).copy() for field in fields(Regularity)}
    twice = np.minimum(1.0, 2 * other.single)
    columns["single"] = np.where(allowed, np.minimum(1.0, 2 * one.single), one.single)
    use = allowed & (twice < columns["single"])
    for name, column in columns.items():
        column[use] = (twice if name == "single" else getattr(other, name))[use]
    return Regularity(**columns)


def _worth_a_line(best: Regularity, whole: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The most regular pairs that are regular enough by themselves; as many as anybody reads."""
    chosen = np.zeros(len(whole), np.bool_)
    some = np.flatnonzero(whole & (best.single <= _WORTH_A_LINE) & (best.interval >= _MIN_INTERVAL))
    chosen[some[np.argsort(best.single[some], kind="stable")][:_MOST_LINES]] = True
    return chosen


def _one_per_far_end(
    stitched: Stitched, indices: NDArray[np.intp], rank: NDArray[np.float64]
) -> dict[tuple[str, str], int]:
    """The pair with the lowest rank for each client and far end."""
    best: dict[tuple[str, str], int] = {}
    for index in indices.tolist():
        key = (stitched.pairs[index].device, stitched.pairs[index].far_end)
        if key not in best or rank[index] < rank[best[key]]:
            best[key] = index
    return best
