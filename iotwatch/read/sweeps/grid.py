"""Hops laid out as times by frequencies: what comes within one moment is one row, a few million cells are one grid.

A file of any length passes as grids that follow each other, so what memory holds does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.read.sweeps.hops import NO_STAMP, Floats, Hops, Int64s, Powers

_CELLS = 2_000_000
# Hops of ever other frequencies make a grid of holes: beyond so many cells it is parted, and left where nearly all are holes.
_LARGEST, _FILLED = 4 * _CELLS, 0.05
_MOST_BINS, _MOST_HOPS = 400_000, 50_000
_LOUDEST_DB = 300.0  # of a receiver; what is beyond is no measurement
_BACK_US = 2_000_000  # lines of one sweep may be stamped out of order by less
_LONGEST_US = 600_000_000  # of one sweep


class Grid(msgspec.Struct, frozen=True):
    """``power[row, bin]`` in decibels (NaN: not measured) at ``times`` (microseconds) and ``frequencies`` (Hz, rising).

    ``steps`` are the widths of the bins in Hz; bin ``b`` was measured by hop ``hop[b]``, which stands at byte
    ``offsets[row, hop]`` and is ``lengths[row, hop]`` bytes long (0: not in this row).
    """

    times: Int64s
    frequencies: Floats
    steps: Floats
    power: Powers
    hop: NDArray[np.int32]
    offsets: Int64s
    lengths: Int64s


class Gridder:
    """Lays out the hops of one file.

    A clock that steps back (summer time ends, NTP) is followed: times go on, and ``stepped`` counts the steps. Hops without a
    time, and bins beyond the limit, are counted in ``untimed`` and ``left``.
    """

    def __init__(self, moment_us: int) -> None:
        self._moment_us = moment_us
        self.stepped = self.untimed = self.left = 0
        self.hops_heard = 0
        self._numbers: dict[tuple[int, int, int], int] = {}
        self._lows, self._steps, self._counts = list[float](), list[float](), list[int]()
        self._bins = 0
        self._seen: list[int] = []
        self._sweep = -1
        self._began = self._last = NO_STAMP
        self._shift = 0

    @property
    def layout(self) -> tuple[Floats, Floats, Int64s]:
        """Of each hop the middle of its first bin, the width of its bins, and how many it has."""
        return np.array(self._lows), np.array(self._steps), np.array(self._counts, np.int64)

    def grids(self, batches: Iterable[Hops]) -> Iterator[Grid]:
        """The grids in the order of the file; a sweep is never parted."""
        pending, cells = list[tuple[Hops, Int64s, Int64s]](), 0
        for batch in batches:
            hops, numbers, times = self._placed(batch)
            pending.append((hops, numbers, times))
            cells += len(hops.values)
            if cells >= _CELLS:
                yield from self._laid(pending)
                pending, cells = [], 0
        yield from self._laid(pending)

    def _placed(self, batch: Hops) -> tuple[Hops, Int64s, Int64s]:
        """The hops that are kept, with the number of each in the layout and the time at which its sweep began."""
        kept, numbers, times = list[int](), list[int](), list[int]()
        keys = zip(
            np.rint(batch.lows).astype(np.int64).tolist(),
            np.rint(batch.steps * 100).astype(np.int64).tolist(),
            batch.counts.tolist(),
            strict=True,
        )
        for index, (key, stamp) in enumerate(zip(keys, batch.times.tolist(), strict=True)):
            number = self._numbers.get(key)
            if number is None:
                number = self._new(key, batch, index)
            if number < 0 or stamp == NO_STAMP:
                self.left += number < 0
                self.untimed += number >= 0
                continue
            time = self._time(stamp)
            if self._seen[number] == self._sweep or self._sweep < 0 or abs(time - self._began) > _LONGEST_US:
                self._sweep += 1
                self._began = time
            self._seen[number] = self._sweep
            kept.append(index)
            numbers.append(number)
            times.append(self._began)
        self.hops_heard += len(kept)
        chosen = batch if len(kept) == len(batch.times) else _chosen(batch, np.array(kept, np.int64))
        return chosen, np.array(numbers, np.int64), np.array(times, np.int64)

    def _new(self, key: tuple[int, int, int], batch: Hops, index: int) -> int:
        count = int(batch.counts[index])
        if self._bins + count > _MOST_BINS or len(self._lows) >= _MOST_HOPS:
            return -1
        self._bins += count
        number = self._numbers[key] = len(self._lows)
        self._lows.append(float(batch.lows[index]))
        self._steps.append(float(batch.steps[index]))
        self._counts.append(count)
        self._seen.append(-1)
        return number

    def _time(self, stamp: int) -> int:
        """The stamp by a clock that only goes forward."""
        time = stamp + self._shift
        if self._last != NO_STAMP and time < self._last - _BACK_US:
            self.stepped += 1
            self._shift += self._last - time + self._moment_us
            time = self._last + self._moment_us
        self._last = time if self._last == NO_STAMP else max(time, self._last)
        return time

    def _laid(self, pending: list[tuple[Hops, Int64s, Int64s]]) -> Iterator[Grid]:
        parts = [part for part in pending if len(part[1])]
        if not parts:
            return
        hops = _Laid(
            numbers=np.concatenate([part[1] for part in parts]),
            times=np.concatenate([part[2] for part in parts]),
            counts=np.concatenate([part[0].counts for part in parts]),
            values=np.concatenate([part[0].values for part in parts]),
            offsets=np.concatenate([part[0].offsets for part in parts]),
            lengths=np.concatenate([part[0].lengths for part in parts]),
        )
        begins = np.append(True, np.diff(hops.times // self._moment_us) != 0)
        rows = np.cumsum(begins) - 1
        waiting = [slice(0, len(rows))]
        while waiting:
            some = waiting.pop()
            used = np.unique(hops.numbers[some])
            moments = int(rows[some.stop - 1] - rows[some.start]) + 1
            cells = moments * int(self.layout[2][used].sum())
            if cells <= _LARGEST:
                yield self._grid(hops, rows, some, used)
            elif moments == 1 or hops.counts[some].sum() < _FILLED * cells:
                self.left += some.stop - some.start
            else:
                middle = int(np.searchsorted(rows, rows[some.start] + moments // 2))
                waiting += [slice(middle, some.stop), slice(some.start, middle)]

    def _grid(self, hops: _Laid, rows: NDArray[np.intp], some: slice, used: Int64s) -> Grid:
        """The hops of ``some``, whose numbers are ``used``, by rows and bins."""
        lows, steps, sizes = self.layout
        starts = np.cumsum(hops.counts) - hops.counts
        columns = np.cumsum(sizes[used]) - sizes[used]
        first_row = int(rows[some.start])
        count = int(rows[some.stop - 1]) - first_row + 1
        power = np.full((count, int(sizes[used].sum())), np.nan, np.float32)
        offsets, lengths = (np.zeros((count, len(used)), np.int64) for _ in range(2))
        order = some.start + np.argsort(hops.numbers[some], kind="stable")
        bounds = np.searchsorted(hops.numbers[order], used)
        for place, own in enumerate(np.split(order, bounds[1:])):
            size, column = int(sizes[used[place]]), int(columns[place])
            measured = hops.values[starts[own][:, None] + np.arange(size)]
            first = np.append(True, np.diff(rows[own]) != 0)
            row = rows[own][first] - first_row
            power[row, column : column + size] = _mean(measured, np.flatnonzero(first))
            offsets[row, place], lengths[row, place] = hops.offsets[own][first], hops.lengths[own][first]
        frequencies = np.concatenate([lows[number] + np.arange(sizes[number]) * steps[number] for number in used])
        rising = np.argsort(frequencies, kind="stable")
        if (np.diff(rising) != 1).any():
            power = np.ascontiguousarray(power[:, rising])
        _, begins = np.unique(rows[some], return_index=True)
        return Grid(
            times=hops.times[some][begins],
            frequencies=frequencies[rising],
            steps=np.repeat(steps[used], sizes[used])[rising],
            power=power,
            hop=np.repeat(np.arange(len(used), dtype=np.int32), sizes[used])[rising],
            offsets=offsets,
            lengths=lengths,
        )


class _Laid(msgspec.Struct, frozen=True):
    """Hops that are laid out: the number of each in the layout, and the time at which its sweep began."""

    numbers: Int64s
    times: Int64s
    counts: Int64s
    values: Powers
    offsets: Int64s
    lengths: Int64s


def _chosen(batch: Hops, kept: Int64s) -> Hops:
    """The hops numbered ``kept`` alone."""
    chosen = np.zeros(len(batch.times), np.bool_)
    chosen[kept] = True
    return Hops(
        times=batch.times[chosen],
        lows=batch.lows[chosen],
        steps=batch.steps[chosen],
        counts=batch.counts[chosen],
        values=batch.values[np.repeat(chosen, batch.counts)],
        offsets=batch.offsets[chosen],
        lengths=batch.lengths[chosen],
    )


def _mean(values: Powers, firsts: NDArray[np.intp]) -> Powers:
    """The mean power of the rows from each of ``firsts`` to the next, in decibels; what is no number was not measured."""
    measured = np.abs(values) < _LOUDEST_DB
    if len(firsts) == len(values):
        return np.where(measured, values, np.float32(np.nan))
    linear = np.where(measured, np.exp(np.where(measured, values, 0) * np.float32(np.log(10) / 10)), np.float32(0))
    total = np.add.reduceat(linear, firsts, axis=0)
    count = np.add.reduceat(measured, firsts, axis=0, dtype=np.int32)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Powers = (10 * np.log10(total / count)).astype(np.float32)
    return np.where(count > 0, mean, np.float32(np.nan))
