"""Bytes that wait for their turn: small ones in memory, larger ones in a file that has no name.

Such a file goes with its process, whatever ends that, so that nothing of the evidence stays behind. It stands in the folder for
temporary files (``TMPDIR``) and takes as much of it as came out of one source at most.
"""

from __future__ import annotations

import os
import sys
import tempfile
import weakref
from collections.abc import Iterable

import msgspec

from iotwatch.errors import LimitReached

_SMALL = 4096


class _Nameless:
    """A file that nobody else can open; it is closed with the last that know it."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as file:
            self.handle = os.dup(file.fileno())
        weakref.finalize(self, os.close, self.handle)


class Kept(msgspec.Struct, frozen=True):
    """Bytes on a shelf: ``data`` when they are small, else ``size`` bytes at ``start`` of ``file``."""

    size: int
    data: bytes = b""
    file: _Nameless | None = None
    start: int = 0

    def read(self) -> bytes:
        """The bytes, read anew each time."""
        if self.file is None:
            return self.data
        pieces, at = [], self.start
        while left := self.start + self.size - at:
            pieces.append(os.pread(self.file.handle, left, at))
            at += len(pieces[-1])
            if not pieces[-1]:
                raise OSError("a file for temporary evidence was cut")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


class Shelf:
    """Where bytes are put, ``room`` of them at most; what was put stays until the shelf and all that it gave are gone.

    ``refused`` says why the disk did not take something.
    """

    def __init__(self, room: int = sys.maxsize) -> None:
        self.room = room
        self.refused = ""
        self._file: _Nameless | None = None
        self._end = 0

    def put(self, data: bytes) -> Kept:
        """Keep ``data``; ``LimitReached`` when the shelf or the disk has no room."""
        return self.take(len(data), (data,))

    def take(self, size: int, pieces: Iterable[bytes | bytearray | memoryview]) -> Kept:
        """Keep what ``pieces`` give one after the other, ``size`` bytes in all, without holding more than one of them."""
        if size > self.room:
            raise LimitReached("more came out of the source than its budget allows")
        self.room -= size
        if size <= _SMALL:
            return Kept(size, b"".join(pieces))
        start = self._end
        self._end += size
        try:
            self._file = self._file or _Nameless()
            at = start
            for piece in pieces:
                view = memoryview(piece)
                while len(view):
                    written = os.pwrite(self._file.handle, view, at)
                    at, view = at + written, view[written:]
        except OSError as error:
            # What comes through a socket has errors of its own.
            if isinstance(error, TimeoutError | ConnectionError):
                raise
            self.refused = f"no room for what is found inside: {error.strerror or error}"
            raise LimitReached(self.refused) from error
        return Kept(size, file=self._file, start=start)
