"""The noun that beacons are made of: one client's contacts of one kind with one far end."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.files.contact_events import first_and_last, unpack, unpack_times
from iotwatch.model import Evidence, cut
from iotwatch.store import ContactRow

_EVIDENCE_SOURCES = 64


class Pair(msgspec.Struct, frozen=True):
    """Contacts of one kind from one client to one far end, or (``whole`` is set) the part of them to one address."""

    device: str
    client: str
    far_end: str
    kind: str
    rows: tuple[ContactRow, ...]
    whole: int | None = None

    def sizes(self) -> NDArray[np.int64]:
        """Bytes of every event, row after row."""
        return unpack([row.sizes for row in self.rows], np.array([row.events for row in self.rows]))


def evidence(pair: Pair, logs: Collection[int]) -> tuple[Evidence, ...]:
    """The first and last event of each source's fullest row; ``logs`` are the sources whose events are lines."""
    fullest: dict[int, ContactRow] = {}
    for row in pair.rows:
        if row.source not in fullest or row.events > fullest[row.source].events:
            fullest[row.source] = row
    shown = list(fullest.values())[:_EVIDENCE_SOURCES]
    return tuple(dict.fromkeys(one for row in shown for one in _ends(row, line=row.source in logs)))


def _ends(row: ContactRow, *, line: bool) -> Iterator[Evidence]:
    offsets, count = first_and_last(row.offsets), np.array([row.events])
    times, frames = unpack_times([row.times], count), unpack([row.frames], count)
    for index, excerpt in ((0, row.first_bytes), (-1, row.last_bytes)):
        frame = int(frames[index])
        yield Evidence(
            place=cut(row.origin, [(offsets[index], len(excerpt))], () if line else [frame]),
            excerpt=excerpt,
            length=len(excerpt),
            frame=None if line else frame,
            time=int(times[index]),
            path=f"line {frame}" if line else "",
            source=row.source,
        )
