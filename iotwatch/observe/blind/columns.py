"""Which fields of messages of one shape may be half of a moving place, before any encoding is tried.

Read as a number from its most significant byte on, a coordinate moves when its bytes do, whatever its scale: so fields are chosen
once for all encodings (``known_place.keys``), at all offsets at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.blind.path import Floats, roughness

_LONGEST = 320
"""Bytes of a message in which a place is looked for."""
_KEY = 4
_WILDEST = 1 << 28
"""A step of so much of a key is none of a place."""
_ROUGHEST = 0.8
_MOST = 28
_SLACK = 0.15
_BUSY = 0.4


class Field(NamedTuple):
    """A place for a number in messages, at the same offset in each: ``edge`` is where its most significant byte begins, or ends
    where the least significant one comes first."""

    edge: int
    little: bool


class Offsets:
    """The offsets of messages of one shape, and how often the bytes there change."""

    def __init__(self, messages: Sequence[bytes]) -> None:
        width = min(_LONGEST, min(map(len, messages)))
        self._rows = np.zeros((len(messages), width + 2 * _KEY), np.uint8)
        for number, message in enumerate(messages):
            self._rows[number, _KEY : _KEY + width] = np.frombuffer(message, np.uint8, width)
        self._width = width
        self._changes: Floats = (np.diff(self._rows.astype(np.int16), axis=0) != 0).mean(axis=0)[_KEY : _KEY + width]
        self._numbers = dict[tuple[int, int, bool], bool]()

    def smooth(self) -> Iterator[Field]:
        """Where numbers stand whose keys change smoothly."""
        spans = np.lib.stride_tricks.sliding_window_view(self._rows, _KEY, axis=1)
        big, little = (spans @ (1 << np.arange(0, 8 * _KEY, 8, dtype=np.int64)[::step]) for step in (-1, 1))
        yield from (Field(at, little=False) for at in _smooth(big[:, _KEY : _KEY + self._width]))
        yield from (Field(at + 1, little=True) for at in _smooth(little[:, 1 : self._width + 1]))

    def is_number(self, start: int, end: int, *, little: bool) -> bool:
        """Whether the bytes change as those of one number do: the less significant, the oftener, and the last of them often.

        Where two fields meet, often changing bytes stand before seldom changing ones.
        """
        found = self._numbers.get((start, end, little))
        if found is None:
            found = self._numbers[start, end, little] = self._is_number(start, end, little=little)
        return found

    def _is_number(self, start: int, end: int, *, little: bool) -> bool:
        changes = self._changes[start:end][:: -1 if little else 1]
        return bool(len(changes) == end - start and (np.diff(changes) >= -_SLACK).all() and changes[-1] >= _BUSY)


def _smooth(keys: NDArray[np.int64]) -> list[int]:
    """The columns that change, each time a little; the smoothest where there are many, in order."""
    steps = np.diff(keys, axis=0)
    # What wraps around passes from one hemisphere to the other.
    steps = (steps + (1 << 31)) % (1 << 32) - (1 << 31)
    wild = (np.abs(steps) > _WILDEST).sum(axis=0) * 20 > len(steps)
    values: Floats = np.vstack([np.zeros(keys.shape[1]), steps.cumsum(axis=0)])
    rough = np.where(wild, np.inf, roughness(values))
    chosen = np.flatnonzero(rough <= _ROUGHEST)
    return sorted(chosen[np.argsort(rough[chosen], kind="stable")][:_MOST].tolist())
