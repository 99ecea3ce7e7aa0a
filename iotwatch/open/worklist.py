"""One worklist for all that is found inside anything, under one budget of depth, bytes and counts."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from iotwatch.decode.message import Message
from iotwatch.files.limits import WorkLimits
from iotwatch.open.blob import Blob


class Worklist:
    """Iterate for blobs, first come first served; what turns up inside one is pushed meanwhile.

    ``left`` counts what no budget was left for, ``left_bytes`` how large that is.
    """

    def __init__(self, limits: WorkLimits) -> None:
        self.left = self.left_bytes = 0
        self._limits = limits
        self._queue: deque[Blob] = deque()
        self._bytes = self._blobs = self._messages = 0

    def __iter__(self) -> Iterator[Blob]:
        while self._queue:
            yield self._queue.popleft()

    def push(self, blob: Blob) -> None:
        """Put ``blob`` at the end, when the budget holds it. The source itself costs nothing."""
        limits = self._limits
        if blob.depth:
            self._bytes += len(blob.stream.data)
            self._blobs += 1
        if blob.depth > limits.depth or self._bytes > limits.total_bytes or self._blobs > limits.blobs:
            self.left += 1
            self.left_bytes += len(blob.stream.data)
        else:
            self._queue.append(blob)

    def taken(self, messages: Iterable[Message], blob: Blob) -> Iterator[Message]:
        """The messages of ``blob`` one by one; what they carry is pushed."""
        for message in messages:
            self._messages += 1
            if self._messages > self._limits.messages:
                self.left += 1
                return
            yield message
            if message.body is not None:
                self.push(Blob(message.body, blob.depth + 1, message.protocol))
