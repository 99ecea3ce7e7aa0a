"""A hash table in numpy: 64-bit keys to row numbers, for many keys at once.

Open addressing with linear probing, never more than half full. Equal keys are taken as the same flow: with n flows the
chance that any two different ones share a key is about n^2 / 2^65.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Int64s, indices

Keys = NDArray[np.uint64]
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


class KeyTable:
    """Maps keys to the rows they were given; rows count up from 0."""

    def __init__(self, bits: int = 10) -> None:
        self._bits = bits
        self._rows = np.full(1 << bits, -1, np.int32)
        self._keys = np.zeros(1 << bits, np.uint64)
        self._used = 0

    def _slots(self, keys: Keys) -> Int64s:
        return ((keys * _SPREAD) >> np.uint64(64 - self._bits)).astype(np.int64)

    def find(self, keys: Keys) -> Int64s:
        """The row of each key, or -1."""
        if not self._used:
            return np.full(len(keys), -1, np.int64)
        slots = self._slots(keys)
        rows = self._rows[slots].astype(np.int64)
        missed = indices((rows >= 0) & (self._keys[slots] != keys))
        mask = (1 << self._bits) - 1
        while len(missed):
            slots = (slots[missed] + 1) & mask if len(slots) == len(keys) else (slots + 1) & mask
            found = self._rows[slots].astype(np.int64)
            rows[missed] = found
            again = (found >= 0) & (self._keys[slots] != keys[missed])
            missed, slots = missed[again], slots[again]
            if not len(missed):
                break
        return rows

    def put(self, keys: Keys, rows: Int64s) -> None:
        """Remember different keys, none of them known yet."""
        if 2 * (self._used + len(keys)) > len(self._rows):
            self._grow(self._used + len(keys))
        self._place(keys, rows)
        self._used += len(keys)

    def replace(self, keys: Keys, rows: Int64s) -> None:
        """Give known keys new rows."""
        mask = (1 << self._bits) - 1
        slots = self._slots(keys)
        left = np.arange(len(keys))
        while len(left):
            here = slots[left]
            mine = (self._rows[here] >= 0) & (self._keys[here] == keys[left])
            self._rows[here[mine]] = rows[left[mine]]
            left = left[~mine]
            slots[left] = (slots[left] + 1) & mask

    def _place(self, keys: Keys, rows: Int64s) -> None:
        mask = (1 << self._bits) - 1
        slots = self._slots(keys)
        left = np.arange(len(keys))
        while len(left):
            here = slots[left]
            free = self._rows[here] < 0
            # Where two want one slot the last one written has it; the others see that and move on.
            self._rows[here[free]] = rows[left[free]]
            won = free & (self._rows[here] == rows[left])
            self._keys[here[won]] = keys[left[won]]
            left = left[~won]
            slots[left] = (slots[left] + 1) & mask

    def _grow(self, entries: int) -> None:
        keys, rows = self._keys[self._rows >= 0], self._rows[self._rows >= 0]
        while 1 << self._bits < 4 * entries:
            self._bits += 1
        self._rows = np.full(1 << self._bits, -1, np.int32)
        self._keys = np.zeros(1 << self._bits, np.uint64)
        self._place(keys, rows.astype(np.int64))
