"""How long sources listened within a span of time: what overlaps counts once."""

from __future__ import annotations

from collections.abc import Iterable

from iotwatch.store import SourceRow


def seconds_within(sources: Iterable[SourceRow], start: float, end: float) -> float:
    """Seconds between ``start`` and ``end`` (microseconds since 1970) during which at least one source recorded."""
    heard, until = 0.0, start
    spans = sorted((one.first, one.last) for one in sources if one.first is not None and one.last is not None)
    for first, last in spans:
        heard += max(0.0, min(end, last) - max(first, until))
        until = max(until, last)
    return heard / 1e6
