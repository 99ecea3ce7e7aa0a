"""Do contacts follow the car's movement? Rates while driving and while parked, by the phases that the case states."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.model import Stretch
from iotwatch.store import View
from iotwatch.store.listening import ran, seconds, within
from iotwatch.words.findings import Reason
from iotwatch.words.phases import PhaseName
from iotwatch.words.said import Said

_TIMES_AS_OFTEN = 3.0
_MIN_EVENTS = 6
_MIN_SECONDS = 300.0


class _Heard(msgspec.Struct, frozen=True):
    """Contacts in what was listened of the phases of one name, and its seconds."""

    events: int
    seconds: float


def follows_movement(view: View, times: NDArray[np.int64]) -> Said | None:
    """How many times as often while driving as while parked, where that is far from chance; ``None`` without phases too.

    ``times`` are in order. On a wire where little else speaks the contacts are the only packets: where the stretches hold
    too little of either phase, the sources count from their first packet to their last.
    """
    for listened in ([stretch for _, stretch in view.stretches], ran(view.sources)):
        driving = _heard(view, PhaseName.DRIVING, listened, times)
        parked = _heard(view, PhaseName.PARKED, listened, times)
        if min(driving.seconds, parked.seconds) >= _MIN_SECONDS:
            return _compared(driving, parked)
    return None


def _heard(view: View, name: PhaseName, listened: Sequence[Stretch], times: NDArray[np.int64]) -> _Heard:
    phases = view.case.phases if view.case else ()
    parts = [part for phase in phases if phase.name == name for part in within(listened, phase)]
    begins = np.searchsorted(times, [part.first for part in parts])
    ends = np.searchsorted(times, [part.last for part in parts])
    return _Heard(int((ends - begins).sum()), seconds(parts))


def _compared(driving: _Heard, parked: _Heard) -> Said | None:
    events = driving.events + parked.events
    if events < _MIN_EVENTS:
        return None
    rate = driving.events / driving.seconds
    other = max(parked.events, 1) / parked.seconds
    expected = events * driving.seconds / (driving.seconds + parked.seconds)
    # Three standard deviations of a Poisson count away from what the same rate everywhere would give.
    if rate < _TIMES_AS_OFTEN * other or driving.events - expected < 3 * max(expected, 1.0) ** 0.5:
        return None
    return Reason.FOLLOWS_MOVEMENT(times=rate / other)
