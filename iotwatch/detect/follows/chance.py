"""How well what is sent follows the movement, and how often it would as well had the car stopped and turned at other times.

The traffic is left as it is, with all that makes it come in bursts and sessions. The movement is laid out anew: its stops in
another order and at other places of the way, the way begun at another point, the whole shifted around. Every far end is
compared with every such movement, and one that follows best of all of them counts: so the chance holds for all far ends that
were tried together (Westfall and Young, Resampling-based multiple testing, 1993, single-step maxT). The ways of following
share it out between them (weighted Bonferroni).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec
import numpy as np

from iotwatch.detect.follows.movement import Floats, Movement
from iotwatch.detect.follows.traffic import Sending, amounts, going_on, marks, often, stacked

ARRANGEMENTS = 3000
SMALL = 0.01
"""The chance below which one is told; above it, no more is counted than shows that it is."""
_AT_ONCE = 250
_SEED = 20
_EDGE_S = 45.0
_TURN_S = 10.0
# Two arrangements that differ by rounding alone are equal.
_EQUAL = 1e-5


class Way(StrEnum):
    """A way of following."""

    MOVES = "moves"  # it sends while the car moves
    EDGES = "edges"  # it sends when the car sets off and stops
    SPEED = "speed"  # the faster the car, the more often: at every so many metres
    TURNS = "turns"  # it sends when the car turns
    SIZES = "sizes"  # it sends more at a time while the car moves


SHARES: Mapping[Way, float] = {Way.MOVES: 0.5, Way.EDGES: 0.15, Way.SPEED: 0.15, Way.TURNS: 0.1, Way.SIZES: 0.1}
"""How much of the chance is given to each way; the first is what most trackers do."""


class Followed(msgspec.Struct, frozen=True):
    """How one far end follows in one way: a correlation, and the chance of one as high, for all that were tried."""

    way: Way
    correlation: float
    chance: float


class _Arranged(msgspec.Struct, frozen=True):
    """Movements laid out anew, one a row."""

    moving: Floats
    speed: Floats
    turning: Floats


def followed(sent: Sequence[Sending], movement: Movement) -> list[list[Followed]]:
    """Each pair's ways of following, the least chance first."""
    if not sent:
        return []
    ways = _ways(sent, movement)
    own = _Arranged(movement.moving[None], movement.speed[None], movement.turning[None])
    seen = {way: correlate(own)[0] for way, correlate in ways.items()}
    as_high = {way: np.ones(len(sent)) for way in ways}
    for arranged in _arrangements(movement):
        for way, correlate in ways.items():
            best = np.sort(correlate(arranged).max(axis=1))
            as_high[way] += len(best) - np.searchsorted(best, seen[way] - _EQUAL)
        if all(_chance(way, float(counts.min())) > SMALL for way, counts in as_high.items()):
            break
    return [
        sorted(
            (
                Followed(way, float(seen[way][index]), _chance(way, as_high[way][index]))
                for way in ways
                if seen[way][index] > 0
            ),
            key=lambda one: one.chance,
        )
        for index in range(len(sent))
    ]


def _chance(way: Way, as_high: float) -> float:
    return min(1.0, float(as_high) / (ARRANGEMENTS + 1) / SHARES[way])


_Correlate = Callable[[_Arranged], Floats]


def _ways(sent: Sequence[Sending], movement: Movement) -> dict[Way, _Correlate]:
    """For each way that the movement can tell, what correlates arranged movements (rows) with all pairs (columns)."""
    ways: dict[Way, _Correlate] = {}
    edge, turn = (max(1, round(seconds / movement.bin_s)) for seconds in (_EDGE_S, _TURN_S))
    if movement.changes:
        goes_on = stacked([going_on(one, movement) for one in sent])
        near = stacked([marks(one, movement, _EDGE_S / 2, _EDGE_S / 2) for one in sent])
        logs, counts = (stacked(list(one)) for one in zip(*(amounts(one, movement) for one in sent), strict=True))
        ways[Way.MOVES] = lambda arranged: _correlated(arranged.moving, goes_on)
        ways[Way.EDGES] = lambda arranged: _correlated(_edges(arranged.moving, edge), near)
        ways[Way.SIZES] = lambda arranged: _correlated(arranged.moving, logs, counts)
    if movement.speed.any():
        frequent = stacked([often(one, movement) for one in sent])
        beside = stacked([marks(one, movement, _TURN_S, _TURN_S) for one in sent])
        ways[Way.SPEED] = lambda arranged: _correlated(arranged.speed, frequent)
        ways[Way.TURNS] = lambda arranged: _correlated(_widened(arranged.turning, turn), beside)
    return ways


def _correlated(rows: Floats, columns: Floats, weights: Floats | None = None) -> Floats:
    """Pearson's correlation of each row with each column; with weights, of the rows at events with what the events add up to."""
    if weights is None:
        weights = np.ones_like(columns[:, :1])
        squares = (columns**2).sum(axis=0)
    else:
        # The sizes in one bin count as so many of their mean.
        squares = (columns**2 / np.maximum(weights, 1)).sum(axis=0)
    total = weights.sum(axis=0)
    mean = columns.sum(axis=0) / total
    spread = squares / total - mean**2
    row_mean = rows @ weights / total
    row_spread = (rows**2) @ weights / total - row_mean**2
    both = rows @ columns / total - row_mean * mean
    scale = np.sqrt(np.maximum(spread, 0) * np.maximum(row_spread, 0))
    result: Floats = np.where(scale > 1e-6, both / np.maximum(scale, 1e-6), 0.0).astype(np.float32)
    return result


def _edges(moving: Floats, bins: int) -> Floats:
    """1 around each setting off and each stop."""
    changed = (moving != np.roll(moving, 1, axis=1)).astype(np.float32)
    return _widened(changed, bins)


def _widened(signal: Floats, bins: int) -> Floats:
    """1 within ``bins`` of where the signal is 1, on a circle."""
    sums = np.cumsum(np.concatenate((signal[:, -bins:], signal, signal[:, :bins]), axis=1), axis=1, dtype=np.float32)
    sums = np.concatenate((np.zeros_like(sums[:, :1]), sums), axis=1)
    window = 2 * bins + 1
    result: Floats = (sums[:, window:] - sums[:, :-window] > 0.5).astype(np.float32)
    return result


def _arrangements(movement: Movement) -> Iterator[_Arranged]:
    """The movement with its stops elsewhere; the same ones for the same movement, whatever was sent."""
    random = np.random.default_rng(_SEED)
    bins = len(movement.moving)
    driven = np.flatnonzero(movement.moving)
    stops = _stops(movement.moving)
    for _ in range(0, ARRANGEMENTS, _AT_ONCE):
        lengths = random.permuted(np.tile(stops, (_AT_ONCE, 1)), axis=1)
        cuts = np.sort(random.integers(0, len(driven) + 1, (_AT_ONCE, len(stops))), axis=1)
        starts = cuts + np.cumsum(lengths, axis=1) - lengths
        steps = np.zeros((_AT_ONCE, bins + 1), np.int32)
        row = np.arange(_AT_ONCE)[:, None]
        np.add.at(steps, (row, starts), 1)
        np.add.at(steps, (row, starts + lengths), -1)
        moving = np.cumsum(steps, axis=1)[:, :bins] == 0
        turned = (np.arange(bins) + random.integers(0, bins, (_AT_ONCE, 1))) % bins
        moving = np.take_along_axis(moving, turned, axis=1)
        way = driven[(np.cumsum(moving, axis=1) + random.integers(0, len(driven), (_AT_ONCE, 1))) % len(driven)]
        yield _Arranged(moving.astype(np.float32), movement.speed[way] * moving, movement.turning[way] * moving)


def _stops(moving: Floats) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """How many bins long each stop is; one at the end and one at the beginning are one, since time is taken for a circle."""
    first = int(np.argmax(moving))
    around = np.append(np.roll(moving, -first), 1)
    changes = np.diff(around)
    return np.flatnonzero(changes > 0) - np.flatnonzero(changes < 0)
