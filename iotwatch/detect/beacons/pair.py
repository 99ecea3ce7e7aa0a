"""The noun that beacons are made of: one client's contacts of one kind with one far end."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.files.contact_events import first_and_last, first_and_last_time, unpack
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
    ends = zip(
        first_and_last(row.offsets),
        first_and_last(row.frames, row.events),
        first_and_last_time(row.times, row.events),
        (row.first_bytes, row.last_bytes),
        strict=True,
    )
    for offset, frame, time, excerpt in ends:
        yield Evidence(
            place=cut(row.origin, [(offset, len(excerpt))], () if line else [frame]),
            excerpt=excerpt,
            length=len(excerpt),
            frame=None if line else frame,
            time=time,
            path=f"line {frame}" if line else "",
            source=row.source,
        )
