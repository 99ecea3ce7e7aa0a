"""How long was listened: stretches of one source or of many, what overlaps once, and what of it fell into a phase.

The one home of these sums: verdict, beacons and reports ask here. Stretches are made where a capture is read
(``iotwatch.read.listening``); ``docs/listening.md`` tells the rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iotwatch.files.case import Phase
from iotwatch.model import Stretch
from iotwatch.store.rows import SourceRow


def seconds(stretches: Iterable[Stretch]) -> float:
    """Seconds that lie in at least one stretch."""
    return sum(one.last - one.first for one in _union(stretches)) / 1e6


def within(stretches: Iterable[Stretch], phase: Phase) -> tuple[Stretch, ...]:
    """What of ``phase`` lies in at least one stretch, in the order of time; no two of the parts overlap."""
    start, end = (round(time.timestamp() * 1e6) for time in (phase.start, phase.end))
    return between(stretches, start, end)


def between(stretches: Iterable[Stretch], start: int, end: int) -> tuple[Stretch, ...]:
    """What of a time (microseconds) lies in at least one stretch, like ``within``."""
    return tuple(
        Stretch(max(start, one.first), min(end, one.last))
        for one in _union(stretches)
        if one.first < end and one.last > start
    )


def ran(sources: Iterable[SourceRow]) -> list[Stretch]:
    """From the first to the last packet of each source, by the stamps that can be believed: pauses count.

    For the spacing of contacts, which are pauses themselves; no sentence about absence rests on it.
    """
    spans = ((one.first, one.last) for one in sources)
    return [Stretch(first, last) for first, last in spans if first is not None and last is not None and first <= last]


def _union(stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """The same time in the order of time, without overlaps."""
    until = None
    for one in sorted(stretches, key=lambda one: (one.first, one.last)):
        first = one.first if until is None else max(one.first, until)
        if one.last > first:
            until = one.last
            yield Stretch(first, one.last)
