"""A table that only grows: rows in blocks that are never copied, whatever their number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.columns import Int64s, indices

# The last size is beyond what an allocator keeps in its heap, so that freed tapes give their memory back.
_BLOCK_ROWS = (1 << 12, 1 << 15, 1 << 18, 1 << 20)
_PIECE = 1 << 16


class Tape:
    """Rows of one layout; ``len`` counts them."""

    def __init__(self, layout: np.dtype[Any]) -> None:
        self._layout = layout
        self._blocks: list[NDArray[Any]] = []
        self._starts: list[int] = []
        self._count = 0
        self._room = 0

    def __len__(self) -> int:
        return self._count

    def append(self, count: int, **columns: NDArray[Any] | int) -> None:
        """Add ``count`` rows; every field of the layout is named."""
        done = 0
        while done < count:
            if self._count == self._room:
                rows = _BLOCK_ROWS[min(len(self._blocks), len(_BLOCK_ROWS) - 1)]
                self._blocks.append(np.empty(rows, self._layout))
                self._starts.append(self._count)
                self._room += rows
            block, at = self._blocks[-1], self._count - self._starts[-1]
            fits = min(count - done, self._room - self._count)
            for name, values in columns.items():
                block[name][at : at + fits] = values if isinstance(values, int) else values[done : done + fits]
            done += fits
            self._count += fits

    def column(self, name: str) -> NDArray[Any]:
        """One field of all rows."""
        parts = [block[name][: self._count - start] for block, start in zip(self._blocks, self._starts, strict=True)]
        return np.concatenate(parts) if parts else np.empty(0, self._layout[name])

    def rows(self, index: Int64s) -> NDArray[Any]:
        """The rows of these numbers, in their order."""
        if len(self._blocks) == 1:
            return self._gather(0, index)
        out = np.empty(len(index), self._layout)
        raw = out.view(self._void)
        for first in range(0, len(index), _PIECE):
            piece = index[first : first + _PIECE]
            block = np.searchsorted(self._starts, piece, "right") - 1
            for number in np.unique(block).tolist():
                mine = indices(block == number)
                raw[first + mine] = self._gather(number, piece[mine] - self._starts[number]).view(self._void)
        return out

    @property
    def _void(self) -> str:
        return f"V{self._layout.itemsize}"

    def _gather(self, number: int, index: Int64s) -> NDArray[Any]:
        # As plain memory: numpy would copy a structured row field by field.
        return self._blocks[number].view(self._void)[index].view(self._layout)
