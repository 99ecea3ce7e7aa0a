"""Bytes as columns: unaligned gathers out of a buffer, and columns that grow.

A gather copies one header per packet into a small packed table, whose fields are then plain numpy columns. Buffers
carry ``SLACK`` spare bytes behind their end, so that a header that is cut short still gathers (callers compare its end
with the packet's end before they believe it).
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Index32 = NDArray[np.integer[Any]]
Words = NDArray[np.uint64]
Index = slice | Int64s
_Item = TypeVar("_Item", bound=np.generic)

SLACK = 256
ALL = slice(None)


def take(data: Bytes, at: Int64s, layout: np.dtype[Any]) -> NDArray[Any]:
    """One ``layout`` header for each position of ``at``; positions past the data give what stands at its end."""
    return _gathered(data, at, layout.itemsize).view(layout)


def heads(data: Bytes, at: Int64s, width: int) -> Bytes:
    """The ``width`` bytes at each position, as a matrix of one row each."""
    return _gathered(data, at, width).view(np.uint8).reshape(-1, width)


def _gathered(data: Bytes, at: Int64s, width: int) -> NDArray[Any]:
    last = data.size - width
    # A structured dtype would be copied field by field; as one void item it is a memcpy.
    raw: NDArray[Any] = np.ndarray((last + 1,), _void(width), data, 0, (1,))
    return raw[np.minimum(at, last)]


@cache
def _void(width: int) -> np.dtype[Any]:
    return np.dtype(f"V{width}")


def indices(mask: Bools) -> Int64s:
    """Positions of what is true. (``np.flatnonzero`` without its detours, which count in files of a hundred packets.)"""
    return mask.nonzero()[0]


def every(mask: Bools) -> bool:
    """``mask.all()``, by the fastest way that numpy has to look at booleans."""
    return bool(np.count_nonzero(mask) == mask.size)


def some(mask: Bools) -> bool:
    """``mask.any()``, likewise."""
    return bool(np.count_nonzero(mask))


def limits(starts: Int64s, count: int) -> Int64s:
    """Where runs that begin at ``starts`` begin and, of ``count`` values, the last one ends."""
    bounds = np.empty(len(starts) + 1, np.int64)
    bounds[:-1] = starts
    bounds[-1] = count
    return bounds


def runs(values: NDArray[Any]) -> Int64s:
    """Where each run of equal values begins."""
    return indices(run_heads(values))


def run_tails(values: NDArray[Any]) -> Bools:
    """Whether a value is the last of a run of equal ones."""
    last = np.empty(len(values), np.bool_)
    last[-1:] = True
    np.not_equal(values[1:], values[:-1], out=last[:-1])
    return last


def run_heads(values: NDArray[Any]) -> Bools:
    """Whether a value is the first of a run of equal ones."""
    first = np.empty(len(values), np.bool_)
    first[:1] = True
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first


def distinct(values: NDArray[_Item]) -> NDArray[_Item]:
    """Each value once, in order: ``np.unique``, which loads the masked arrays of numpy for that."""
    ordered = np.sort(values)
    return ordered[run_heads(ordered)]


def ranked(values: NDArray[Any]) -> tuple[Int64s, Int64s]:
    """A number for each value, counted up from 0 as different ones first appear, and where each number first stands."""
    order = values.argsort(kind="stable")
    head = run_heads(values[order])
    first = order[head]
    appearance = first.argsort()
    rank = np.empty(len(first), np.int64)
    rank[appearance] = np.arange(len(first))
    number = np.empty(len(values), np.int64)
    number[order] = rank[head.cumsum() - 1]
    return number, first[appearance]


def spaced(time: Int64s, group: Index32, before: Int64s, step: int) -> Bools:
    """Which events of each group stand at least ``step`` after the last one that was taken.

    ``group`` is sorted and ``time`` in order within it; ``before`` is the time of the group's last event taken so far.
    """
    taken = np.zeros(len(time), np.bool_)
    if not len(time):
        return taken
    first = run_heads(group)
    # What comes that late after its neighbour is taken whatever was taken before: it parts runs that do not know each other.
    late = np.empty(len(time), np.bool_)
    late[1:] = time[1:] - np.maximum(time[:-1], before[1:]) >= step
    late[first] = time[first] - before[first] >= step
    taken |= late
    start = indices(first | late)
    end = limits(start, len(time))[1:]
    wanted = np.where(late[start], time[start], before[start]) + step - time[start]
    active = indices(time[end - 1] - time[start] >= wanted)
    run = np.arange(len(start)).repeat(end - start)
    # Runs are shorter than 2**40 us (12 days) each; a clock that steps back inside one stands still here.
    since = np.minimum(np.maximum(time - time[start][run], 0), (1 << 40) - 1)
    key = np.maximum.accumulate((run << 40) | since)
    wanted = wanted[active]
    while len(active):
        at = np.searchsorted(key, (active << 40) | np.minimum(wanted, (1 << 40) - 1))
        found = at < end[active]
        active, at = active[found], at[found]
        taken[at] = True
        wanted = since[at] + step
        still = since[end[active] - 1] >= wanted
        active, wanted = active[still], wanted[still]
    return taken


def grown(column: NDArray[Any], rows: int) -> NDArray[Any]:
    """The column with room for ``rows`` rows, new ones zero."""
    if rows <= len(column):
        return column
    wider = np.zeros((max(rows, 2 * len(column)), *column.shape[1:]), column.dtype)
    wider[: len(column)] = column
    return wider
