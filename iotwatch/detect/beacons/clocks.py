"""Clocks of captures that ran at once: how far one was ahead of the other, told by the contacts that both saw."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np

from iotwatch.files.contact_events import unpack_times
from iotwatch.store import ContactRow, SourceRow

_LARGEST_US = 30_000_000
_SMALLEST_US = 50_000
_SPREAD_US = 50_000
_MIN_SHARED = 6
_MAX_EVENTS = 2_000


def offsets(sources: Sequence[SourceRow], groups: Iterable[Sequence[ContactRow]]) -> dict[int, int]:
    """Source id -> microseconds its clock is ahead of an earlier listed source that saw the same contacts."""
    spans = {one.id: (one.first, one.last) for one in sources if one.first is not None and one.last is not None}
    order = {one.id: index for index, one in enumerate(sources)}
    if not _any_overlap(list(spans.values())):
        return {}
    differences: dict[tuple[int, int], list[int]] = defaultdict(list)
    for rows in groups:
        by_source: dict[int, ContactRow] = {}
        for row in rows:
            by_source.setdefault(row.source, row)
        seen = sorted((one for one in by_source if one in spans), key=lambda one: order[one])
        times = cache(lambda source, rows=by_source: _times(rows[source]))
        for first, second in pairwise(seen):
            if len(differences[first, second]) < _MAX_EVENTS and _overlap(spans[first], spans[second]):
                differences[first, second] += _nearest(times(first), times(second))
    found: dict[int, int] = {}
    for (first, second), values in sorted(differences.items(), key=lambda item: (order[item[0][0]], order[item[0][1]])):
        middle = int(np.median(values)) if len(values) >= _MIN_SHARED else 0
        spread = float(np.median(np.abs(np.array(values) - middle))) if values else 0.0
        if abs(middle) >= _SMALLEST_US and spread <= _SPREAD_US and second not in found:
            found[second] = middle + found.get(first, 0)
    return found


def _any_overlap(spans: list[tuple[int, int]]) -> bool:
    spans.sort()
    return any(_overlap(one, other) for one, other in pairwise(spans))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return max(one[0], other[0]) < min(one[1], other[1])


def _times(row: ContactRow) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return unpack_times([row.times], np.array([row.events]))[:_MAX_EVENTS]


def _nearest(
    one: np.ndarray[tuple[int], np.dtype[np.int64]], other: np.ndarray[tuple[int], np.dtype[np.int64]]
) -> list[int]:
    """How much later than the nearest event of ``one`` each event of ``other`` is, as far as that is a clock's error."""
    one = np.sort(one)
    at = np.clip(np.searchsorted(one, other), 1, max(1, len(one) - 1))
    before, after = one[at - 1], one[np.minimum(at, len(one) - 1)]
    difference = np.where(np.abs(other - before) <= np.abs(other - after), other - before, other - after)
    near: list[int] = difference[np.abs(difference) <= _LARGEST_US].tolist()
    return near
