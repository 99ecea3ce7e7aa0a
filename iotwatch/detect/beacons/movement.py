"""Do contacts follow the car's movement? Rates while driving and while parked, by the phases that the case states."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.listening import seconds_within
from iotwatch.store import View
from iotwatch.words.findings import Reason
from iotwatch.words.said import Said

_TIMES_AS_OFTEN = 3.0
_MIN_EVENTS = 6
_MIN_SECONDS = 300.0


def follows_movement(view: View, times: NDArray[np.int64]) -> Said | None:
    """How many times as often while driving as while parked, where that is far from chance; ``None`` without phases too."""
    count, seconds = {"driving": 0, "parked": 0}, {"driving": 0.0, "parked": 0.0}
    for phase in view.case.phases if view.case else ():
        if phase.name in count:
            start, end = phase.start.timestamp() * 1e6, phase.end.timestamp() * 1e6
            count[phase.name] += int(((times >= start) & (times < end)).sum())
            seconds[phase.name] += seconds_within(view.sources, start, end)
    if min(seconds.values()) < _MIN_SECONDS or sum(count.values()) < _MIN_EVENTS:
        return None
    driving = count["driving"] / seconds["driving"]
    parked = max(count["parked"], 1) / seconds["parked"]
    expected = sum(count.values()) * seconds["driving"] / sum(seconds.values())
    # Three standard deviations of a Poisson count away from what the same rate everywhere would give.
    if driving < _TIMES_AS_OFTEN * parked or count["driving"] - expected < 3 * max(expected, 1.0) ** 0.5:
        return None
    return Reason.FOLLOWS_MOVEMENT(times=driving / parked)
