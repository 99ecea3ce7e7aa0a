"""How long each pair's contacts would have been seen, had there been any, and in which phases of the case it slept.

A tap at another place cannot see a pair; a file of the same tap can, also when it saw nothing. Of the phases that the case names
those count in which a pair is awake: a clock may run while the car does, and another, slower one while it is parked.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.pair import Pair
from iotwatch.model import Stretch
from iotwatch.store import View
from iotwatch.store.listening import ran, seconds, within

Ints = NDArray[np.int64]

# Contacts that come so many times as seldom as in another phase: there the pair sleeps.
_SLEEPS = 3.0


def awake(view: View, pairs: Sequence[Pair], times: Ints, bounds: Ints) -> tuple[NDArray[np.float64], Ints]:
    """Seconds in which each pair could be seen awake; and per event 0, or -1 in a phase that its pair sleeps through.

    Events after a phase slept through have a number of their own, counted up: no gap leads over such a phase.
    """
    vantages = {source.id: source.vantage for source in view.sources}
    names = sorted({one.name for one in view.case.phases}) if view.case else []

    @cache
    def at(places: frozenset[str]) -> tuple[list[Stretch], float]:
        stretches = ran(source for source in view.sources if source.vantage in places)
        return stretches, seconds(stretches)

    @cache
    def parts(places: frozenset[str], name: str) -> tuple[Stretch, ...]:
        phases = view.case.phases if view.case else ()
        return tuple(part for one in phases if one.name == name for part in within(at(places)[0], one))

    listened, run = np.empty(len(pairs)), np.zeros(len(times), np.int64)
    for index, pair in enumerate(pairs):
        places = frozenset(vantages.get(row.source, "") for row in pair.rows)
        listened[index] = at(places)[1]
        of_pair = slice(int(bounds[index]), int(bounds[index + 1]))
        slept = _slept({name: parts(places, name) for name in names}, times[of_pair]) if names else ()
        listened[index] -= seconds(slept)
        for part in slept:
            inside = (times[of_pair] >= part.first) & (times[of_pair] <= part.last)
            run[of_pair] = np.where(inside, -1, run[of_pair] + ((times[of_pair] > part.last) & (run[of_pair] >= 0)))
    return listened, run


def _slept(phases: dict[str, tuple[Stretch, ...]], times: Ints) -> tuple[Stretch, ...]:
    """The parts of the phases in which contacts are far fewer than in the liveliest one."""
    rates = {name: _contacts(parts, times) / seconds(parts) for name, parts in phases.items() if parts}
    most = max(rates.values(), default=0.0)
    return tuple(part for name, rate in rates.items() if rate * _SLEEPS < most for part in phases[name])


def _contacts(parts: tuple[Stretch, ...], times: Ints) -> int:
    first, last = [part.first for part in parts], [part.last for part in parts]
    return int((np.searchsorted(times, last, "right") - np.searchsorted(times, first)).sum())
