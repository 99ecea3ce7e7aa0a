"""Do two numbers that change from message to message move as a car does? Clocks, counters and noise do not.

Of values that come in any order the squares of the steps are twice their variance (J. von Neumann, "Distribution of the ratio of
the mean square successive difference to the variance", 1941); those of what moves are a small part of it. Clocks and counters
grow by the same amount each time, and two that both only grow look like any others that do.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.known_place.places import METRES_A_DEGREE

Floats = NDArray[np.float64]

FASTEST = 70.0
"""Metres a second that no car goes beyond."""
_SLACK_M = 150.0
_SHORTEST_M = 250.0  # from corner to corner of what was driven
_DISTINCT = 5
_SMOOTH, _SMOOTH_AXIS, _DEVIATIONS = 0.3, 0.75, 3.5
_STRAIGHT = 1e-3
"""Share of a number's variance that a straight line through its values leaves, below which it is a clock or a counter."""

_ALIKE, _MOST_STEPS = 0.03, 0.7


class Path(NamedTuple):
    """What a path says of itself: metres from corner to corner, the speed that nine of ten steps stay below (m/s), and the
    share of the variance that its steps have, 1 where the order says nothing."""

    extent: float
    speed: float
    rough: float


def roughness(values: Floats) -> Floats:
    """The squares of the steps against the variance, along the first axis: 1 where the order says nothing."""
    spread = values.var(axis=0, ddof=1)
    steps = np.square(np.diff(values, axis=0)).mean(axis=0) / 2
    rough: Floats = np.divide(steps, spread, out=np.full_like(spread, np.inf), where=spread > 0)
    return rough


def moving(seconds: Floats, latitude: Floats, longitude: Floats) -> Path | None:
    """The path of places (degrees, both of which vary) at these times, or ``None`` where it is none that a car drives."""
    if _is_counter(latitude) and _is_counter(longitude):
        return None
    north = latitude * METRES_A_DEGREE
    east = longitude * METRES_A_DEGREE * math.cos(math.radians(float(latitude.mean())))
    extent = math.hypot(float(np.ptp(north)), float(np.ptp(east)))
    steps, pauses = np.hypot(np.diff(north), np.diff(east)), np.diff(seconds)
    if extent < _SHORTEST_M or (steps > FASTEST * pauses + _SLACK_M).any():
        return None
    both = np.column_stack([north, east])
    spread = both.var(axis=0, ddof=1)
    rough = float((np.square(np.diff(both, axis=0)).mean(axis=0) / 2).sum() / spread.sum())
    if rough > rough_limit(len(north)) or roughness(both).max() > _SMOOTH_AXIS:
        return None
    speeds = np.divide(steps, pauses, out=np.zeros_like(steps), where=pauses > 0)
    return Path(extent, float(np.quantile(speeds, 0.9)), rough)


def varies(seconds: Floats, values: Floats) -> bool:
    """Whether numbers told at these times are half of a path at all: some of them differ, and not as those of a clock do."""
    return len(np.unique(values)) >= _DISTINCT and not _is_clock(seconds, values)


def rough_limit(number: int) -> float:
    """How rough a path of so many places may be that chance alone hardly makes."""
    deviation = math.sqrt((number - 2) / (number**2 - 1) / 2)
    return min(_SMOOTH, 1 - _DEVIATIONS * deviation)


def _is_counter(values: Floats) -> bool:
    """Whether the values change in one direction alone; read as a negative number what grows may fall."""
    steps = np.sign(np.diff(values))
    return bool(abs(steps.sum()) == np.count_nonzero(steps))


def _is_clock(seconds: Floats, values: Floats) -> bool:
    """Whether the values are those of a straight line over time or over the messages, or most of their steps are the same."""
    steps, pauses = np.diff(values), np.diff(seconds)
    for ticks in (seconds, np.arange(len(values), dtype=float)):
        if _left_of_line(ticks, values) < _STRAIGHT:
            return True
    for rates in (steps, np.divide(steps, pauses, out=np.zeros_like(steps), where=pauses > 0)):
        usual = float(np.median(rates))
        if usual and (np.abs(rates - usual) <= _ALIKE * abs(usual)).mean() >= _MOST_STEPS:
            return True
    return False


def _left_of_line(ticks: Floats, values: Floats) -> float:
    """The share of the variance of ``values`` that a straight line over ``ticks`` leaves."""
    across, along = values - values.mean(), ticks - ticks.mean()
    whole, length = float(across @ across), float(along @ along)
    return 1 - float(across @ along) ** 2 / (whole * length) if whole and length else 1.0
