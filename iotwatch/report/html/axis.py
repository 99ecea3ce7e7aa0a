"""The broken axis of time: stretches in which something was recorded stand side by side, with their clock and phases."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from iotwatch.model import iso
from iotwatch.report.document.model import Period
from iotwatch.store.packing import microseconds

WIDTH = 1000
LABEL = 290
_RIGHT = 10
_GAP = 14
_MIN_PART = 60.0
_DATE_WIDTH = 120
_TICK_WIDTH = 84
_PHASE_WIDTH = 44
_JOIN_MS = 60_000
_BREAKS = 7
_SECOND, _MINUTE, _HOUR, _DAY = 1000, 60_000, 3_600_000, 86_400_000
_STEPS = (
    *(1 * _SECOND, 2 * _SECOND, 5 * _SECOND, 10 * _SECOND, 15 * _SECOND, 30 * _SECOND),
    *(1 * _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 15 * _MINUTE, 30 * _MINUTE),
    *(1 * _HOUR, 2 * _HOUR, 3 * _HOUR, 6 * _HOUR, 12 * _HOUR),
    *(1 * _DAY, 2 * _DAY, 7 * _DAY, 30 * _DAY, 365 * _DAY),
)
Span = tuple[int, int]


class Stretch(msgspec.Struct, frozen=True):
    """A stretch of time in which something was recorded (milliseconds since 1970), and where it stands."""

    first: int
    last: int
    x: float
    width: float
    label: str
    label_x: float

    def at(self, time: int, slack: int = 0) -> float | None:
        """Where a time stands; ``None`` outside. ``slack`` milliseconds outside still stand at the border."""
        if not self.first - slack <= time <= self.last + slack:
            return None
        time = min(max(time, self.first), self.last)
        return self.x + (time - self.first) / ((self.last - self.first) or 1) * self.width


class Tick(msgspec.Struct, frozen=True):
    """A round time of the clock; ``label_x`` is the middle of its label."""

    x: float
    label: str


class Band(msgspec.Struct, frozen=True):
    """A phase as it stands above one stretch; the label is empty where it has no room."""

    x: float
    width: float
    name: str
    label: str


def recorded(spans: Sequence[Span]) -> list[Span]:
    """The spans in order, joined over gaps that are short; the longest gaps break the axis."""
    joined = _joined(sorted(spans), 0)
    short = max(_JOIN_MS, sum(last - first for first, last in joined) // 20)
    gaps = sorted((after[0] - before[1] for before, after in pairwise(joined)), reverse=True)
    return _joined(joined, max(short, *gaps[_BREAKS : _BREAKS + 1], 0))


def _joined(spans: Sequence[Span], gap: int) -> list[Span]:
    """Ordered spans, those joined that overlap or stand at most ``gap`` milliseconds apart."""
    made: list[Span] = []
    for first, last in spans:
        if made and first - made[-1][1] <= gap:
            made[-1] = (made[-1][0], max(last, made[-1][1]))
        else:
            made.append((first, last))
    return made


def stretches(spans: Sequence[Span]) -> tuple[Stretch, ...]:
    """The spans side by side; widths follow durations, with a least width."""
    room = WIDTH - LABEL - _GAP * (len(spans) - 1) - _RIGHT
    whole = sum(last - first for first, last in spans) or 1
    free = room - _MIN_PART * len(spans)
    made, x, free_from = [], float(LABEL), 0.0
    for first, last in spans:
        width = _MIN_PART + free * (last - first) / whole if len(spans) > 1 else float(room)
        label_x = min(x, float(WIDTH - _DATE_WIDTH))
        label = (iso(first * 1000) or "")[:16].replace("T", " ") if label_x >= free_from else ""
        free_from = label_x + _DATE_WIDTH if label else free_from
        made.append(Stretch(first, last, round(x, 1), round(width, 1), label, round(label_x, 1)))
        x += width + _GAP
    return tuple(made)


def ticks(parts: Sequence[Stretch]) -> tuple[Tick, ...]:
    """Round times inside the stretches, as far apart as their labels need."""
    return tuple(tick for one in parts for tick in _clock(one))


def _clock(one: Stretch) -> list[Tick]:
    most = one.width / _TICK_WIDTH
    step = next((step for step in _STEPS if (one.last - one.first) / step <= most), 0)
    if not step:
        return []
    times = range(-(-one.first // step) * step, one.last + 1, step)
    part = slice(5, 10) if step >= _DAY else slice(11, 16) if step >= _MINUTE else slice(11, 19)
    return [Tick(round(one.at(time) or one.x, 1), (iso(time * 1000) or "")[part]) for time in times]


def bands(phases: Sequence[Period], parts: Sequence[Stretch]) -> tuple[Band, ...]:
    """What the car did meanwhile, above the stretches."""
    made = []
    for phase in phases:
        start, end = ((microseconds(text) or 0) // 1000 for text in (phase.start, phase.end))
        for one in parts:
            left, right = one.at(max(start, one.first)), one.at(min(end, one.last))
            if left is not None and right is not None and right > left:
                label = phase.name if right - left >= max(_PHASE_WIDTH, 7 * len(phase.name)) else ""
                made.append(Band(round(left, 1), round(right - left, 1), phase.name, label))
    return tuple(made)
