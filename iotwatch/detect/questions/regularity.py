"""How regular are contacts? All pairs at once, in numpy.

A pair's gaps are weighed as beats of one period (with jitter and missed beats) against traffic that has none (``luck``), and
the beats against the time that was listened, which sessions do not fill. ``single`` is how often either kind of traffic would
look so much like one clock, by tables made by simulation; ``corrected`` makes of it how often any of the pairs that were looked
at would.
"""

from __future__ import annotations

import math
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.calibration import LEAST, needed, period_chance, through_chance
from iotwatch.detect.beacons.likelihood import Gaps, gaps_of, medians, period_evidence, picked
from iotwatch.detect.beacons.persistence import Persistence, persistence

MIN_GAPS = 3
SURE_CHANCE, SURE_EVENTS = 0.005, 9
"""What one pair's chance must be below, and how many contacts it has at least, to be told as likely."""
_MOST_GAPS = 1000
_BEAT = 0.35  # a gap further from a whole number of periods than this share of one belongs to no beat
_MOST_BEATS = 8
# Two gaps alone: never rarer than this, however alike they are.
_TWO_ALIKE = 0.1
_REGULAR_DECADES = 2.0
# What is less regular than that is no clock by any measure: its beats are not looked at.
_LOOKED_AT = 0.5
# By the number of gaps, and behind the last number as there.
_NEEDED = needed(SURE_CHANCE)

Floats = NDArray[np.float64]


class Regularity(msgspec.Struct, frozen=True):
    """One array entry per pair.

    ``events`` is gaps + 1; ``interval`` the period in seconds; ``jitter`` the median distance of the gaps from whole periods,
    per period; ``missed`` the share of beats that did not come; ``off`` the share of gaps that are no beats; ``luck`` how often
    contacts without any timer look so regular; ``through``, ``covered``, ``rests`` and ``on_grid`` are those of ``Persistence``;
    ``single`` how often one pair without a beacon looks so much like one; ``chance`` how often any of the pairs does; ``score``
    is 0 to 1 and ranks: half of it is being regular at all (whole at a ``luck`` of 1 in 100), half is ``through``.
    """

    events: NDArray[np.int64]
    interval: Floats
    jitter: Floats
    missed: Floats
    off: Floats
    luck: Floats
    through: Floats
    covered: Floats
    rests: NDArray[np.int64]
    on_grid: NDArray[np.bool_]
    score: Floats
    single: Floats
    chance: Floats


def regularity(
    times: NDArray[np.int64], starts: NDArray[np.int64], dead: float = 0.0, listened: float | None = None
) -> Regularity:
    """Score every pair: ``times`` are sorted microseconds of all pairs in turn, pair ``i`` begins at ``starts[i]``.

    ``dead`` is the time in seconds after an event in which no other can be seen (the quiet that parts bursts), ``listened``
    the length of the recording in seconds; each pair's own span when nothing is known of it.
    """
    pairs = len(starts)
    owner = np.repeat(np.arange(pairs, dtype=np.int32), np.diff(np.append(starts, len(times))))
    seconds = np.diff(times) / 1e6
    inner = (owner[1:] == owner[:-1]) & (seconds > 0)
    gaps = gaps_of(seconds[inner], owner[1:][inner], pairs)
    return of_gaps(gaps, np.full(pairs, dead), None if listened is None else np.full(pairs, listened))


def of_gaps(gaps: Gaps, dead: Floats, listened: Floats | None = None) -> Regularity:
    """Score pairs by their gaps; ``dead`` and ``listened`` are in seconds, per pair, as in ``regularity``.

    Fewer than two gaps say nothing (score 0, chance 1).
    """
    evidence, period = period_evidence(gaps, dead)
    enough = gaps.counts >= MIN_GAPS
    luck = np.where(enough, period_chance(evidence, gaps.counts), 1.0)
    two = np.flatnonzero(gaps.counts == MIN_GAPS - 1)
    if len(two):
        first = gaps.first[two]
        luck[two] = np.maximum(_TWO_ALIKE, np.abs(np.tanh(np.log(gaps.seconds[first + 1] / gaps.seconds[first]) / 2)))
    interval, jitter, missed, off, lasting = _looked_at(gaps, period, listened, luck <= _LOOKED_AT)
    single = np.where(enough, np.maximum(luck, through_chance(lasting.through, gaps.counts)), luck)
    single = np.maximum(single, LEAST)
    chance = corrected(single, max(1, int(enough.sum())))
    regular = np.minimum(-np.log10(np.maximum(luck, 1e-300)) / _REGULAR_DECADES, 1.0)
    score = np.where(single < 1, (regular + lasting.through) / 2, 0.0)
    return Regularity(
        events=gaps.counts + 1,
        interval=interval,
        jitter=jitter,
        missed=missed,
        off=off,
        luck=luck,
        through=lasting.through,
        covered=lasting.covered,
        rests=lasting.rests,
        on_grid=lasting.on_grid,
        score=score,
        single=single,
        chance=chance,
    )


def _looked_at(
    gaps: Gaps, period: Floats, listened: Floats | None, chosen: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats, Persistence]:
    """Interval, jitter, missed, off and persistence of the ``chosen`` pairs; the others have no beats that anybody looks at."""
    pairs, some = len(gaps.counts), picked(gaps, chosen)
    interval, jitter, missed, off = _beats(some, period[chosen])
    span = np.bincount(some.owner, some.seconds, len(some.counts)) + interval
    lasting = persistence(some, interval, span if listened is None else np.maximum(listened[chosen], 1e-3))

    def of_all(values: NDArray[Any], without: Any) -> NDArray[Any]:
        column = np.full(pairs, without, values.dtype) if np.isscalar(without) else without.copy()
        column[chosen] = values
        return column

    everywhere = Persistence(*(of_all(getattr(lasting, name), 0) for name in Persistence.__struct_fields__))
    return of_all(interval, gaps.median), of_all(jitter, 1.0), of_all(missed, 0.0), of_all(off, 1.0), everywhere


def better_of(one: Regularity, other: Regularity, where: NDArray[np.intp]) -> Regularity:
    """Of two looks at the same pairs the one that says more; ``other`` looked at the pairs numbered ``where`` only.

    Two looks find something by luck twice as often, so there what either says is worth half.
    """
    columns = {name: getattr(one, name).copy() for name in Regularity.__struct_fields__}
    first, second = np.minimum(1.0, 2 * one.single[where]), np.minimum(1.0, 2 * other.single)
    use = second < first
    for name, column in columns.items():
        column[where[use]] = getattr(other, name)[use]
    columns["single"][where] = np.minimum(first, second)
    columns["luck"][where] = np.minimum(1.0, 2 * columns["luck"][where])
    return Regularity(**columns)


def corrected(single: Floats, looked_at: int) -> Floats:
    """How often at least one of ``looked_at`` pairs without a beacon would look so regular (Sidak's correction)."""
    chance: Floats = -np.expm1(looked_at * np.log1p(-np.minimum(single, 1 - 1e-12)))
    return chance


def until_sure(found: Regularity, index: int) -> float:
    """For how many more seconds a pair must go on as before until no accident explains it; 0 when it never would, or need not."""
    events = int(found.events[index])
    if found.single[index] < SURE_CHANCE and events >= SURE_EVENTS:
        return 0.0
    # What chance a gap adds is what all have added on average: their evidence adds up.
    luck = float(found.luck[index])
    lucky = int((events - 1) * math.log(SURE_CHANCE) / math.log(luck)) + 1 if 0 < luck < 1 else 0
    first = max(events, SURE_EVENTS - 1, lucky) if luck < 1 else _MOST_GAPS
    gaps = first + _first(_NEEDED[min(first, len(_NEEDED) - 1) :] < found.through[index])
    each = found.interval[index] / max(1e-3, 1 - found.missed[index])
    return float((gaps - (events - 1)) * each) if gaps < _MOST_GAPS else 0.0


def _first(marks: NDArray[np.bool_]) -> int:
    """The index of the first that is marked; more than any number of gaps where none is."""
    return int(marks.argmax()) if marks.any() else _MOST_GAPS


def _beats(gaps: Gaps, period: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Interval, jitter, share of missed beats and of gaps that are none, counting each gap as the nearest whole beats."""
    pairs = len(gaps.counts)
    for _ in range(2):
        expected = period[gaps.owner]
        beats = np.maximum(np.rint(gaps.seconds / expected), 1)
        inside = np.abs(gaps.seconds - beats * expected) <= _BEAT * expected * np.sqrt(beats)
        inside &= beats <= _MOST_BEATS
        owner, whole = gaps.owner[inside], beats[inside]
        each = gaps.seconds[inside] / whole
        good = np.bincount(owner, minlength=pairs)
        period = np.where(good > 0, medians(each, owner, good), period)
    off = 1 - np.divide(good, gaps.counts, out=np.ones(pairs), where=gaps.counts > 0)
    spread = medians(np.abs(each - period[owner]) * np.sqrt(whole), owner, good)
    jitter = np.where(good > 0, spread / period, 1.0)
    total = np.bincount(owner, whole, pairs)
    missed = 1 - np.divide(good, total, out=np.ones(pairs), where=total > 0)
    return period, jitter, missed, off
