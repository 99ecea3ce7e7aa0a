"""Advertisements of item trackers -> one observation for each address of a network: when it was heard, how strong, in which state.

Advertisements stay columns; an object is made for an address. What a flood or a damaged packet names is nobody's address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from iotwatch.decode.air.advertisements import NO_LEVEL, Advertisements, advertisements
from iotwatch.decode.air.tags import LAYOUTS, Tagged, tagged
from iotwatch.model import Coverage, Evidence
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.scope import Scope
from iotwatch.read.layers.columns import Int64s, limits, runs
from iotwatch.read.stream import NO_TIME, Stream
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.tags import HEARING_PAUSE_US, STAYED_US, Form, Network, OwnerState

BLUETOOTH = "bluetooth"
_MINUTE = 60_000_000
FLOOD = 20
"""New addresses within a minute that no car park has: programs that make tags up send hundreds."""
_SHORT = 2 * _MINUTE  # how long an address of a flood is heard at most
_MOST = 20_000  # addresses of one source that are kept, those heard longest first
_HEARINGS = 200
_STATES = (OwnerState.SEPARATED, OwnerState.UNKNOWN, OwnerState.NEAR)
Hearing = tuple[int, int, int]


@dataclass
class Sighting:
    """What was heard of one address of one network: states, hearings (first and last time, how often), levels in dBm."""

    network: Network
    address: str
    evidence: Evidence
    states: set[OwnerState] = field(default_factory=set)
    forms: Counter[Form] = field(default_factory=Counter)
    hearings: list[Hearing] = field(default_factory=list)
    levels: list[tuple[int, int, int, int]] = field(default_factory=list)  # how many, sum, least, most
    counters: set[int] = field(default_factory=set)

    @property
    def first(self) -> int:
        return min(first for first, _, _ in self.hearings)

    @property
    def last(self) -> int:
        return max(last for _, last, _ in self.hearings)

    @property
    def state(self) -> OwnerState:
        """The one that weighs most: an owner who was away once left the tag alone."""
        return next(state for state in _STATES if state in self.states)

    def facts(self) -> dict[str, Any]:
        """What is stored of it, JSON values only."""
        told: dict[str, Any] = {"state": self.state.value, "direction": "broadcast", "heard": _joined(self.hearings)}
        if form := self.forms.most_common(1)[0][0]:
            told["form"] = form.value
        if self.levels:
            count, total, least, most = (list(column) for column in zip(*self.levels, strict=True))
            told["level"] = [min(least), round(sum(total) / sum(count)), max(most)]
        if self.counters:
            told["counter"] = [min(self.counters), max(self.counters)]
        return told


class Tags:
    """Filled stream by stream while a capture is decoded, then asked once."""

    def __init__(self) -> None:
        self._heard = 0
        self._damaged = 0
        self._over = 0
        self._span: tuple[int, int] | None = None
        self._sightings: dict[tuple[Network, int], Sighting] = {}

    def note(self, stream: Stream) -> None:
        """Take the advertisements of a stream of Bluetooth frames."""
        if stream.kind != BLUETOOTH or not stream.data:
            return
        heard = advertisements(stream)
        self._heard += len(heard)
        self._damaged += int((~heard.intact).sum())
        heard = heard.where(heard.intact & (heard.time != NO_TIME))
        if len(heard):
            span = int(heard.time.min()), int(heard.time.max())
            before = self._span or span
            self._span = min(before[0], span[0]), max(before[1], span[1])
        self._group(stream, heard, tagged(heard))

    def _group(self, stream: Stream, heard: Advertisements, tags: Tagged) -> None:
        """Advertisements of one address, layout and state, cut where nothing was heard of it for long."""
        if not len(tags.row):
            return
        key = heard.address[tags.row] << 12 | tags.layout << 8 | tags.state
        order = np.lexsort((heard.time[tags.row], key))
        key, row, time = key[order], tags.row[order], heard.time[tags.row][order]
        group = runs(key)
        longest = time[limits(group, len(key))[1:] - 1] - time[group]
        chosen = np.sort(np.argsort(-longest, kind="stable")[:_MOST])
        self._over += len(group) - len(chosen)
        bounds = limits(group, len(key))
        for first, last in zip(bounds[chosen].tolist(), bounds[chosen + 1].tolist(), strict=True):
            self._take(stream, heard, tags, order[first:last], row[first:last], time[first:last])

    def _take(
        self, stream: Stream, heard: Advertisements, tags: Tagged, chosen: Int64s, row: Int64s, time: Int64s
    ) -> None:
        layout = LAYOUTS[int(tags.layout[chosen[0]])]
        number = int(heard.address[row[0]])
        sighting = self._sightings.get((layout.network, number))
        if sighting is None:
            span = int(heard.start[row[0]]), int(heard.end[row[0]])
            said = stream.evidence(*span)
            sighting = Sighting(layout.network, number.to_bytes(6, "big").hex(":"), said)
            self._sightings[layout.network, number] = sighting
        state, form = layout.says(int(tags.state[chosen[0]]))
        sighting.states.add(state)
        sighting.forms[form] += len(row)
        parts = limits(np.append(0, (np.diff(time) > HEARING_PAUSE_US).nonzero()[0] + 1), len(time)).tolist()
        sighting.hearings += [(int(time[begin]), int(time[end - 1]), end - begin) for begin, end in pairwise(parts)]
        level = heard.level[row]
        level = level[level != NO_LEVEL]
        if len(level):
            sighting.levels.append((len(level), int(level.sum()), int(level.min()), int(level.max())))
        if layout.counter is not None:
            for one in (chosen[0], chosen[-1]):
                body = heard.data[int(tags.body[one]) :][slice(*layout.counter)]
                sighting.counters.add(int.from_bytes(body.tobytes(), "little"))

    def finish(self, collector: Collector, scope: Scope | None) -> list[Coverage]:
        """Store what was heard; the rows say how much there was, and what is nobody's tag.

        Out of ``scope`` is who passed by or has the owner along: a tag that stays with the car is what the scope cannot name.
        """
        if not self._heard:
            return []
        flood = _flood(self._sightings.values())
        kept = [one for number, one in self._sightings.items() if number not in flood]
        left = [one for one in kept if scope is not None and not self._is_ours(one, scope)]
        strangers = {id(one) for one in left}
        for one in kept:
            if id(one) not in strangers:
                collector.add(Kind.TAG, f"mac:{one.address}", one.network.value, one.evidence, one.facts())
        rows = [
            (Measure.ADVERTISEMENTS, self._heard, "advertisements of Bluetooth LE"),
            (Measure.ADVERTISEMENTS_DAMAGED, self._damaged, "their check value is wrong: nobody's address"),
            (Measure.TAG_FLOOD, len(flood), f"more than {FLOOD} new ones a minute: made up by a program"),
            (Measure.TAGS_OUT_OF_SCOPE, len(left), "heard in passing or near their owners: counted, not kept"),
        ]
        over = [Coverage(Measure.OVER_LIMIT, float(self._over), "counted, not kept", "tags")] if self._over else []
        return [Coverage(measure, float(value), note) for measure, value, note in rows if value] + over

    def _is_ours(self, one: Sighting, scope: Scope) -> bool:
        if scope.holds_device(f"mac:{one.address}"):
            return True
        first, last = self._span or (0, 0)
        long = one.last - one.first >= max(STAYED_US, 2 * (last - first) // 3)
        return long and one.state is not OwnerState.NEAR


def _flood(sightings: Iterable[Sighting]) -> set[tuple[Network, int]]:
    """The addresses that came in a minute with too many new ones, and went at once."""
    short = [one for one in sightings if one.last - one.first <= _SHORT]
    minutes = Counter(one.first // _MINUTE for one in short)
    return {
        (one.network, int(one.address.replace(":", ""), 16))
        for one in short
        if max(minutes[one.first // _MINUTE + step] for step in (-1, 0, 1)) > FLOOD
    }


def _joined(hearings: Iterable[Hearing]) -> list[Hearing]:
    """The hearings in order, those that overlap or follow at once as one; of very many the smallest pauses are closed."""
    joined: list[Hearing] = []
    for first, last, count in sorted(hearings):
        if joined and first - joined[-1][1] <= HEARING_PAUSE_US:
            before = joined.pop()
            first, last, count = before[0], max(before[1], last), before[2] + count
        joined.append((first, last, count))
    while len(joined) > _HEARINGS:
        at = min(range(1, len(joined)), key=lambda one: joined[one][0] - joined[one - 1][1])
        before, behind = joined[at - 1], joined.pop(at)
        joined[at - 1] = before[0], behind[1], before[2] + behind[2]
    return joined
