"""How long each pair's contacts would have been seen, had there been any, and in which phases of the case it slept.

A tap at another place cannot see a pair; a file of the same tap can, also when it saw nothing. A sweep of another day without a
contact does not count: what was fitted since, or taken out, is no less regular for it. Of the phases that the case names those
count in which a pair is awake: a clock may run while the car does, and another, slower one while it is parked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.pair import Pair
from iotwatch.model import Stretch
from iotwatch.read.layers.columns import distinct
from iotwatch.store import View
from iotwatch.store.listening import ran, seconds, within
from iotwatch.store.sweeps import PAUSE_US

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
    def at(places: frozenset[str]) -> list[list[Stretch]]:
        return _by_sweep(ran(source for source in view.sources if source.vantage in places))

    standing = [frozenset(vantages.get(row.source, "") for row in pair.rows) for pair in pairs]
    looked = {places: _seen(at(places), times, bounds) for places in set(standing)}

    @cache
    def heard(places: frozenset[str], seen: tuple[int, ...]) -> tuple[list[Stretch], float]:
        stretches = [one for number in seen for one in at(places)[number]]
        return stretches, seconds(stretches)

    @cache
    def parts(places: frozenset[str], seen: tuple[int, ...], name: str) -> tuple[Stretch, ...]:
        phases = view.case.phases if view.case else ()
        return tuple(part for one in phases if one.name == name for part in within(heard(places, seen)[0], one))

    listened, run = np.empty(len(pairs)), np.zeros(len(times), np.int64)
    for index, places in enumerate(standing):
        seen = looked[places][index]
        listened[index] = heard(places, seen)[1]
        if not names:
            continue
        of_pair = slice(int(bounds[index]), int(bounds[index + 1]))
        slept = _slept({name: parts(places, seen, name) for name in names}, times[of_pair])
        listened[index] -= seconds(slept)
        for part in slept:
            inside = (times[of_pair] >= part.first) & (times[of_pair] <= part.last)
            run[of_pair] = np.where(inside, -1, run[of_pair] + ((times[of_pair] > part.last) & (run[of_pair] >= 0)))
    return listened, run


def _by_sweep(stretches: Iterable[Stretch]) -> list[list[Stretch]]:
    """Stretches without a pause of half a day between them belong to one sweep."""
    found: list[list[Stretch]] = []
    until = 0
    for one in sorted(stretches, key=lambda one: (one.first, one.last)):
        if found and one.first <= until + PAUSE_US:
            found[-1].append(one)
        else:
            found.append([one])
        until = max(until, one.last)
    return found


def _seen(sweeps: Sequence[Sequence[Stretch]], times: Ints, bounds: Ints) -> list[tuple[int, ...]]:
    """The numbers of the sweeps in whose stretches a pair has contacts, per pair; sweeps come one after the other."""
    spans = sorted((one.first, one.last, number) for number, sweep in enumerate(sweeps) for one in sweep)
    if not spans:
        return [()] * (len(bounds) - 1)
    firsts, lasts, numbers = np.array(spans, np.int64).T
    at = np.searchsorted(firsts, times, "right") - 1
    inside = (at >= 0) & (times <= np.maximum.accumulate(lasts)[at])
    owner = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))[inside]
    pairs, found = np.divmod(distinct(owner * len(sweeps) + numbers[at[inside]]), len(sweeps))
    ends, each = np.searchsorted(pairs, np.arange(len(bounds))).tolist(), found.tolist()
    return [tuple(each[first:last]) for first, last in pairwise(ends)]


def _slept(phases: dict[str, tuple[Stretch, ...]], times: Ints) -> tuple[Stretch, ...]:
    """The parts of the phases in which contacts are far fewer than in the liveliest one."""
    rates = {name: _contacts(parts, times) / seconds(parts) for name, parts in phases.items() if parts}
    most = max(rates.values(), default=0.0)
    return tuple(part for name, rate in rates.items() if rate * _SLEEPS < most for part in phases[name])


def _contacts(parts: Sequence[Stretch], times: Ints) -> int:
    first, last = [part.first for part in parts], [part.last for part in parts]
    return int((np.searchsorted(times, last, "right") - np.searchsorted(times, first)).sum())
