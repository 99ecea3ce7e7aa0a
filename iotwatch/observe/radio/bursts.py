"""Bursts in a grid: cells over the floor of their bin, joined in frequency and time."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.read.sweeps.grid import Grid
from iotwatch.read.sweeps.hops import Floats, Int64s, Powers

FEWEST_ROWS = 8
"""Of fewer rows no floor can be told."""
# The floor is a low quantile over time, so that what sends for up to three quarters of it stands out. The power of noise, averaged
# over any number of looks, has a gamma distribution, whose cube root is nearly Gaussian (Wilson and Hilferty 1931): the lower
# quarter and twentieth, 0.674 and 1.645 deviations below the middle, tell its deviation and with it every other quantile.
_QUARTER, _TWENTIETH = 0.25, 0.05
_BELOW, _FAR_BELOW = 0.674, 1.645
_LEAST_APART = 0.03  # dB: values are rounded to hundredths
_DEVIATIONS, _LEAST_EXCESS = 6.0, 1.0
_EDGE_DB = 10.0  # below its peak a burst's own edges and its leakage begin
_MOST_RUNS = 40_000
# A receiver that is overloaded lifts all bins at once, and no sender is as wide as this.
_OVERLOADED_SHARE, _WIDEST_HZ = 0.6, 25e6
_LINKED = 2.5  # rows further apart than so many usual distances are no neighbours


class Bursts(msgspec.Struct, frozen=True):
    """One entry a burst: from ``begins`` to ``ends`` (microseconds), from ``lows`` to ``highs`` around ``centres`` (Hz, in bins of
    ``steps``), at most ``levels`` decibels over the floor; its strongest hop stands at ``offsets``, ``lengths`` bytes long."""

    begins: Int64s
    ends: Int64s
    lows: Floats
    highs: Floats
    centres: Floats
    steps: Floats
    levels: Floats
    offsets: Int64s
    lengths: Int64s

    def __len__(self) -> int:
        return len(self.begins)

    @property
    def widths(self) -> Floats:
        """In hertz."""
        return self.highs - self.lows

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Bursts:
        """Those alone."""
        return Bursts(*(getattr(self, field.name)[which] for field in msgspec.structs.fields(self)))


def joined(parts: list[Bursts]) -> Bursts:
    """All of them in turn."""
    if not parts:
        whole, real = np.empty(0, np.int64), np.empty(0)
        return Bursts(whole, whole, real, real, real, real, real, whole, whole)
    return Bursts(
        *(np.concatenate([getattr(part, field.name) for part in parts]) for field in msgspec.structs.fields(Bursts))
    )


class Floor(msgspec.Struct, frozen=True):
    """Per bin the level in decibels while nothing sends, and how far over it noise never is."""

    level: Powers
    reach: Powers


def floor_of(grid: Grid) -> Floor | None:
    """The floor of each bin over the time of the grid; ``None`` where it has too few rows."""
    if len(grid.times) < FEWEST_ROWS:
        return None
    ranked = np.sort(np.ascontiguousarray(grid.power.T), axis=1)  # what was not measured comes last
    measured = np.isfinite(ranked).sum(axis=1)

    def quantile(share: float) -> Powers:
        place = np.floor(share * np.maximum(measured - 1, 0)).astype(np.int64)
        found: Powers = np.take_along_axis(ranked, place[:, None], axis=1)[:, 0]
        return found

    quarter = quantile(_QUARTER)
    apart = quarter - quantile(_TWENTIETH)
    usual = float(np.nanmedian(apart)) if np.isfinite(apart).any() else 0.0
    ratio = 10 ** (np.maximum(apart, max(usual, _LEAST_APART)) / 30)
    deviation = (ratio - 1) / (_FAR_BELOW * ratio - _BELOW)  # of the cube root of power, in its middles
    level = (quarter - 30 * np.log10(1 - _BELOW * deviation)).astype(np.float32)
    reach = np.maximum(30 * np.log10(1 + _DEVIATIONS * deviation), _LEAST_EXCESS).astype(np.float32)
    level[measured < FEWEST_ROWS] = np.nan
    return Floor(level, reach)


def bursts_in(grid: Grid, floor: Floor) -> tuple[Bursts, int]:
    """The bursts of a grid, and how many rows were left because the receiver was overloaded."""
    excess = np.nan_to_num(grid.power - floor.level, nan=-np.inf)
    over = excess > floor.reach
    overloaded = np.zeros(len(over), np.bool_)
    if grid.frequencies[-1] - grid.frequencies[0] > _WIDEST_HZ:
        overloaded = over.mean(axis=1) > _OVERLOADED_SHARE
        over[overloaded] = False
    runs = _runs(grid, excess, _cores(excess, _closed(over)))
    return _linked(grid, runs), int(overloaded.sum())


def _closed(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The mask with single bins filled whose two neighbours are in it: the middle of a hop is often masked."""
    closed = mask.copy()
    closed[:, 1:-1] |= mask[:, :-2] & mask[:, 2:]
    return closed


def _bounds(mask: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each run of neighbours in a row begins and ends, in the flat order of ``mask``."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 1), np.int8)
    padded[:, :-1] = mask
    edges = np.diff(padded.ravel(), prepend=np.int8(0))
    begins, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return begins - begins // padded.shape[1], ends - ends // padded.shape[1]


def _cores(excess: Powers, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What of each run is within ``_EDGE_DB`` of its peak."""
    begins, ends = _bounds(mask)
    if not len(begins):
        return mask
    cells = np.flatnonzero(mask)
    strength = excess.ravel()[cells]
    first = np.cumsum(ends - begins) - (ends - begins)
    peaks = np.maximum.reduceat(strength, first)
    core = np.zeros(mask.size, np.bool_)
    core[cells[strength > np.repeat(peaks, ends - begins) - _EDGE_DB]] = True
    return _closed(core.reshape(mask.shape))


class _Runs(msgspec.Struct, frozen=True):
    """One entry a run of bins in one row, from bin ``first`` to before ``last``."""

    row: NDArray[np.intp]
    first: NDArray[np.intp]
    last: NDArray[np.intp]
    peak: Floats
    at: NDArray[np.intp]
    centre: Floats


def _runs(grid: Grid, excess: Powers, mask: NDArray[np.bool_]) -> _Runs:
    begins, ends = _bounds(mask)
    bins = mask.shape[1]
    cells = np.flatnonzero(mask)
    sizes = ends - begins
    first = np.cumsum(sizes) - sizes
    strength = excess.ravel()[cells].astype(np.float64)
    if not len(begins):
        none = np.empty(0, np.intp)
        return _Runs(none, none, none, np.empty(0), none, np.empty(0))
    peak = np.maximum.reduceat(strength, first)
    weight = 10 ** (np.clip(strength, 0, 150) / 10)
    centre = np.add.reduceat(weight * grid.frequencies[cells % bins], first) / np.add.reduceat(weight, first)
    owner = np.repeat(np.arange(len(begins)), sizes)
    at = np.zeros(len(begins), np.intp)
    strongest = strength == peak[owner]
    at[owner[strongest]] = cells[strongest] % bins
    runs = _Runs(begins // bins, begins % bins, (ends - 1) % bins + 1, peak, at, centre)
    if len(peak) <= _MOST_RUNS:
        return runs
    kept = np.sort(np.argsort(peak, kind="stable")[-_MOST_RUNS:])
    return _Runs(*(getattr(runs, field.name)[kept] for field in msgspec.structs.fields(_Runs)))


def _linked(grid: Grid, runs: _Runs) -> Bursts:
    """Runs of neighbouring rows that share bins are one burst."""
    count = len(runs.row)
    if not count:
        return joined([])
    usual = float(np.median(np.diff(grid.times))) if len(grid.times) > 1 else 0.0
    bounds = np.searchsorted(runs.row, np.arange(len(grid.times) + 1)).tolist()
    label = list(range(count))
    first, last = runs.first.tolist(), runs.last.tolist()
    for row in range(1, len(grid.times)):
        before, here = range(bounds[row - 1], bounds[row]), range(bounds[row], bounds[row + 1])
        if not before or not here or grid.times[row] - grid.times[row - 1] > _LINKED * usual:
            continue
        at = before.start
        for one in here:
            while at < before.stop and last[at] <= first[one]:
                at += 1
            other = at
            while other < before.stop and first[other] < last[one]:
                _unite(label, one, other)
                other += 1
    roots = np.array([_root(label, one) for one in range(count)])
    order = np.lexsort((-runs.peak, roots))
    lead = np.append(True, np.diff(roots[order]) != 0)
    starts = np.flatnonzero(lead)
    strongest = order[lead]
    rows = runs.row[order]
    hop = grid.hop[runs.at[strongest]]
    step = grid.steps[runs.at[strongest]]
    return Bursts(
        begins=grid.times[np.minimum.reduceat(rows, starts)],
        ends=grid.times[np.maximum.reduceat(rows, starts)] + round(usual),
        lows=grid.frequencies[runs.first[strongest]] - step / 2,
        highs=grid.frequencies[runs.last[strongest] - 1] + step / 2,
        centres=runs.centre[strongest],
        steps=step,
        levels=runs.peak[strongest],
        offsets=grid.offsets[runs.row[strongest], hop],
        lengths=grid.lengths[runs.row[strongest], hop],
    )


def _root(label: list[int], one: int) -> int:
    while label[one] != one:
        label[one] = label[label[one]]
        one = label[one]
    return one


def _unite(label: list[int], one: int, other: int) -> None:
    label[_root(label, one)] = _root(label, other)
