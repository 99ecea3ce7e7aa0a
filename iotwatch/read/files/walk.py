"""From record to record: all start offsets of a chain of length-prefixed records, in numpy where there are many.

Each record says only how far the next one is, so the walk is serial by nature. For large windows we guess one record
start in each of many lanes, walk all lanes at once, and accept the result only when every lane lands exactly on the
start of the next: then it is the true chain, whatever the guesses were. Otherwise the plain loop decides.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Int64s

LANE_BYTES = 32 << 10
_STEPS = 32
_MAX_ROUNDS = 128
_FEW = 16  # lanes that are walked one by one: a step of all lanes costs as much as that many records of a plain loop
Guess = Callable[[int, int], int]


class Chain(msgspec.Struct, frozen=True):
    """Records that name their size: the next record stands ``extra`` + size bytes on.

    ``size_at`` is where in the record the 32-bit size stands, ``head`` how many bytes a header has, and ``smallest`` and
    ``largest`` bound what is believed.
    """

    size_at: int
    extra: int
    head: int
    smallest: int
    largest: int
    big: bool


class Walked(msgspec.Struct, frozen=True):
    """``starts`` of whole records; ``used`` is where the next one stands, ``broken`` says that its size is beyond belief.

    ``wanted`` is how many bytes that next record takes, as far as its header could be read.
    """

    starts: Int64s
    used: int
    broken: bool = False
    wanted: int = 0


def walk(buffer: bytearray, start: int, stop: int, chain: Chain, guess: Guess | None = None) -> Walked:
    """All whole records between ``start`` and ``stop``; ``guess(at, limit)`` finds a likely record start or gives -1."""
    lanes = (stop - start) // LANE_BYTES
    if guess is not None and lanes >= 4:
        starts = _lane_starts(start, stop, lanes, guess)
        found = _walk_lanes(buffer, starts, stop, chain) if len(starts) > 2 else None
        if found is not None:
            tail = walk_plain(buffer, starts[-1], stop, chain)
            return Walked(np.concatenate([found, tail.starts]), tail.used, tail.broken, tail.wanted)
    return walk_plain(buffer, start, stop, chain)


def walk_plain(buffer: bytearray, start: int, stop: int, chain: Chain) -> Walked:
    """The same, one record after the other; stops at the first size beyond belief."""
    size_of = struct.Struct(">I" if chain.big else "<I").unpack_from
    size_at, extra, smallest, largest = chain.size_at, chain.extra, chain.smallest, chain.largest
    starts: list[int] = []
    here, last = start, stop - chain.head
    broken = False
    while here <= last:
        size = size_of(buffer, here + size_at)[0]
        if not smallest <= size <= largest:
            broken = True
            break
        starts.append(here)
        here += extra + size
    wanted = chain.head
    if here > stop:
        wanted = here - starts[-1]
        here = starts.pop()
    return Walked(np.array(starts, np.int64), here, broken, wanted)


def _lane_starts(start: int, stop: int, lanes: int, guess: Guess) -> list[int]:
    width = (stop - start) // lanes
    starts = [start]
    for lane in range(1, lanes):
        at = start + lane * width
        found = guess(at, min(at + 2 * width, stop))
        if found > starts[-1]:
            starts.append(found)
    return starts


def _walk_lanes(buffer: bytearray, starts: list[int], stop: int, chain: Chain) -> Int64s | None:
    """Walk from every start to the next one; ``None`` when a lane misses its goal (a wrong guess, or damage)."""
    order = ">u4" if chain.big else "<u4"
    sizes: NDArray[np.uint32] = np.ndarray((stop - chain.size_at - 3,), order, buffer, chain.size_at, (1,))
    top = len(sizes) - 1
    goals = np.array(starts[1:], np.int64)
    here = np.array(starts[:-1], np.int64)
    found: list[Int64s] = []
    for _ in range(_MAX_ROUNDS):
        if len(here) <= _FEW:
            break
        table = np.empty((_STEPS + 1, len(here)), np.int64)
        table[0] = here
        for step in range(_STEPS):
            after = table[step + 1]
            np.add(here, sizes[here], out=after)
            after += chain.extra
            here = np.minimum(after, top, out=after)
        rows = table[:-1]
        found.append(rows[rows < goals])
        done = here >= goals
        if not (table == goals).any(axis=0)[done].all():
            return None
        here, goals = here[~done], goals[~done]
    for first, goal in zip(here.tolist(), goals.tolist(), strict=True):
        walked = walk_plain(buffer, first, goal, chain)
        if walked.used != goal:
            return None
        found.append(walked.starts)
    together = np.concatenate(found)
    together.sort()
    return together
