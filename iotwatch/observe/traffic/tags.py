"""Advertisements of item trackers -> one observation for each address of a network: when it was heard, how strong, in which state.

Advertisements stay columns; an object is made for an address. What a flood or a damaged packet names is nobody's address.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np

from iotwatch.decode.air.advertisements import NO_LEVEL, Advertisements, advertisements
from iotwatch.decode.air.tags import LAYOUTS, Tagged, tagged
from iotwatch.model import EXCERPT_BYTES, Coverage, Evidence, Place, cut
from iotwatch.observe.collector import Collector
from iotwatch.observe.traffic.scope import Scope
from iotwatch.read.layers.columns import Bools, Int64s, limits, runs
from iotwatch.read.layers.typed import Frames
from iotwatch.read.stream import NO_TIME
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.tags import HEARING_PAUSE_US, STAYED_US, Form, Network, OwnerState

_MINUTE = 60_000_000
FLOOD = 20
"""New addresses within a minute that no car park has: programs that make tags up send hundreds."""
_SHORT = 2 * _MINUTE  # how long an address of a flood is heard at most
_MOST = 20_000  # addresses of one source that are held
_MOST_AT_ONCE = 2_000  # new ones of one batch
_HEARINGS = 200
_STATES = (OwnerState.SEPARATED, OwnerState.UNKNOWN, OwnerState.NEAR)
Hearing = tuple[int, int, int]
_Key = tuple[Network, int]


class _Span(msgspec.Struct):
    first: int = 0
    last: int = 0

    def take(self, first: int, last: int) -> None:
        self.first = min(self.first or first, first)
        self.last = max(self.last, last)


class _Level(msgspec.Struct):
    """How strong, in dBm: how often it was measured, the sum, the least and the most."""

    count: int = 0
    total: int = 0
    least: int = NO_LEVEL
    most: int = -NO_LEVEL

    def take(self, level: Int64s) -> None:
        if len(level):
            self.count += len(level)
            self.total += int(level.sum())
            self.least, self.most = min(self.least, int(level.min())), max(self.most, int(level.max()))


class Sighting(msgspec.Struct):
    """What was heard of one address of one network: its states, and when (first and last time, how often).

    ``evidence`` is its first advertisement, ``latest`` its last.
    """

    network: Network
    address: str
    evidence: Evidence
    latest: Evidence
    states: set[OwnerState] = msgspec.field(default_factory=set)
    forms: Counter[Form] = msgspec.field(default_factory=Counter)
    hearings: list[Hearing] = msgspec.field(default_factory=list)
    level: _Level = msgspec.field(default_factory=_Level)
    counters: set[int] = msgspec.field(default_factory=set)
    network_id: int | None = None

    def hear(self, first: int, last: int, count: int) -> None:
        self.hearings.append((first, last, count))
        if len(self.hearings) > 2 * _HEARINGS:
            self.hearings = _joined(self.hearings)

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
        if self.level.count:
            told["level"] = [self.level.least, round(self.level.total / self.level.count), self.level.most]
        if self.counters:
            told["counter"] = [min(self.counters), max(self.counters)]
        if self.network_id is not None:
            told["network_id"] = self.network_id
        return told


class Tags:
    """Filled while a capture is read, batch by batch, then asked once; ``origin`` is what the capture's bytes are out of."""

    def __init__(self, origin: Place | None = None, path: str = "") -> None:
        self._origin, self._path = origin, path
        self._heard = self._damaged = self._over = 0
        self._span = _Span()
        self._sightings: dict[_Key, Sighting] = {}
        self._brief: Counter[int] = Counter()  # those let go of, by the minute in which they came

    def take(self, frames: Frames) -> Bools:
        """Read a batch of Bluetooth frames. What need not be kept are whole advertisements that nobody else reads."""
        heard = advertisements(frames)
        self._heard += len(heard)
        self._damaged += int((~heard.intact).sum())
        done = np.zeros(len(frames.start), np.bool_)
        done[heard.frame] = True
        done[heard.frame[~heard.intact]] = False
        heard = heard.where(heard.intact & (heard.time != NO_TIME))
        if len(heard):
            self._span.take(int(heard.time.min()), int(heard.time.max()))
            found = tagged(heard)
            done[heard.frame[found.others]] = False
            self._group(frames, heard, found)
        return done

    def _group(self, frames: Frames, heard: Advertisements, tags: Tagged) -> None:
        """Advertisements of one address, layout and state."""
        if not len(tags.row):
            return
        key = heard.address[tags.row] << 12 | tags.layout << 8 | tags.state
        order = np.lexsort((heard.time[tags.row], key))
        key, time = key[order], heard.time[tags.row][order]
        group = runs(key)
        bounds = limits(group, len(key))
        chosen = self._chosen(key[group], time[bounds[1:] - 1] - time[group], time[group])
        for first, last in zip(bounds[chosen].tolist(), bounds[chosen + 1].tolist(), strict=True):
            self._add(frames, heard, tags, order[first:last])
        if len(self._sightings) > _MOST:
            self._let_go()

    def _chosen(self, keys: Int64s, lives: Int64s, begun: Int64s) -> Int64s:
        """Of very many at once those that are known already and those heard longest: the others are of a flood."""
        if len(keys) <= _MOST_AT_ONCE:
            return np.arange(len(keys))
        known = np.array([_key(one) in self._sightings for one in keys.tolist()])
        rank = np.lexsort((-lives, ~known))
        count = max(_MOST_AT_ONCE, int(known.sum()))
        self._brief.update((begun[rank[count:]] // _MINUTE).tolist())
        return np.sort(rank[:count])

    def _let_go(self) -> None:
        """Forget who was heard briefly and is gone, so that no flood takes more memory than its share."""
        gone = self._span.last - STAYED_US
        brief = [key for key, one in self._sightings.items() if one.last - one.first <= _SHORT and one.last < gone]
        brief = brief or [key for key, one in self._sightings.items() if one.last - one.first <= _SHORT]
        for key in brief:
            self._brief[self._sightings.pop(key).first // _MINUTE] += 1
        if len(self._sightings) > _MOST:
            for key in list(self._sightings)[_MOST:]:
                del self._sightings[key]
                self._over += 1

    def _add(self, frames: Frames, heard: Advertisements, tags: Tagged, chosen: Int64s) -> None:
        row = tags.row[chosen]
        time = heard.time[row]
        layout = LAYOUTS[int(tags.layout[chosen[0]])]
        number = int(heard.address[row[0]])
        sighting = self._sightings.get((layout.network, number))
        latest = self._evidence(frames, heard, int(row[-1]))
        if sighting is None:
            first = latest if len(row) == 1 else self._evidence(frames, heard, int(row[0]))
            sighting = Sighting(layout.network, number.to_bytes(6, "big").hex(":"), first, latest)
            self._sightings[layout.network, number] = sighting
        sighting.latest = latest
        state, form = layout.says(int(tags.state[chosen[0]]))
        sighting.states.add(state)
        sighting.forms[form] += len(row)
        parts = limits(np.append(0, (np.diff(time) > HEARING_PAUSE_US).nonzero()[0] + 1), len(time)).tolist()
        for begin, end in pairwise(parts):
            sighting.hear(int(time[begin]), int(time[end - 1]), end - begin)
        level = heard.level[row]
        sighting.level.take(level[level != NO_LEVEL])
        if layout.id_at is not None:
            sighting.network_id = int(heard.data[int(tags.body[chosen[-1]]) + layout.id_at])
        if layout.counter is not None:
            for one in (chosen[0], chosen[-1]):
                body = heard.data[int(tags.body[one]) :][slice(*layout.counter)]
                sighting.counters.add(int.from_bytes(body.tobytes(), "little"))

    def _evidence(self, frames: Frames, heard: Advertisements, row: int) -> Evidence:
        """The AD structures of one advertisement."""
        of, start, end = int(heard.frame[row]), int(heard.start[row]), int(heard.end[row])
        offset = int(frames.offset[of]) + start - int(frames.start[of])
        frame, said = int(frames.frame[of]), heard.data[start:end].tobytes()
        place = cut(self._origin, ((offset, end - start),), (frame,))
        return Evidence(place, said[:EXCERPT_BYTES], end - start, frame, int(heard.time[row]), self._path)

    def finish(self, collector: Collector, scope: Scope | None) -> list[Coverage]:
        """Store what was heard; the rows say how much there was, and what is nobody's tag.

        Out of ``scope`` is who passed by or has the owner along: a tag that stays with the car is what no scope can name.
        """
        if not self._heard:
            return []
        flood, size = self._flood()
        left = 0
        for key, one in self._sightings.items():
            if key in flood:
                continue
            if scope is not None and not self._is_ours(one, scope):
                left += 1
                continue
            facts = one.facts()
            collector.add(Kind.TAG, f"mac:{one.address}", one.network.value, one.evidence, facts)
            if one.latest != one.evidence:
                collector.add(Kind.TAG_LAST, f"mac:{one.address}", one.network.value, one.latest, facts)
        rows = (
            (Measure.ADVERTISEMENTS, self._heard, "advertisements of Bluetooth LE"),
            (
                Measure.TAGS,
                len(self._sightings) - len(flood),
                "addresses of item trackers; who passed by is no finding",
            ),
            (Measure.ADVERTISEMENTS_DAMAGED, self._damaged, "their check value is wrong: nobody's address"),
            (Measure.TAG_FLOOD, size, f"more than {FLOOD} new ones a minute, each heard briefly: a crowd, or made up"),
            (Measure.TAGS_OUT_OF_SCOPE, left, "heard in passing or near their owners: counted, not kept"),
        )
        over = [Coverage(Measure.OVER_LIMIT, float(self._over), "counted, not kept", "tags")] if self._over else []
        return [Coverage(measure, float(value), note) for measure, value, note in rows if value] + over

    def _is_ours(self, one: Sighting, scope: Scope) -> bool:
        if scope.holds_device(f"mac:{one.address}"):
            return True
        return stays(one.last - one.first, one.state, self._span.last - self._span.first)

    def _flood(self) -> tuple[set[_Key], int]:
        """The addresses kept that came in a minute with too many new ones, and went at once; and how many such there were."""
        brief = {key: one.first // _MINUTE for key, one in self._sightings.items() if one.last - one.first <= _SHORT}
        begun = self._brief + Counter(brief.values())
        minutes = {minute for minute, count in begun.items() if count > FLOOD}
        minutes |= {minute + step for minute in minutes for step in (-1, 1)}
        flood = {key for key, minute in brief.items() if minute in minutes}
        return flood, len(flood) + sum(count for minute, count in self._brief.items() if minute in minutes)


def stays(heard: int, state: OwnerState, listened: int) -> bool:
    """Whether a tag that was ``heard`` for so many microseconds of those ``listened`` is judged whatever the scope: no scope can
    name a tag that somebody hid."""
    return heard >= max(STAYED_US, 2 * listened // 3) and state is not OwnerState.NEAR


def _key(key: int) -> _Key:
    return LAYOUTS[key >> 8 & 15].network, key >> 12


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
