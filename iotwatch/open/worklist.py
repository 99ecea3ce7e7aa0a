"""One worklist for all that is found inside anything, under one depth, one byte and one count budget."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Collection, Sequence

import msgspec

from iotwatch.decode.message import Message
from iotwatch.errors import IotwatchError, UnreadableSource
from iotwatch.model import Artefact, Coverage
from iotwatch.open.blob import Blob, Facts, Kit, Opened, Opener, Source
from iotwatch.store.rows import ContactRow


class Limits(msgspec.Struct, frozen=True):
    """Budgets for one source; reaching one is a coverage row, never a loss of what was found before."""

    depth: int = 12
    image_bytes: int = 2 << 30
    total_bytes: int = 4 << 30
    blobs: int = 200_000
    messages: int = 20_000_000


class Worklist:
    """Opens a blob and whatever turns up inside it; used once, then asked for what it gathered.

    ``take`` hears of every message. ``failures`` holds what kept blobs from being read, with the blob: neither a broken
    part nor a bug of ours loses the other parts.
    """

    def __init__(self, openers: Sequence[Opener], kit: Kit, limits: Limits, take: Callable[[Message], None]) -> None:
        self.kit = kit
        self.facts = Facts()
        self.artefacts: list[Artefact] = []
        self.contacts: list[Collection[ContactRow]] = []
        self.failures: list[tuple[Blob, Exception]] = []
        self.complete = True
        self.unread = 0
        self._openers = openers
        self._limits = limits
        self._take = take
        self._coverage: list[Coverage] = []
        self._queue: deque[Blob] = deque()
        self._bytes = self._blobs = self._messages = self._left = 0

    def run(self, first: Blob) -> None:
        """Open ``first``, then all that came out of it, one after the other."""
        self._queue.append(first)
        while self._queue:
            blob = self._queue.popleft()
            try:
                self._open(blob)
            except (IotwatchError, MemoryError) as error:
                self._fail(blob, error)
            except Exception as error:  # the one broad except: a bug on one part must not lose the others
                if isinstance(error, OSError) and isinstance(blob, Source):
                    self._fail(blob, UnreadableSource(f"cannot read {blob.file}: {error.strerror or error}"))
                    continue
                self.failures.append((blob, error))
                self._coverage.append(Coverage("internal errors", 1.0, traceback.format_exc(limit=-3)[-400:]))

    def _fail(self, blob: Blob, error: IotwatchError | MemoryError) -> None:
        self.failures.append((blob, error))
        if blob.depth:
            note = f"{blob.path or blob.kind}: {error or type(error).__name__}"
            self._coverage.append(Coverage("inner parts broken", 1.0, note))

    def coverage(self) -> tuple[Coverage, ...]:
        """What was looked at and what was not, the spent budgets among it."""
        left = [Coverage("inner parts not opened", float(self._left), "depth, size or count limit")]
        return (*self._coverage, *(left if self._left else ()))

    def _open(self, blob: Blob) -> None:
        opener = next(opener for opener in self._openers if opener.claims(blob))
        if not blob.depth:
            self.facts = Facts(opener.kind)
        opened: Opened | None = opener.open(blob, self.kit)
        while opened is not None:
            self._note(opened, blob)
            opened = opened.rest() if opened.rest is not None else None
        if blob.cut:
            self._coverage.append(Coverage("source cut", 1.0, blob.cut))
            self.complete = False

    def _note(self, opened: Opened, blob: Blob) -> None:
        if opened.facts is not None and not blob.depth:
            self.facts = opened.facts
        self._coverage += opened.coverage
        self.artefacts += opened.artefacts
        self.contacts += opened.contacts
        self.kit.flows.extend(opened.flows)
        self.complete = self.complete and opened.complete
        self.unread += opened.unread
        for message in opened.messages:
            self._messages += 1
            if self._messages > self._limits.messages:
                self._spent()
                break
            self._take(message)
            if message.body is not None:
                self._push(Blob(message.body, blob.depth + 1))
        for inner in opened.blobs:
            self._push(inner)

    def _push(self, blob: Blob) -> None:
        limits = self._limits
        if blob.depth:
            self._bytes += len(blob.stream.data)
            self._blobs += 1
        if blob.depth > limits.depth or self._bytes > limits.total_bytes or self._blobs > limits.blobs:
            self._spent()
        else:
            self._queue.append(blob)

    def _spent(self) -> None:
        self._left += 1
        self.complete = False
