"""Two clocks to one far end: their contacts hide each other's gaps, so the times themselves are laid over each candidate period.

A clock hits one phase of its period in nearly every beat; the other clock's contacts, and those without a clock, hit all phases
alike. Where one clock is found its contacts are taken out; both halves must then run through the time listened by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.calibration import two_chance
from iotwatch.detect.beacons.likelihood import Gaps, gaps_of
from iotwatch.detect.questions.regularity import Regularity, of_gaps

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_FEWEST, _MOST = 15, 160  # gaps of a pair that is looked at
MOST_PAIRS = 200  # the evenest ones; an asset with more of them is no car
# Two clocks leave no long gap, and contacts without a clock nearly always do: the longest gap, in mean gaps.
_LONGEST = 3.2
_FILLED = 0.7  # of the time listened
_CLOSEST = 5.0  # seconds: closer contacts are parted by the quiet that makes a burst, which is as good as a clock
_WORTH_IT = 0.9  # what one clock explains so far is not looked at again
_PHASES = 16
_STEP = 0.06  # beats in the whole span, from one candidate period to the next
_FEWEST_BEATS = 6
_MOST_SHARE = 0.75  # of the contacts that one of two clocks makes
_NEAR = 0.15  # beats that a contact may be off its clock
_RARELY, _MOSTLY = 0.02, 0.98
_ALIKE, _HARMONIC = 1.5, 0.03


class TwoClocks(NamedTuple):
    """The pair's index, its two clocks, the more frequent one first, and how often no clock would look so."""

    pair: int
    clocks: Regularity
    chance: float

    @property
    def second(self) -> float:
        """The period of the slower clock, in seconds."""
        return float(self.clocks.interval[1])


def two_clocks(gaps: Gaps, listened: Floats, found: Regularity, most: int = MOST_PAIRS) -> list[TwoClocks]:
    """The pairs, of those that ``found`` does not explain by one clock, whose contacts are those of two."""
    told = []
    for index, clocks in halves(gaps, listened, found.through, most):
        chance = max(two_chance(steadiness(clocks), int(gaps.counts[index])), float(clocks.luck.max()))
        if chance < float(found.single[index]):
            told.append(TwoClocks(index, clocks, chance))
    return told


def steadiness(clocks: Regularity) -> float:
    """How much of a clock the worse of two halves is: ``through``, but with the root of the share of time that its beats fill.

    One of two clocks may have been begun or stopped while somebody listened.
    """
    return float((clocks.through / np.sqrt(np.maximum(clocks.covered, 1e-3))).min())


def told_as_two(found: Regularity, two: Sequence[TwoClocks]) -> Regularity:
    """``found`` with what is said of the pairs of two clocks: the period of the quicker one, and of the rest what is the worse."""
    if not two:
        return found
    columns = {name: getattr(found, name).copy() for name in Regularity.__struct_fields__}
    for pair, clocks, chance in two:
        for name in ("events", "rests"):
            columns[name][pair] = getattr(clocks, name).sum()
        for name in ("jitter", "missed", "off", "luck"):
            columns[name][pair] = getattr(clocks, name).max()
        for name in ("through", "covered", "score", "on_grid"):
            columns[name][pair] = getattr(clocks, name).min()
        columns["interval"][pair] = clocks.interval[0]
        columns["single"][pair] = columns["chance"][pair] = chance
    return Regularity(**columns)


def halves(gaps: Gaps, listened: Floats, through: Floats, most: int) -> Iterator[tuple[int, Regularity]]:
    """Of the ``most`` evenest pairs those of which one clock can be taken out, and what each half is by itself.

    ``through`` is how far one clock explains each pair already.
    """
    for index in _worth_looking(gaps, listened, through)[:most].tolist():
        first = int(gaps.first[index])
        times = np.append(0.0, np.cumsum(gaps.seconds[first : first + int(gaps.counts[index])]))
        members = _one_clock(times)
        if members is None:
            continue
        clocks = _regularity(times[members], times[~members], float(listened[index]))
        if not _is_multiple(clocks.interval):
            yield index, clocks


def _is_multiple(interval: Floats) -> bool:
    """Whether one period is a whole number of the other's: then one clock makes both, less every so many of its beats."""
    ratio = float(interval.max() / max(interval.min(), 1e-9))
    return ratio > _ALIKE and abs(ratio - round(ratio)) < _HARMONIC * ratio


def _worth_looking(gaps: Gaps, listened: Floats, through: Floats) -> NDArray[np.intp]:
    counts = np.maximum(gaps.counts, 1)
    total = np.bincount(gaps.owner, gaps.seconds, len(counts))
    longest = np.zeros(len(counts))
    np.maximum.at(longest, gaps.owner, gaps.seconds)
    uneven = longest * counts / np.maximum(total, 1e-9)
    chosen = (gaps.counts >= _FEWEST) & (gaps.counts <= _MOST) & (gaps.pieces == 1) & (uneven <= _LONGEST)
    chosen &= (gaps.median >= _CLOSEST) & (total >= _FILLED * listened) & (through < _WORTH_IT)
    some = np.flatnonzero(chosen)
    return some[np.argsort(uneven[some], kind="stable")]


def _one_clock(times: Floats) -> Bools | None:
    """Which of the contacts are those of the clock that hits its phase most surely; None where none leaves enough on both sides."""
    span, count = float(times[-1]), len(times)
    beats = np.arange(_FEWEST_BEATS, _MOST_SHARE * count, _STEP)
    turns = times / span * beats[:, None]
    cells = (turns * _PHASES).astype(np.int64)
    # One row a candidate, one cell a phase of a beat; a window is two phases wide, and reaches over the end of a beat.
    width = (int(beats[-1]) + 2) * _PHASES
    hit = np.zeros((len(beats), width + 1), np.bool_)
    hit[np.arange(len(beats))[:, None], cells] = True
    windows = (hit[:, :-1] | hit[:, 1:]).reshape(len(beats), -1, _PHASES).sum(axis=1)
    share = np.minimum(windows / beats[:, None], 1.0)
    elsewhere = (windows.sum(axis=1, keepdims=True) - 2 * windows) / (_PHASES - 2) / beats[:, None]
    elsewhere = np.clip(elsewhere, _RARELY, _MOSTLY)
    surprise = share * np.log(np.maximum(share, 1e-9) / elsewhere)
    surprise += (1 - share) * np.log(np.maximum(1 - share, 1e-9) / (1 - elsewhere))
    surprise *= np.where(share > elsewhere, beats[:, None], 0.0)
    row, phase = np.unravel_index(int(surprise.argmax()), surprise.shape)
    inside = (cells[row] - phase) % _PHASES < 2
    if inside.sum() < _FEWEST_BEATS:
        return None
    members = _nearest(times, inside, span / float(beats[row]))
    return members if _FEWEST_BEATS <= members.sum() <= count - _FEWEST_BEATS else None


def _nearest(times: Floats, inside: Bools, period: float) -> Bools:
    """One contact a beat, the nearest to the line that fits those ``inside`` best."""
    some = times[inside]
    begin, step = float(some[0]), period
    for _ in range(2):
        slope, begin = np.polyfit(np.rint((some - begin) / step), some, 1)
        step = max(float(slope), 1e-3)
    turns = (times - begin) / step
    beat = np.rint(turns)
    off = np.abs(turns - beat)
    order = np.lexsort((off, beat))
    first = np.append(True, np.diff(beat[order]) != 0)
    members = np.zeros(len(times), np.bool_)
    members[order[first]] = True
    members &= off < _NEAR
    return members


def _regularity(one: Floats, other: Floats, listened: float) -> Regularity:
    """Both halves as pairs of their own, the more frequent one first."""
    halves = sorted((np.diff(one), np.diff(other)), key=len, reverse=True)
    owner = np.repeat(np.arange(2, dtype=np.int32), [len(half) for half in halves])
    # The time after a contact in which no other is seen is that of both clocks together, and none of either alone.
    return of_gaps(gaps_of(np.concatenate(halves), owner, 2), np.zeros(2), np.full(2, listened))
