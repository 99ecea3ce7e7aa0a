"""Does one clock run through the whole time listened? What is regular only while somebody watches a film does not.

``through`` is the product of what a clock has and a session has not: steady gaps, next to none that are no beats, and next to
no time without beats. A rest takes off what it is long, and something beside, but where contacts go on after it on the
clock's old grid: that is what a clock does that sleeps, and what a new session does by luck alone.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.likelihood import Floats, Gaps, Ints, medians, picked

_MOST_BEATS = 3  # of four beats three are lost once in a hundred and twenty times where every fifth is
_BEAT = 0.35  # a gap further from whole beats than this share of one, times the root of their number, is none
_A_REST = 0.93
# A gap further from whole beats than so many times the middle distance, and than this share of a beat, is astray; it counts twice.
_WIDE, _NARROWEST = 6.0, 0.05
_ASTRAY = 2.0
# Rests on the grid: tried only where the beats around them are steady enough to tell, and many enough to pin the period.
_MOST_RESTS = 6
_STEADY = 0.15
_BEATS_A_REST = 4
_MOST_OTHERS = 0.1
_WORTH_IT = 0.5  # no rest and no stray gap is looked at where the pair would be no clock even then
# So much longer or shorter the period may be than the beats say, at least and at most: what they leave open, and no more.
_LEAST_OPEN, _MOST_OPEN = 0.002, 0.06
_TRIED = np.linspace(-1, 1, 121)
_BLUR = 0.005


class Persistence(msgspec.Struct, frozen=True):
    """One array entry per pair: ``through`` is 0 to 1; ``covered`` the share of the time listened that is beats.

    ``rests`` is how often more than three beats are missing in a row; ``on_grid`` is whether contacts go on after them where
    the clock would be.
    """

    through: Floats
    covered: Floats
    rests: Ints
    on_grid: NDArray[np.bool_]


def persistence(gaps: Gaps, interval: Floats, listened: Floats) -> Persistence:
    """How far a clock of ``interval`` (seconds, per pair) runs through the ``listened`` seconds."""
    pairs = len(gaps.counts)
    period = interval[gaps.owner]
    beats = np.maximum(np.rint(gaps.seconds / period), 1)
    off = gaps.seconds / period - beats
    apart = np.abs(off) / np.sqrt(beats)
    is_beat = (beats <= _MOST_BEATS) & (apart <= _BEAT)
    owner = gaps.owner[is_beat]
    beating = np.bincount(owner, minlength=pairs)
    spread = np.sqrt(np.bincount(owner, apart[is_beat] ** 2, pairs) / np.maximum(beating, 1))
    # Before the first contact and after the last of an uninterrupted stretch half a beat each is no rest.
    covered = (np.bincount(owner, gaps.seconds[is_beat], pairs) + interval * gaps.pieces) / listened
    resting = np.flatnonzero(~is_beat & (gaps.seconds > _MOST_BEATS * period))
    rests = np.bincount(gaps.owner[resting], minlength=pairs).astype(np.int64)
    rested = np.bincount(gaps.owner[resting], gaps.seconds[resting], pairs) / listened
    others = gaps.counts - beating - rests
    # One rest on the grid may be luck: it counts for as much time as is seen to beat, two count for twice that.
    credit = np.minimum(rested, covered * rests)
    on_grid = (rests > 0) & (rests <= _MOST_RESTS) & (beating >= _BEATS_A_REST * rests) & (spread < _STEADY)
    on_grid &= (others <= _MOST_OTHERS * gaps.counts) & ((1 - spread) * (covered + credit) >= _WORTH_IT)
    for index in np.flatnonzero(on_grid).tolist():
        first = int(gaps.first[index])
        times = np.cumsum(gaps.seconds[first : first + int(gaps.counts[index])])
        open_ = np.clip(3 * spread[index] / np.sqrt(beating[index]), _LEAST_OPEN, _MOST_OPEN)
        on_grid[index] = _aligned(times, interval[index] * (1 + open_ * _TRIED), float(spread[index]))
    covered = covered + on_grid * credit
    regular = (beating + on_grid * rests) / np.maximum(gaps.counts, 1)
    strays = np.zeros(pairs, np.int64)
    some = (1 - spread) * covered * regular >= _WORTH_IT
    of_some = some[gaps.owner]
    strays[some] = _strays(picked(gaps, some), np.where(beats <= _MOST_BEATS, off / np.sqrt(beats), 0.0)[of_some])
    regular *= np.maximum(1 - _ASTRAY * strays / np.maximum(gaps.counts, 1), 0.0)
    through = (1 - spread) * regular * np.minimum(covered, 1.0) * _A_REST ** (rests * ~on_grid)
    return Persistence(through, np.minimum(covered, 1.0), rests, on_grid)


def _strays(gaps: Gaps, off: Floats) -> Ints:
    """How many gaps of each pair are no whole beats by far more than its other gaps are, and are not made up for.

    A clock that was late once is early by as much the next time: both gaps together are whole beats. What sets a timer back, or
    begins it anew, leaves a gap of any length and a new grid behind. ``off`` is how far each gap is from whole beats, in beats.
    """
    wide = np.clip(_WIDE * medians(np.abs(off), gaps.owner, gaps.counts), _NARROWEST, _BEAT)[gaps.owner]
    stray = np.abs(off) > wide
    both = stray[:-1] & stray[1:] & (gaps.owner[:-1] == gaps.owner[1:]) & (np.abs(off[:-1] + off[1:]) <= wide[1:])
    stray[:-1] &= ~both
    stray[1:] &= ~both
    return np.bincount(gaps.owner[stray], minlength=len(gaps.counts)).astype(np.int64)


def _aligned(times: Floats, periods: Floats, spread: float) -> bool:
    """Whether all times stand on the grid of one of ``periods`` as well as those of a timetable with so much ``spread`` of its
    gaps would."""
    turns = np.outer(1 / periods, times - times[len(times) // 2])
    angle = (2 * np.pi * (turns - np.rint(turns))).astype(np.float32)
    together = float(np.hypot(np.cos(angle).mean(axis=1), np.sin(angle).mean(axis=1)).max())
    # A normal spread of s beats around the grid leaves exp(-2 pi^2 s^2) of 1; gaps have twice the variance of their ends.
    return 1 - together <= _BLUR + 1.5 * (np.pi * spread) ** 2
