"""Contact rows of all of an asset's sources -> pairs with their gaps: who reached whom, in one time line.

A client is the device where that can be told (its IMEI, else its own MAC address), else its address; a far end is a name,
whatever addresses stand behind it, else an address and port. What two captures saw at once is one event; the time between
two captures is unknown and makes no gap.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.awake import awake
from iotwatch.detect.beacons.clocks import offsets
from iotwatch.detect.beacons.likelihood import Gaps, gaps_of
from iotwatch.detect.beacons.pair import Pair
from iotwatch.enrich import registered_domain
from iotwatch.files.contact_events import unpack_times
from iotwatch.model import PAUSE_US
from iotwatch.read.layers.columns import spaced
from iotwatch.store import ContactRow, SourceRow, View
from iotwatch.store.listening import ran
from iotwatch.words.kinds import Kind
from iotwatch.words.subjects import Subject

Ints = NDArray[np.int64]

# What two captures saw at once, and what one program does at once, is one event.
SAME_US = 50_000
APART_US = 1_000_000
QUIET_US = 2_000_000
MIN_EVENTS = 3
UNREGISTERED = "names outside the DNS"
# Rotated files of one capture leave less than this between them.
_SEAM_US = 2_000_000
_NEVER = np.int64(-(1 << 62))


class Stitched(msgspec.Struct, frozen=True):
    """All pairs. ``times`` are microseconds in order; pair ``i`` has those from ``bounds[i]`` to ``bounds[i + 1]``.

    ``apart`` marks events that come a second or more after the last one so marked: parallel connections are one contact.
    ``stretch`` numbers the uninterrupted stretches of capture that the events stand in (odd) or between (even); ``clocks``
    are the differences in microseconds that were taken from the times of sources (by row id). ``listened`` is, per pair, for
    how many seconds its contacts would have been seen, and ``run`` numbers the times between phases that it slept through (-1).
    """

    pairs: tuple[Pair, ...]
    times: Ints
    bounds: Ints
    stretch: Ints
    apart: NDArray[np.bool_]
    clocks: dict[int, int]
    listened: NDArray[np.float64]
    run: Ints

    def of(self, pair: int) -> Ints:
        return self.times[self.bounds[pair] : self.bounds[pair + 1]]

    def believed(self, pair: int) -> Ints:
        """The times of a pair without those of a wrong clock, which stand in no stretch; all where there are no others."""
        times, inside = self.of(pair), self.stretch[self.bounds[pair] : self.bounds[pair + 1]] % 2 == 1
        return times[inside] if inside.any() else times

    def gaps(self, chosen: NDArray[np.bool_] | None = None) -> Gaps:
        """The gaps of all pairs between events that stand in one stretch; ``chosen`` events alone count."""
        owner = np.repeat(np.arange(len(self.pairs), dtype=np.int32), np.diff(self.bounds))
        chosen = self.run >= 0 if chosen is None else chosen & (self.run >= 0)
        owner, times, stretch, run = owner[chosen], self.times[chosen], self.stretch[chosen], self.run[chosen]
        same = (owner[1:] == owner[:-1]) & (stretch[1:] == stretch[:-1]) & (run[1:] == run[:-1])
        pieces = np.bincount(owner, minlength=len(self.pairs)) - np.bincount(owner[1:][same], minlength=len(self.pairs))
        return gaps_of(np.diff(times)[same] / 1e6, owner[1:][same], len(self.pairs), pieces)

    def after_quiet(self) -> NDArray[np.bool_]:
        """Of the events that are apart those that come after quiet: none of the pair in the two seconds before."""
        marked = np.flatnonzero(self.apart)
        owner = np.searchsorted(self.bounds, marked, "right")
        quiet = np.ones(len(marked), np.bool_)
        quiet[1:] = (np.diff(self.times[marked]) >= QUIET_US) | (owner[1:] != owner[:-1])
        chosen = np.zeros(len(self.times), np.bool_)
        chosen[marked[quiet]] = True
        return chosen


def stitch(view: View) -> Stitched:
    """Pairs of at least three events, in an order that does not depend on the order of sources."""
    rows = view.contacts
    devices = _Devices(view)
    names = _names(rows)
    groups: dict[tuple[str, str, str], list[ContactRow]] = defaultdict(list)
    for row in rows:
        groups[devices.of(row), _far_end(row, names), row.kind].append(row)
    clocks = offsets(view.sources, groups.values())
    pairs: list[Pair] = []
    enough = [(key, members) for key, members in groups.items() if _reach(members, MIN_EVENTS)]
    for (device, far_end, kind), members in sorted(enough):
        whole = len(pairs)
        client = max(members, key=lambda row: row.events).client
        pairs.append(Pair(device, client, far_end, kind, tuple(members)))
        pairs += [
            Pair(device, client, far_end, kind, tuple(part), whole)
            for part in (_by_address(members) if kind != "dns" else ())
            if _reach(part, MIN_EVENTS + 1)
        ]
    return _stitched(tuple(pairs), view, clocks)


def _reach(rows: Sequence[ContactRow], events: int) -> bool:
    """Whether rows have at least so many events together; most pairs are one row."""
    return rows[0].events >= events or (len(rows) > 1 and sum(row.events for row in rows) >= events)


def _by_address(rows: Sequence[ContactRow]) -> list[list[ContactRow]]:
    if len(rows) == 1:
        return []
    parts: dict[tuple[str, int], list[ContactRow]] = defaultdict(list)
    for row in rows:
        parts[row.server, row.server_port].append(row)
    return list(parts.values()) if len(parts) > 1 else []


def _far_end(row: ContactRow, names: dict[str, str]) -> str:
    if row.kind == "dns":
        return _registered(row.server_name)
    if row.kind == "icmp":
        return f"{row.server} (icmp)"
    return row.server_name or names.get(row.server, "") or f"{row.server}:{row.server_port}"


def _registered(name: str) -> str:
    """The name that somebody registered; one group for names that nobody can have, as tools make that ask a server directly."""
    top = name.rstrip(".").rpartition(".")[2]
    # No top-level domain has a digit but the encoded international ones (RFC 3696 section 2, IANA root zone).
    if any(character.isdigit() for character in top) and not top.lower().startswith("xn--"):
        return UNREGISTERED
    return registered_domain(name)


def _names(rows: Sequence[ContactRow]) -> dict[str, str]:
    """The one name that an address is known by in any source of the asset."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.server_name and row.kind in ("connection", "burst"):
            found[row.server].add(row.server_name)
    return {server: next(iter(names)) for server, names in found.items() if len(names) == 1}


class _Devices:
    """Which device a contact's client is."""

    def __init__(self, view: View) -> None:
        imeis: dict[tuple[int, str], set[str]] = defaultdict(set)
        for observation in view.of(Kind.IMEI):
            client = Subject.of(observation.subject).address
            if client and observation.facts.get("direction") == "up":
                imeis[observation.evidence.source, client].add(observation.value)
        self._imei = {place: next(iter(numbers)) for place, numbers in imeis.items() if len(numbers) == 1}
        clients: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in view.contacts:
            if row.client_mac and ":" not in row.client and row.client != "0.0.0.0":  # noqa: S104 (no address yet: RFC 2131)
                clients[row.source, row.client_mac].add(row.client)
        # A MAC address in front of several addresses is a router's.
        self._routers = {place for place, addresses in clients.items() if len(addresses) > 1}

    def of(self, row: ContactRow) -> str:
        imei = self._imei.get((row.source, row.client))
        if imei:
            return imei
        if row.client_mac and (row.source, row.client_mac) not in self._routers:
            return row.client_mac
        return row.client


def _stitched(pairs: tuple[Pair, ...], view: View, clocks: dict[int, int]) -> Stitched:
    rows = [row for pair in pairs for row in pair.rows]
    sizes = np.array([row.events for row in rows], np.int64)
    times = unpack_times([row.times for row in rows], sizes)
    if clocks:
        times = times - np.repeat(np.array([clocks.get(row.source, 0) for row in rows], np.int64), sizes)
    counts = np.array([sum(row.events for row in pair.rows) for pair in pairs], np.int64)
    owner = np.repeat(np.arange(len(pairs), dtype=np.int64), counts)
    back = (owner[1:] == owner[:-1]) & (times[1:] < times[:-1])
    if back.any():
        order = np.lexsort((times, owner))
        times, owner = times[order], owner[order]
    before = np.full(len(times), _NEVER)
    if ((np.diff(times) < SAME_US) & (owner[1:] == owner[:-1])).any():
        kept = spaced(times, owner, before, SAME_US)
        times, owner = times[kept], owner[kept]
    apart = spaced(times, owner, before[: len(times)], APART_US)
    bounds = np.append(0, np.cumsum(np.bincount(owner, minlength=len(pairs)))).astype(np.int64)
    stretch = np.searchsorted(_stretches(view.sources), times, "right")
    return Stitched(pairs, times, bounds, stretch, apart, clocks, *awake(view, pairs, times, bounds))


def _stretches(sources: Sequence[SourceRow]) -> Ints:
    """The borders of the times during which at least one source ran.

    Events of a wrong clock stand outside, and make no gap with those inside.
    """
    borders: list[int] = []
    until = 0
    for span in sorted(ran(sources), key=lambda one: one.first):
        if not borders or span.first > until + _SEAM_US:
            borders += [min(until + PAUSE_US, span.first), span.first] if borders else [span.first]
        until = max(until, span.last)
    return np.array([*borders, until + PAUSE_US], np.int64)
