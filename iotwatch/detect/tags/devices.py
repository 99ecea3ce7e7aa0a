"""Which addresses are one tag: they turn, and what they turn from and into is told by counters, clocks and levels.

How often: draft-ietf-dult-accessory-protocol, "Rotation policy" (15 minutes near the owner, 24 hours away from it); Google's
Find Hub every 1024 s. Samsung's counter goes up by one every 15 minutes (arXiv 2210.14702).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby, pairwise, repeat

import msgspec

from iotwatch.model import Observation
from iotwatch.words.tags import STAYED_US, Form, Linked, Network, OwnerState

_SECOND = 1_000_000
_COUNTED = frozenset({Network.SMART_THINGS})
_COUNTER_GAP = 300 * _SECOND
_LEAST_GAP, _MOST_GAP = 6 * _SECOND, 60 * _SECOND
_INTERVALS = 4  # that may be missed between two addresses
_OVERLAP = 2 * _SECOND
_BORDER = 60 * _SECOND  # what begins or ends that near to the listening was perhaps heard in part
_LEVELS = 10  # dB between the means of two addresses of one sender in one place
_SERIES = 5  # addresses in a row: passers-by do not relieve each other so often
_NEAREST = 32
_STATES = (OwnerState.SEPARATED, OwnerState.UNKNOWN, OwnerState.NEAR)
Hearing = tuple[int, int, int, int]
"""First and last time, how often, and the source."""


class Sighting(msgspec.Struct, frozen=True, dict=True):
    """One address of one network, over all sources of the asset."""

    network: Network
    address: str
    observations: tuple[Observation, ...]
    hearings: tuple[Hearing, ...]

    @cached_property
    def first(self) -> int:
        return self.hearings[0][0]

    @cached_property
    def last(self) -> int:
        return max(last for _, last, _, _ in self.hearings)

    @cached_property
    def life(self) -> int:
        return self.last - self.first

    @cached_property
    def count(self) -> int:
        return sum(count for _, _, count, _ in self.hearings)

    @cached_property
    def level(self) -> int | None:
        """Its mean level in dBm, where it was measured."""
        told = [one.facts["level"][1] for one in self.observations if "level" in one.facts]
        return round(sum(told) / len(told)) if told else None

    @cached_property
    def counter(self) -> tuple[int, int] | None:
        """The least and the most of its counter."""
        told = [value for one in self.observations for value in one.facts.get("counter", ())]
        return (min(told), max(told)) if told else None


class Device(msgspec.Struct, frozen=True):
    """The sightings that are one tag, in the order of time."""

    sightings: tuple[Sighting, ...]
    linked: frozenset[Linked] = frozenset()

    @property
    def network(self) -> Network:
        return self.sightings[0].network

    @property
    def observations(self) -> list[Observation]:
        return [one for sighting in self.sightings for one in sighting.observations]

    @property
    def hearings(self) -> list[Hearing]:
        return sorted(one for sighting in self.sightings for one in sighting.hearings)

    @property
    def state(self) -> OwnerState:
        """The one that weighs most, of all that was said: an owner who was away once left the tag alone."""
        told = {OwnerState(one.facts["state"]) for one in self.observations}
        return next(state for state in _STATES if state in told)

    @property
    def forms(self) -> set[Form]:
        return {Form(one.facts["form"]) for one in self.observations if "form" in one.facts}


Borders = Sequence[tuple[int, int]]
"""When listening began and ended."""


def devices(observations: Iterable[Observation], borders: Mapping[int, Borders]) -> list[Device]:
    """Return the tags among the addresses heard, those heard first first; ``borders`` are those of each source.

    Addresses are linked within each source by itself, so that a source more joins what others showed, and parts nothing.
    """
    by_source: dict[int, list[Observation]] = defaultdict(list)
    for one in observations:
        by_source[one.evidence.source].append(one)
    chains = [chain for source, own in sorted(by_source.items()) for chain in _chains(own, borders.get(source, ()))]
    return sorted(_joined(chains), key=lambda one: (one.sightings[0].first, one.sightings[0].address))


def _chains(observations: Iterable[Observation], borders: Borders) -> Iterator[Device]:
    by_network: dict[Network, list[Sighting]] = defaultdict(list)
    for sighting in _sightings(observations):
        by_network[sighting.network].append(sighting)
    for network in sorted(by_network):
        yield from _linked(by_network[network], borders)


def _joined(chains: Sequence[Device]) -> Iterator[Device]:
    """What has an address in common is one tag, whoever heard it."""
    group_of: dict[tuple[Network, str], int] = {}
    groups: dict[int, list[Device]] = {}
    for number, chain in enumerate(chains):
        met = {group_of[key] for key in _keys(chain) if key in group_of}
        groups[number] = [chain, *(one for other in sorted(met) for one in groups.pop(other))]
        group_of.update((key, number) for one in groups[number] for key in _keys(one))
    for group in groups.values():
        seen = [one for chain in group for one in chain.observations]
        yield (
            group[0]
            if len(group) == 1
            else Device(tuple(_sightings(seen)), frozenset().union(*(one.linked for one in group)))
        )


def _keys(chain: Device) -> list[tuple[Network, str]]:
    return [(one.network, one.address) for one in chain.sightings]


def _sightings(observations: Iterable[Observation]) -> list[Sighting]:
    groups: dict[tuple[Network, str], list[Observation]] = defaultdict(list)
    for one in observations:
        groups[Network(one.value), one.subject.partition(":")[2]].append(one)
    found = []
    for (network, address), seen in groups.items():
        hearings = sorted((*heard, one.evidence.source) for one in seen for heard in one.facts["heard"])
        if hearings:
            found.append(Sighting(network, address, tuple(seen), tuple(hearings)))
    return sorted(found, key=lambda one: (one.first, one.address))


Edge = tuple[float, int, int, Linked]
"""What the link costs, who ends, who begins, and why."""


def _linked(sightings: list[Sighting], borders: Borders) -> list[Device]:
    """Each sighting goes on as one other at most, the likeliest first."""
    following: dict[int, tuple[int, Linked]] = {}
    preceding: dict[int, int] = {}
    for _, before, after, why in sorted(_edges(sightings, borders)):
        if before not in following and after not in preceding:
            following[before] = after, why
            preceding[after] = before
    found = []
    for head in range(len(sightings)):
        if head in preceding:
            continue
        chain, reasons, at = [head], list[Linked](), head
        while at in following:
            at, why = following[at]
            chain.append(at)
            reasons.append(why)
        found += _cut([sightings[one] for one in chain], reasons)
    return found


def _cut(chain: list[Sighting], reasons: list[Linked]) -> list[Device]:
    """The chain, cut where short addresses follow each other too seldom to be a series."""
    holds = [why is not Linked.SERIES or length >= _SERIES - 1 for why, length in _runs(reasons)]
    borders = [0, *(at + 1 for at, held in enumerate(holds) if not held), len(chain)]
    return [Device(tuple(chain[first:last]), frozenset(reasons[first : last - 1])) for first, last in pairwise(borders)]


def _runs(reasons: Iterable[Linked]) -> Iterator[tuple[Linked, int]]:
    """Each reason with how often it stands there in a row."""
    for why, run in groupby(reasons):
        length = len(list(run))
        yield from repeat((why, length), length)


def _edges(sightings: list[Sighting], borders: Borders) -> Iterable[Edge]:
    order = sorted(range(len(sightings)), key=lambda one: sightings[one].last)
    ends = [sightings[one].last for one in order]
    for after, begun in enumerate(sightings):
        stop = bisect_left(ends, begun.first + _OVERLAP)
        start = bisect_left(ends, begun.first - _COUNTER_GAP)
        for before in order[max(start, stop - _NEAREST) : stop]:
            if before == after or sightings[before].first >= begun.first:
                continue
            why = _reason(sightings[before], begun, borders)
            if why is not None:
                yield _cost(sightings[before], begun), before, after, why


def _cost(ended: Sighting, begun: Sighting) -> float:
    return abs(begun.first - ended.last) / _SECOND + _apart(ended, begun)


def _apart(ended: Sighting, begun: Sighting) -> int:
    one, other = ended.level, begun.level
    return abs(one - other) if one is not None and other is not None else 0


def _reason(ended: Sighting, begun: Sighting, borders: Borders) -> Linked | None:
    if _apart(ended, begun) > _LEVELS:
        return None
    gap = begun.first - ended.last
    if ended.network in _COUNTED:
        before, after = ended.counter, begun.counter
        if before is None or after is None or not 0 <= after[0] - before[1] <= 1:
            return None
        if after[0] > before[1]:
            return Linked.COUNTER
    interval = max(one.life / max(1, one.count - 1) for one in (ended, begun))
    if gap > min(_MOST_GAP, max(_LEAST_GAP, _INTERVALS * interval)):
        return None
    if _kept(ended, borders) and _kept(begun, borders):
        return Linked.CLOCK
    alike = min(ended.life, begun.life) * 2 >= max(ended.life, begun.life) > 0
    return Linked.SERIES if alike or _in_part(ended, borders) or _in_part(begun, borders) else None


def _kept(one: Sighting, borders: Borders) -> bool:
    """Whether the address was kept for long, as far as listening tells."""
    return one.life >= STAYED_US or _in_part(one, borders)


def _in_part(one: Sighting, borders: Borders) -> bool:
    """Whether it may have been there before the listening began, or after it ended."""
    return any(abs(one.first - first) < _BORDER or abs(one.last - last) < _BORDER for first, last in borders)
