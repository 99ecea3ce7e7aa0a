"""One worklist for all that is found inside anything, under one budget of depth, bytes and counts."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator

from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached
from iotwatch.files.limits import WorkLimits
from iotwatch.files.shelf import Shelf
from iotwatch.open.blob import Blob, Body
from iotwatch.read.stream import Stream

_LARGE = 1 << 20


class Worklist:
    """Iterate for blobs, first come first served; what turns up inside one is pushed meanwhile.

    While more than ``held_bytes`` wait, the last that came is served first: what stands deepest goes before more is opened
    beside it, so that bombs in bombs are held one level at a time. ``left`` counts what no budget was left for, ``left_bytes``
    how large that is.
    """

    def __init__(self, limits: WorkLimits, shelf: Shelf | None = None, source_bytes: int = 0) -> None:
        self.left = self.left_bytes = 0
        self._limits = limits
        self._shelf = shelf or Shelf()
        self._queue: deque[Blob] = deque()
        self._bytes = self._blobs = self._messages = self._held = 0
        self._bodies = limits.bodies(source_bytes)
        self._until = time.monotonic() + limits.seconds

    def __iter__(self) -> Iterator[Blob]:
        while self._queue:
            blob = self._queue.pop() if self._held > self._limits.held_bytes else self._queue.popleft()
            if blob.depth:
                self._held -= blob.size
                if time.monotonic() > self._until:
                    self._leave(blob)
                    continue
            yield blob
            blob.let_go()
            del blob  # its bytes would stay for as long as the next one is opened

    def push(self, blob: Blob) -> None:
        """Put ``blob`` at the end, when the budget holds it. The source itself costs nothing."""
        limits, size = self._limits, blob.size if blob.depth else 0
        if blob.depth:
            self._bytes += size
            self._blobs += 1
            if blob.depth > limits.depth or self._bytes > limits.total_bytes or self._blobs > limits.blobs:
                self._leave(blob)
                return
        self._held += size
        self._queue.append(blob)

    def _leave(self, blob: Blob) -> None:
        self.left += 1
        self.left_bytes += blob.size

    def taken(self, messages: Iterable[Message], blob: Blob) -> Iterator[Message]:
        """The messages of ``blob`` one by one; what they carry is pushed."""
        for message in messages:
            self._messages += 1
            if self._messages > self._limits.messages:
                self.left += 1
                return
            yield message
            if message.body is not None:
                self._carried(message.body, blob.depth + 1, message.protocol)

    def _carried(self, body: Stream, depth: int, carrier: str) -> None:
        if body.is_unwrapped:
            self._bodies -= len(body.data)
            if self._bodies < 0:
                self.left += 1
                self.left_bytes += len(body.data)
                return
        if len(body.data) < _LARGE:
            self.push(Blob(body, depth, carrier))
            return
        try:
            self.push(Body(body, depth, carrier, self._shelf))
        except LimitReached:
            self.left += 1
            self.left_bytes += len(body.data)
