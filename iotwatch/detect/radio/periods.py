"""Does a train of bursts run by a clock? By the scorer of beacons, and for a clock among other bursts by folding.

A report is often one long burst and short ones behind it (the network keeps the connection for seconds), so bursts are looked at
as they are and as what comes after quiet. Under a phone on the same carrier the clock's beats are hit again and again, and all
other moments are not: then the times are folded over each candidate period, and what is hit most surely is weighed against how
often chance would hit it.
"""

from __future__ import annotations

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.questions.regularity import regularity
from iotwatch.detect.radio.trains import Floats, Train

FEWEST = 4
"""Bursts of which a period is told at least."""
_MANY, _SURE, _FEW_SURE, _VERY_SURE = 8, 0.005, 0.05, 0.001
_FEW_JITTER = 0.05
_QUIET_S = (5.0, 12.0)
_SHORTEST = 2.0  # measured moments: a shorter period cannot be seen
_SPANNED = 0.25  # of the time listened, or so many seconds: less is a session
_SPANNED_S = 600.0
_ON_BEAT, _ON_BEAT_MOMENTS, _MOSTLY = 0.15, 1.5, 0.8
# Beats are missed between two looks of a slow receiver. Where many are, those that were heard must not all be every second one:
# then one burst of somebody else's, in the middle, halved the period.
_HEARD, _FEW_HEARD, _EVERY_SECOND = 0.75, 0.55, 0.8
# Of one device's reports: as loud and as long as each other.
_ALIKE_DB, _ALIKE_LASTS = 3.0, 0.6
# Folding: the window of a beat in measured moments and in periods, at least so many bursts and beats.
_FOLDED, _MOST_FOLDED_S = 7, 1800.0
_MOMENTS, _LEAST_WINDOW_S, _WINDOW, _LEAST_BEATS, _HIT, _FOLD_CHANCE = 3.0, 0.5, 0.05, 6, 0.75, 1e-3
_MOST_PERIODS = 15_000
_LOUDNESSES = (0.2, 0.4, 0.6, 0.8)


class Period(msgspec.Struct, frozen=True):
    """A clock: its ``seconds``, how far single beats are off (``spread``, s), how many ``beats`` of those that could be were
    ``heard``, how often chance would look so, and which bursts are its own."""

    seconds: float
    spread: float
    heard: int
    beats: int
    chance: float
    own: NDArray[np.bool_]


def period_of(train: Train, *, folding: bool = False) -> Period | None:
    """The clock of the train; ``None`` where none is proven. ``folding`` takes up to a second, and is for trains that are loud."""
    looks = _looks(train)
    found = [period for dead, look in looks if (period := _by_gaps(train, look, dead, len(looks))) is not None]
    if found:
        return min(found, key=lambda one: (-one.heard, one.chance))
    folds = _loudnesses(train) if folding else []
    folded = [period for look in folds if (period := _by_folding(train, look, len(folds))) is not None]
    return min(folded, key=lambda one: one.chance, default=None)


def _looks(train: Train) -> list[tuple[float, NDArray[np.bool_]]]:
    """The bursts, those that come after quiet, and those that are as loud as most; each look that differs, once.

    Beside each look stands the time after a burst in which it takes no other, in seconds.
    """
    ends = np.maximum.accumulate(train.begins + train.lasts)
    pauses = np.append(np.inf, train.begins[1:] - ends[:-1])
    every = np.ones(len(pauses), np.bool_)
    looks = [(0.0, every), *((quiet, pauses > quiet) for quiet in _QUIET_S)]
    looks.append((0.0, np.abs(train.levels - train.level) <= _ALIKE_DB))
    kept: list[tuple[float, NDArray[np.bool_]]] = []
    for quiet, look in looks:
        if not any(np.array_equal(look, other) for _, other in kept):
            kept.append((quiet + train.heard.every, look))
    return kept


def _loudnesses(train: Train) -> list[NDArray[np.bool_]]:
    """The bursts, and those of about one loudness: a device is about as loud each time."""
    looks = [np.ones(len(train.levels), np.bool_)]
    for step in np.quantile(train.levels, _LOUDNESSES):
        look = np.abs(train.levels - step) <= _ALIKE_DB
        if not any(np.array_equal(look, other) for other in looks):
            looks.append(look)
    return looks


def _by_gaps(train: Train, look: NDArray[np.bool_], dead: float, looks: int) -> Period | None:
    times = train.begins[look]
    if len(times) < FEWEST or not _spans(train, times):
        return None
    scored = regularity(np.rint(times * 1e6).astype(np.int64), np.zeros(1, np.int64), dead=dead)
    # Whether it fills the time listened is asked of the fitted clock below: stamps are too coarse for the scorer's own answer.
    interval, luck, jitter = float(scored.interval[0]), float(scored.luck[0]), float(scored.jitter[0])
    if interval < _SHORTEST * train.heard.every:
        return None
    chance = min(1.0, luck * looks)
    if len(times) < _MANY and chance > _VERY_SURE:
        steady = jitter <= _FEW_JITTER + train.heard.every / interval / 2
        if luck > _FEW_SURE or not (steady and _alike(train, look)):
            return None
    elif chance > _SURE:
        return None
    fitted, spread, on = _fitted(times, interval, train.heard.every)
    beats = round((times[-1] - times[0]) / fitted) + 1
    if on.mean() < _MOSTLY or not _enough(times, fitted, beats):
        return None
    return Period(fitted, spread, len(times), max(beats, len(times)), chance, look)


def _enough(times: Floats, period: float, beats: int) -> bool:
    """Whether so many of the beats were heard that no longer period fits as well."""
    if len(times) >= _HEARD * beats:
        return True
    odd = float(np.mean(np.rint((times - times[0]) / period) % 2))
    return len(times) >= _FEW_HEARD * beats and max(odd, 1 - odd) <= _EVERY_SECOND


def _spans(train: Train, times: Floats) -> bool:
    """Whether they go on for long enough not to be one session of somebody's."""
    span = float(times[-1] - times[0])
    return span >= min(_SPANNED_S, _SPANNED * train.heard.listened)


def _alike(train: Train, look: NDArray[np.bool_]) -> bool:
    levels, lasts = train.levels[look], train.lasts[look]
    usual = float(np.median(lasts))
    near = np.abs(lasts - usual) <= max(_ALIKE_LASTS * usual, train.heard.every)
    return float(np.std(levels)) <= _ALIKE_DB and bool(near.mean() >= _MOSTLY)


def _fitted(times: Floats, interval: float, every: float) -> tuple[float, float, NDArray[np.bool_]]:
    """The period by the line through the beats, the middle distance of gaps from whole periods, and which bursts are on the line.

    Stamps are of whole seconds and more, so that single gaps tell a period only roughly; a burst that began as somebody else's
    is off the line.
    """
    gaps = np.diff(times)
    on = np.ones(len(times), np.bool_)
    for _ in range(4):
        whole = np.maximum(np.rint(gaps / interval), 1)
        turns = np.append(0.0, np.cumsum(whole))
        slope, begin = np.polyfit(turns[on], times[on] - times[0], 1)
        interval = max(float(slope), 1e-3)
        off = np.abs(times - times[0] - begin - turns * interval)
        on = off <= max(_ON_BEAT * interval, _ON_BEAT_MOMENTS * every)
        if on.sum() < 3:
            return interval, math.inf, np.zeros(len(times), np.bool_)
    return interval, float(np.median(np.abs(gaps - whole * interval))), on


def _by_folding(train: Train, look: NDArray[np.bool_], looks: int) -> Period | None:
    chosen = np.flatnonzero(look)
    if len(chosen) < _FOLDED or not _spans(train, train.begins[chosen]):
        return None
    begin = float(train.begins[chosen[0]])
    chosen = chosen[train.begins[chosen] < begin + _MOST_FOLDED_S]
    times = train.begins[chosen] - begin
    span, every = float(times[-1]), train.heard.every
    period, longest = max(5.0, 4 * every), span / (_LEAST_BEATS - 1)
    best = (1.0, 0.0, 0.0)
    tried = 0
    while period <= longest and tried < _MOST_PERIODS:
        tried += 1
        window = _window(period, every)
        surprise, phase = _surprise(times, span, period, window)
        best = min(best, (surprise, period, phase))
        period += window * period / (2 * span)
    surprise, period, phase = best
    if not tried or surprise >= 0:
        return None
    window = _window(period, every)
    chance = math.exp(min(0.0, surprise + math.log(looks * tried * max(1.0, 2 * period / window))))
    if chance > _FOLD_CHANCE:
        return None
    own, beats = _members(times, period, phase + window / 2, window)
    fitted, spread, _ = _fitted(times[own], period, every)
    held = np.zeros(len(train.begins), np.bool_)
    held[chosen[own]] = True
    return Period(fitted, spread, int(own.sum()), max(beats, int(own.sum())), chance, held)


def _window(period: float, every: float) -> float:
    """How far apart, in seconds, the moments of a beat may be."""
    return max(_MOMENTS * every, _LEAST_WINDOW_S, _WINDOW * period)


def _surprise(times: Floats, span: float, period: float, window: float) -> tuple[float, float]:
    """How rarely chance hits so many beats in one window of the period (natural logarithm), and where the window begins."""
    cells = max(3, math.ceil(2 * period / window))
    turn, rest = np.divmod(times / period, 1.0)
    beats = int(turn[-1]) + 1
    hit = np.zeros((beats, cells), np.bool_)
    hit[turn.astype(np.int64), np.minimum((rest * cells).astype(np.int64), cells - 1)] = True
    hits = (hit | np.roll(hit, -1, axis=1)).sum(axis=0)
    cell = int(hits.argmax())
    count = min(int(hits[cell]), beats)
    if count < max(_LEAST_BEATS, _HIT * beats):
        return 0.0, 0.0
    likely = -math.expm1(-len(times) * 2 * period / cells / max(span, period))
    return log_tail(count, beats, likely), cell * period / cells


def log_tail(count: int, of: int, likely: float) -> float:
    """The natural logarithm of the chance of ``count`` or more successes of ``of``: the ways of a thousand exceed a float."""
    ways = (
        math.lgamma(of + 1) - math.lgamma(one + 1) - math.lgamma(of - one + 1)
        + one * math.log(max(likely, 1e-300)) + (of - one) * math.log(max(1 - likely, 1e-300))
        for one in range(count, of + 1)
    )  # fmt: skip
    return float(np.logaddexp.reduce(list(ways)))


def _members(times: Floats, period: float, phase: float, window: float) -> tuple[NDArray[np.bool_], int]:
    """One burst a beat, the nearest to the middle of the window, and how many beats there are."""
    turns = (times - phase) / period
    beat = np.rint(turns)
    off = np.abs(turns - beat) * period
    order = np.lexsort((off, beat))
    first = np.append(True, np.diff(beat[order]) != 0)
    own = np.zeros(len(times), np.bool_)
    own[order[first]] = True
    own &= off <= window
    return own, int(beat[-1] - beat[0]) + 1
