"""Does a train of bursts run by a clock? By the scorer of beacons, and for a clock among other bursts by folding.

A report is often one long burst and short ones behind it (the network keeps the connection for seconds), so bursts are looked at
as they are and as what comes after quiet. Under a phone on the same carrier the clock's beats are hit again and again, and all
other moments are not: then the times are folded over each candidate period, and what is hit most surely is weighed against how
often chance would hit it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.questions.regularity import regularity
from iotwatch.detect.radio.trains import Floats, Train

FEWEST = 4
"""Bursts of which a period is told at least."""
_MANY, _SURE, _FEW_SURE = 9, 0.005, 0.05
_FEW_JITTER = 0.05
_QUIET_S = (0.0, 5.0, 12.0)
_SHORTEST = 2.0  # measured moments: a shorter period cannot be seen
_SPANNED = 0.25  # of the time listened, or so many seconds: less is a session
_SPANNED_S = 600.0
_ON_BEAT, _MOSTLY = 0.25, 0.8
# Of one device's reports: as loud and as long as each other.
_ALIKE_DB, _ALIKE_LASTS = 3.0, 0.6
# Folding.
_FOLDED, _MOST_FOLDED_S = 8, 3600.0
_WINDOW, _LEAST_BEATS, _HIT, _FOLD_CHANCE = 0.08, 6, 0.75, 1e-4
_MOST_PERIODS = 20_000


@dataclass(frozen=True)
class Period:
    """A clock: its ``seconds``, how far single beats are off (``spread``, s), how many ``beats`` of those that could be were
    ``heard``, how often chance would look so, and which bursts are its own."""

    seconds: float
    spread: float
    heard: int
    beats: int
    chance: float
    own: NDArray[np.bool_]


def period_of(train: Train) -> Period | None:
    """The clock of the train; ``None`` where none is proven."""
    found = [period for look in _looks(train) if (period := _by_gaps(train, look)) is not None]
    if found:
        return min(found, key=lambda one: one.chance)
    return _by_folding(train)


def _looks(train: Train) -> list[NDArray[np.bool_]]:
    """The bursts, and those that come after quiet; each look that differs, once."""
    ends = np.maximum.accumulate(train.begins + train.lasts)
    pauses = np.append(np.inf, train.begins[1:] - ends[:-1])
    looks: list[NDArray[np.bool_]] = []
    for quiet in _QUIET_S:
        look = pauses > quiet if quiet else np.ones(len(pauses), np.bool_)
        if not any(np.array_equal(look, other) for other in looks):
            looks.append(look)
    return looks


def _by_gaps(train: Train, look: NDArray[np.bool_]) -> Period | None:
    times = train.begins[look]
    if len(times) < FEWEST or not _spans(train, times):
        return None
    scored = regularity(np.rint(times * 1e6).astype(np.int64), np.zeros(1, np.int64), dead=train.heard.every)
    interval, chance = float(scored.interval[0]), float(scored.single[0])
    few = len(times) < _MANY
    if chance >= (_FEW_SURE if few else _SURE) or interval < _SHORTEST * train.heard.every:
        return None
    if few and not (_alike(train, look) and float(scored.jitter[0]) <= _FEW_JITTER + train.heard.every / interval / 2):
        return None
    fitted, spread, off = _fitted(times, interval)
    if np.mean(off <= max(_ON_BEAT * fitted, train.heard.every)) < _MOSTLY:
        return None
    beats = round((times[-1] - times[0]) / fitted) + 1
    return Period(fitted, spread, len(times), max(beats, len(times)), chance, look)


def _spans(train: Train, times: Floats) -> bool:
    """Whether they go on for long enough not to be one session of somebody's."""
    span = float(times[-1] - times[0])
    return span >= min(_SPANNED_S, _SPANNED * train.heard.listened)


def _alike(train: Train, look: NDArray[np.bool_]) -> bool:
    levels, lasts = train.levels[look], train.lasts[look]
    usual = float(np.median(lasts))
    near = np.abs(lasts - usual) <= max(_ALIKE_LASTS * usual, train.heard.every)
    return float(np.std(levels)) <= _ALIKE_DB and bool(near.mean() >= _MOSTLY)


def _fitted(times: Floats, interval: float) -> tuple[float, float, Floats]:
    """The period by the line through all beats, the middle distance of gaps from whole periods, and how far each is off the line.

    Stamps are of whole seconds and more, so that single gaps tell a period only roughly.
    """
    gaps = np.diff(times)
    for _ in range(3):
        whole = np.maximum(np.rint(gaps / interval), 1)
        turns = np.append(0.0, np.cumsum(whole))
        slope, begin = np.polyfit(turns, times - times[0], 1)
        interval = max(float(slope), 1e-3)
    off = np.abs(times - times[0] - begin - turns * interval)
    return interval, float(np.median(np.abs(gaps - whole * interval))), off


def _by_folding(train: Train) -> Period | None:
    times = train.begins[train.begins < train.begins[0] + _MOST_FOLDED_S] - train.begins[0]
    if len(times) < _FOLDED or not _spans(train, train.begins):
        return None
    span, every = float(times[-1]), train.heard.every
    shortest, longest = max(5.0, 4 * every), span / (_LEAST_BEATS - 1)
    if longest <= shortest:
        return None
    best: tuple[float, float, float] | None = None
    tried, period = 0, shortest
    while period <= longest and tried < _MOST_PERIODS:
        tried += 1
        window = max(2.5 * every, _WINDOW * period)
        surprise, phase = _surprise(times, span, period, window)
        if best is None or surprise < best[0]:
            best = (surprise, period, phase)
        period += window * period / (2 * span)
    assert best is not None  # noqa: S101  the longest is beyond the shortest
    surprise, period, phase = best
    window = max(2.5 * every, _WINDOW * period)
    chance = math.exp(min(0.0, surprise + math.log(tried * max(1.0, 2 * period / window))))
    if chance > _FOLD_CHANCE:
        return None
    own, beats = _members(times, period, phase + window / 2, window)
    fitted, spread, _ = _fitted(times[own], period)
    held = np.zeros(len(train.begins), np.bool_)
    held[: len(times)] = own
    return Period(fitted, spread, int(own.sum()), max(beats, int(own.sum())), chance, held)


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
    return _tail(count, beats, likely), cell * period / cells


def _tail(count: int, of: int, likely: float) -> float:
    """The logarithm of the chance of ``count`` or more successes of ``of``."""
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
