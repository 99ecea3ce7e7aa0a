"""What a receiver measured at one tuning: a run of neighbouring bins at one moment, as columns of many such hops."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Powers = NDArray[np.float32]
Int64s = NDArray[np.int64]
MOMENT_US = 500_000
"""The usual one: bursts are longer, and seldom closer."""
NO_STAMP = np.iinfo(np.int64).min
HIGHEST_HZ = 1e12
"""Beyond this no receiver measures: a larger number in a file is none of a frequency."""


class Hops(msgspec.Struct, frozen=True):
    """Hop ``i`` was measured at ``times[i]`` (microseconds; ``NO_STAMP`` where the file has no time): ``counts[i]`` bins, the
    middle of the first at ``lows[i]`` Hz and each ``steps[i]`` Hz above the one before it.

    ``values`` are the decibels of all hops in turn, against whatever the receiver calls zero. The hop stands at byte
    ``offsets[i]`` of its file and is ``lengths[i]`` bytes long.
    """

    times: Int64s
    lows: Floats
    steps: Floats
    counts: Int64s
    values: Powers
    offsets: Int64s
    lengths: Int64s

    def __post_init__(self) -> None:
        if int(self.counts.sum()) != len(self.values):
            raise ValueError("hops have as many values as bins")


class SweepReader(Protocol):
    """Reads one grammar front to back. ``broken`` counts lines or records that were left, and is whole once all was read.

    ``zoned`` says that the stamps are of a known zone, ``share`` what part of the time each bin was listened to, where the
    file says it (0: by the number of hops). Sweeps within ``moment_us`` are averaged: faster ones say more about noise than
    about bursts.
    """

    moment_us: int
    zoned: bool
    broken: int
    share: float

    def hops(self, file: BinaryIO) -> Iterator[Hops]: ...
