"""Hops laid out as times by frequencies: what comes within one moment is one row, a few million cells are one grid.

A file of any length passes as grids that follow each other, so what memory holds does not grow with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.sweeps.hops import NO_STAMP, Floats, Hops, Int64s, Powers

_CELLS = 2_000_000
_MOST_BINS = 400_000
_BACK_US = 2_000_000  # lines of one sweep may be stamped out of order by less
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class Grid:
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
            if self._seen[number] == self._sweep or self._sweep < 0 or abs(time - self._began) > _DAY_US:
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
        if self._bins + count > _MOST_BINS:
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
        numbers = np.concatenate([part[1] for part in parts])
        times = np.concatenate([part[2] for part in parts])
        cell = times // self._moment_us
        begins = np.append(True, np.diff(cell) != 0)
        rows = np.cumsum(begins) - 1
        values = np.concatenate([part[0].values for part in parts])
        counts = np.concatenate([part[0].counts for part in parts])
        starts = np.cumsum(counts) - counts
        lows, steps, sizes = self.layout
        used = np.unique(numbers)
        columns = np.cumsum(sizes[used]) - sizes[used]
        shape = int(rows[-1]) + 1, int(sizes[used].sum())
        power = np.full(shape, np.nan, np.float32)
        offsets, lengths = (np.zeros((shape[0], len(used)), np.int64) for _ in range(2))
        stands = np.concatenate([part[0].offsets for part in parts])
        long = np.concatenate([part[0].lengths for part in parts])
        order = np.argsort(numbers, kind="stable")
        bounds = np.searchsorted(numbers[order], used)
        for place, some in enumerate(np.split(order, bounds[1:])):
            size, column = int(sizes[used[place]]), int(columns[place])
            measured = values[starts[some][:, None] + np.arange(size)]
            first = np.append(True, np.diff(rows[some]) != 0)
            row = rows[some][first]
            power[row, column : column + size] = _mean(measured, np.flatnonzero(first))
            offsets[row, place], lengths[row, place] = stands[some][first], long[some][first]
        frequencies = np.concatenate([lows[number] + np.arange(sizes[number]) * steps[number] for number in used])
        rising = np.argsort(frequencies, kind="stable")
        if (np.diff(rising) != 1).any():
            power = np.ascontiguousarray(power[:, rising])
        yield Grid(
            times=times[begins],
            frequencies=frequencies[rising],
            steps=np.repeat(steps[used], sizes[used])[rising],
            power=power,
            hop=np.repeat(np.arange(len(used), dtype=np.int32), sizes[used])[rising],
            offsets=offsets,
            lengths=lengths,
        )


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
    if len(firsts) == len(values):
        return np.where(np.isfinite(values), values, np.float32(np.nan))
    measured = np.isfinite(values)
    linear = np.where(measured, np.exp(np.where(measured, values, 0) * np.float32(np.log(10) / 10)), np.float32(0))
    total = np.add.reduceat(linear, firsts, axis=0)
    count = np.add.reduceat(measured, firsts, axis=0, dtype=np.int32)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean: Powers = (10 * np.log10(total / count)).astype(np.float32)
    return np.where(count > 0, mean, np.float32(np.nan))
