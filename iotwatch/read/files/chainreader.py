"""What pcap and pcapng share: walking a chain of records through the window, and finding it again behind damage."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple

from iotwatch.files.limits import MAX_DAMAGE
from iotwatch.model import Damage
from iotwatch.read.files.records import Records, joined
from iotwatch.read.files.walk import Chain, Walked, walk
from iotwatch.read.files.window import Window

MAX_GUESSES = 64  # positions that are tried for one lane of a walk
_FIRST_SCAN, _LARGEST_SCAN = 1 << 12, 1 << 18
_TAIL = 32  # bytes at the window's end in which no header is looked for until more were read


class Next(Enum):
    """How to go on after a walk: read more bytes, walk again from where it stands, or look for the chain behind a break."""

    MORE = 0
    AGAIN = 1
    BROKEN = 2


class Taken(NamedTuple):
    """What a walk gave: batches of records, where it stands, and how to go on."""

    batches: list[Records]
    used: int
    then: Next


class ChainReader(ABC):
    """Iterate for ``Records``, one batch for each window; ``damage`` is complete afterwards."""

    format = ""
    chain: Chain

    def __init__(self, window: Window) -> None:
        self.window = window
        self.damage: list[Damage] = []
        window.advance(0)

    @abstractmethod
    def take(self, walked: Walked, frame: int) -> Taken:
        """Turn the records that were found into columns, counting frames from ``frame``."""

    @abstractmethod
    def guess(self, at: int, limit: int) -> int:
        """A likely start of a record between ``at`` and ``limit``, or -1."""

    @abstractmethod
    def scan(self, here: int, stop: int) -> int:
        """The first believable start of a record from ``here`` to ``stop``, or -1."""

    @abstractmethod
    def start(self) -> int:
        """Where the first record stands."""

    def __iter__(self) -> Iterator[Records]:
        window = self.window
        used, frame, lost, wanted, calm = self.start(), 1, -1, 0, True
        pending: list[Records] = []
        while True:
            if lost >= 0:
                found = self._find(used)
                used = found if found >= 0 else max(used, window.have - _TAIL)
                if found >= 0:
                    self.note(lost, window.base + found, "record header is broken")
                    lost = -1
            if lost < 0:
                # Once a window showed damage its records are walked one by one: guesses would only cost time.
                walked = walk(window.buffer, used, window.have, self.chain, self.guess if calm else None)
                taken = self.take(walked, frame)
                pending += taken.batches
                frame += sum(len(batch) for batch in taken.batches)
                used, wanted, calm = taken.used, walked.wanted, taken.then == Next.MORE
                if taken.then == Next.BROKEN:
                    lost, used = window.base + used, used + 1
                if taken.then != Next.MORE:
                    continue
            if pending:
                yield joined(pending)
                pending = []
            if not window.advance(used, wanted):
                self._end(lost)
                return
            used, wanted, calm = 0, 0, True

    def _find(self, here: int) -> int:
        """Look for a record in the rest of the window, in ever larger steps."""
        last = self.window.have - _TAIL
        size = _FIRST_SCAN
        while here < last:
            stop = min(here + size, last)
            found = self.scan(here, stop)
            if found >= 0:
                return found
            here, size = stop, min(2 * size, _LARGEST_SCAN)
        return -1

    def _end(self, lost: int) -> None:
        window = self.window
        if lost >= 0:
            self.note(lost, window.base + window.have, "record header is broken")
        elif window.have:
            self.note(window.base, window.base + window.have, "the last record is cut short")

    def note(self, start: int, end: int, reason: str) -> None:
        """Remember damage, up to a number."""
        if len(self.damage) < MAX_DAMAGE:
            self.damage.append(Damage(start, end, reason))
