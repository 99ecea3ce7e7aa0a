"""Opens a source and whatever turns up inside it, and gathers what that gave."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Collection, Sequence

from msgspec.structs import replace

from iotwatch.decode.message import Message
from iotwatch.errors import IotwatchError, UnreadableSource
from iotwatch.files.limits import WorkLimits
from iotwatch.model import Artefact, Coverage
from iotwatch.open.blob import Blob, Source
from iotwatch.open.bodies import left_of
from iotwatch.open.opened import Facts, Kit, Opened, Opener
from iotwatch.open.recordings import Recordings
from iotwatch.open.worklist import Worklist
from iotwatch.store.rows import ContactRow
from iotwatch.words.measures import LIMITS, UNOPENED, Measure

_ALIKE = UNOPENED | {Measure.BODIES_LEFT, Measure.OVER_LIMIT, Measure.PEOPLE}


class Opening:
    """Opens a blob and whatever turns up inside it; used once, then asked for what it gathered.

    ``take`` hears of every message. ``facts`` are what the source is, in the end by what stands in it. ``failures`` holds what
    kept blobs from being read, with the blob: neither a broken part nor a bug of ours loses the other parts.
    """

    def __init__(
        self,
        openers: Sequence[Opener],
        kit: Kit,
        limits: WorkLimits,
        take: Callable[[Message], None],
        source_bytes: int = 0,
    ) -> None:
        self.kit = kit
        self.facts = Facts()
        self._recordings = Recordings()
        self.artefacts: list[Artefact] = []
        self.contacts: list[Collection[ContactRow]] = []
        self.failures: list[tuple[Blob, Exception]] = []
        self._unread = 0
        self._openers = openers
        self._worklist = Worklist(limits, kit.shelf, source_bytes)
        self._take = take
        self._whole = True
        self._coverage: list[Coverage] = []

    def run(self, first: Blob) -> None:
        """Open ``first``, then all that came out of it, one after the other."""
        self._worklist.push(first)
        for blob in self._worklist:
            try:
                self._open(blob)
            except (IotwatchError, MemoryError) as error:
                self._fail(blob, error)
            except Exception as error:  # the one broad except: a bug on one part must not lose the others
                if isinstance(error, OSError) and isinstance(blob, Source):
                    self._fail(blob, UnreadableSource(f"cannot read {blob.file}: {error.strerror or error}"))
                    continue
                self.failures.append((blob, error))
                self._coverage.append(Coverage(Measure.INTERNAL, 1.0, traceback.format_exc(limit=-3)[-400:]))
        self.facts = self._recordings.facts(self.facts, self.artefacts)

    def _fail(self, blob: Blob, error: IotwatchError | MemoryError) -> None:
        self.failures.append((blob, error))
        if blob.depth:
            self._unread += blob.size
            note = f"{blob.path or blob.kind}: {error or type(error).__name__}"
            self._coverage.append(Coverage(Measure.PARTS_BROKEN, 1.0, note))

    @property
    def complete(self) -> bool:
        """Whether all was read that could be."""
        cut = any(row.measure in LIMITS for row in self.coverage())
        return self._whole and not cut and not self.failures

    @property
    def unread(self) -> int:
        """Bytes that stay unopened, at least: what came out of a compression counts as it came."""
        return self._unread + self._worklist.left_bytes

    def coverage(self) -> tuple[Coverage, ...]:
        """What was looked at and what was not, the spent budgets among it."""
        left = self._worklist.left
        rows = [Coverage(Measure.PARTS_LEFT, float(left), "depth, size, count or time limit")] if left else []
        return (*_counted(self._coverage), *rows, *self.kit.collector.coverage())

    def _open(self, blob: Blob) -> None:
        opener = next(opener for opener in self._openers if opener.claims(blob))
        if not blob.depth:
            self.facts = Facts(opener.kind)
        opened: Opened | None = opener.open(blob, self.kit)
        while opened is not None:
            self._note(opened, blob)
            opened = opened.rest() if opened.rest is not None else None
        if blob.cut:
            self._coverage.append(Coverage(Measure.SOURCE_CUT, 1.0, blob.cut))
            self._whole = False

    def _note(self, opened: Opened, blob: Blob) -> None:
        if opened.facts is not None and not blob.depth:
            self.facts = opened.facts
        self._recordings.note(blob, opened.facts)
        self._coverage += opened.coverage
        self.artefacts += opened.artefacts
        self.contacts += opened.contacts
        self.kit.flows.extend(opened.flows)
        self._whole = self._whole and opened.complete
        self._unread += opened.unread
        for message in self._worklist.taken(opened.messages, blob):
            self._take(message)
            if message.doubts:
                self._coverage += left_of(message)
        for inner in opened.blobs:
            self._worklist.push(inner)


def _counted(rows: Sequence[Coverage]) -> list[Coverage]:
    """The rows, those of a thousand parts or bodies that stay unopened alike as one, with the note of the first."""
    alike: dict[tuple[Measure, str], list[Coverage]] = {}
    for row in rows:
        if row.measure in _ALIKE:
            alike.setdefault((row.measure, row.subject), []).append(row)
    firsts = [
        replace(first, value=sum(one.value for one in (first, *more)), note=_more(first.note, len(more)))
        for first, *more in alike.values()
    ]
    return [*(row for row in rows if row.measure not in _ALIKE), *firsts]


def _more(note: str, more: int) -> str:
    return f"{note}, and {more} more" if more else note
