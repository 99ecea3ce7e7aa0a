"""The one reused buffer through which a capture is read, front to back."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import BinaryIO

import numpy as np

from iotwatch.read.layers.columns import SLACK, Bytes

WINDOW_BYTES = 4 << 20
_LEAST = 4 << 10
_SMALL = 256 << 10  # what is allotted to what does not tell its size


class Window:
    """Bytes ``base`` to ``base + have`` of a file, in ``buffer``; ``advance`` moves on and keeps what was not used.

    Every byte is read once and never sought: files, pipes and decompressors look the same.
    """

    def __init__(self, file: BinaryIO, size: int = WINDOW_BYTES, progress: Callable[[int], None] | None = None) -> None:
        self._file = file
        self._progress = progress
        self._full = size
        self._allocate(min(size, _expected(file)))
        self.base = 0
        self.have = 0
        self.ended = False

    def _allocate(self, size: int) -> None:
        self.buffer = bytearray(size + SLACK)
        self.view = memoryview(self.buffer)
        self.data: Bytes = np.frombuffer(self.buffer, np.uint8)
        self.size = size

    def advance(self, used: int, wanted: int = 0) -> bool:
        """Drop the first ``used`` bytes and fill up; false when the file had no more to give.

        ``wanted`` is how many bytes must fit behind ``used``: one record larger than the buffer makes it grow.
        """
        left = self.have - used
        self.base += used
        self._move(used, left, max(wanted, self.size))
        self._fill()
        if self.have == self.size < self._full:
            self._move(0, self.have, self._full)
            self._fill()
        self.data[self.have : self.have + SLACK] = 0
        if self._progress is not None:
            self._progress(self.base + self.have)
        return self.have > left

    def _move(self, used: int, left: int, size: int) -> None:
        """Put the ``left`` bytes behind ``used`` first, in a larger buffer when ``size`` asks for one."""
        if used or size > self.size:
            rest = bytes(self.view[used : used + left])
            if size > self.size:
                self._allocate(size)
            self.view[:left] = rest
        self.have = left

    def _fill(self) -> None:
        while self.have < self.size and not self.ended:
            count = self._read(self.view[self.have : self.size])
            self.ended = count == 0
            self.have += count

    def release(self) -> None:
        """Let go of the buffer; what was read stays counted."""
        self.buffer, self.view, self.data = bytearray(), memoryview(b""), np.empty(0, np.uint8)

    def _read(self, room: memoryview) -> int:
        into = getattr(self._file, "readinto", None)
        if into is not None:
            return into(room) or 0
        piece = self._file.read(min(len(room), 1 << 20))
        room[: len(piece)] = piece
        return len(piece)


def _expected(file: BinaryIO) -> int:
    """Bytes that hold a small file whole, so that a batch of them costs no more memory than it has."""
    try:
        size = os.fstat(file.fileno()).st_size
    except (OSError, AttributeError):  # it is in memory, compressed or a pipe
        return _SMALL
    return max(size + 1, _LEAST)
