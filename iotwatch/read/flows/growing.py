"""A table that only grows: every column in blocks that are never copied, whatever their number."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import ALL, Int64s

# The last size is beyond what an allocator keeps in its heap, so that freed tapes give their memory back.
_BLOCK_ROWS = (1 << 10, 1 << 14, 1 << 17, 1 << 20)


class GrowingTable:
    """Rows of named columns; ``len`` counts them. A column leaves when it is drawn, so that no table is held twice."""

    def __init__(self, **layout: type[np.generic]) -> None:
        self._layout = layout
        self._blocks: dict[str, list[NDArray[Any]]] = {name: [] for name in layout}
        self._starts: list[int] = []
        self._count = 0
        self._room = 0

    def __len__(self) -> int:
        return self._count

    def append(self, count: int, **columns: NDArray[Any] | int) -> None:
        """Add ``count`` rows; every column of the layout is named."""
        done = 0
        while done < count:
            if self._count == self._room:
                self._extend()
            at = self._count - self._starts[-1]
            fits = min(count - done, self._room - self._count)
            for name, values in columns.items():
                block = self._blocks[name][-1]
                block[at : at + fits] = values if isinstance(values, int) else values[done : done + fits]
            done += fits
            self._count += fits

    def _extend(self) -> None:
        rows = _BLOCK_ROWS[min(len(self._starts), len(_BLOCK_ROWS) - 1)]
        for name, kind in self._layout.items():
            self._blocks[name].append(np.empty(rows, kind))
        self._starts.append(self._count)
        self._room += rows

    def column(self, name: str) -> NDArray[Any]:
        """One column of all rows."""
        blocks = self._blocks[name]
        if len(blocks) == 1:
            return blocks[0][: self._count]
        parts = [block[: self._count - start] for block, start in zip(blocks, self._starts, strict=True)]
        return np.concatenate(parts) if parts else np.empty(0, self._layout[name])

    def drawn(self, name: str, order: Int64s | slice = ALL) -> NDArray[Any]:
        """One column, its rows in ``order``; the table has it no more."""
        column = self.column(name)
        self._blocks[name] = []
        return column[order]
