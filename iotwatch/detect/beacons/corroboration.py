"""What stands beside the times of a pair: how much came back, sessions resumed, names asked for, who keeps the same clock."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.assess import Numbers
from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.beacons.patterns import pattern
from iotwatch.detect.beacons.stitch import Stitched
from iotwatch.enrich import registered_domain
from iotwatch.patterns import regex
from iotwatch.store import View
from iotwatch.words.amounts import duration
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.hosts import read_host
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.subjects import Subject

Ints = NDArray[np.int64]

_MOSTLY = 0.8
_FEWEST = 3
# A report is answered in a few packets; the acknowledgements alone of what is loaded are a fortieth of it.
_DOWN_SHARE, _DOWN_BYTES = 0.95, 10_000
# A name is asked for right before its address is used, and those of a page's other parts right after.
_NEAR_US = 5_000_000
_LOOKED_AT = 64
_SAME_INTERVAL = 0.05
_MAC = regex(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")


class _Asked(NamedTuple):
    """A device's questions in the order of time: microseconds, and the index of the pair of each."""

    times: Ints
    pairs: Ints


class Corroboration:
    """Reasons and doubts for pairs that are told, from all else that the asset's sources hold of them."""

    def __init__(self, view: View, stitched: Stitched, told: Mapping[int, Numbers]) -> None:
        self._stitched = stitched
        self._told = told
        self._volumes: Counter[tuple[str, str, int, str, str]] = Counter()
        for one in view.volumes:
            ends = one.client, one.server, one.server_port, one.transport
            self._volumes[*ends, "up"] += one.up
            self._volumes[*ends, "down"] += one.down
        self._greetings = _greetings(view)
        self._questions: dict[str, list[int]] = defaultdict(list)
        for index, pair in enumerate(stitched.pairs):
            if pair.kind == "dns":
                self._questions[pair.device].append(index)
        self._clocks: dict[tuple[str, str], list[int]] = defaultdict(list)
        for index, numbers in told.items():
            pair = stitched.pairs[index]
            if pattern(numbers) is Pattern.CLOCK and (make := _make(pair.device)):
                self._clocks[make, pair.far_end].append(index)
        self._asked_by = cache(self._asked)

    def of(self, index: int, numbers: Numbers) -> Iterator[Said]:
        """What raises or lowers the belief that pair ``index`` is a device's own report."""
        pair = self._stitched.pairs[index]
        if pair.kind not in ("connection", "burst"):
            return
        said = (
            self._direction(pair),
            self._resumed(pair),
            *self._names(index, pair),
            self._same_clock(index, pair, numbers),
        )
        yield from (one for one in said if one is not None)

    def _direction(self, pair: Pair) -> Said | None:
        """A stream is all down; a report goes up."""
        ends = {(row.client, row.server, row.server_port, row.transport) for row in pair.rows}
        up, down = (sum(self._volumes[*one, way] for one in ends) for way in ("up", "down"))
        each = down // max(sum(row.events for row in pair.rows), 1)
        if each < _DOWN_BYTES or down < _DOWN_SHARE * (up + down):
            return None
        return Doubt.ALL_DOWN(share=down / (up + down), each=each)

    def _resumed(self, pair: Pair) -> Said | None:
        places = {(row.client, row.server_name.lower()) for row in pair.rows}
        hellos, resumed = (
            sum(self._greetings[kind, *one] for one in places) for kind in (Kind.TLS_SNI, Kind.TLS_RESUMED)
        )
        return Reason.RESUMED(n=resumed, hellos=hellos) if resumed >= max(_FEWEST, _MOSTLY * hellos) else None

    def _names(self, index: int, pair: Pair) -> Iterator[Said]:
        """Whether the far end's own name, and how many others, were asked for with the first contacts."""
        asked, times = self._asked_by(pair.device), self._stitched.of(index)[:_LOOKED_AT]
        if not len(asked.times):
            return
        bounds = (np.searchsorted(asked.times, times + shift).tolist() for shift in (-_NEAR_US, 1, _NEAR_US))
        own = {one for one in self._questions[pair.device] if self._is_name_of(one, pair)}
        before, others = 0, []
        for first, now, last in zip(*bounds, strict=True):
            before += not own.isdisjoint(asked.pairs[first:now].tolist())
            others.append(len(set(asked.pairs[first:last].tolist()) - own))
        if before >= _MOSTLY * len(times):
            yield Reason.ASKED_EACH_TIME(share=before / len(times), name=pair.far_end)
        if (beside := int(np.quantile(others, 1 - _MOSTLY))) >= _FEWEST:
            yield Doubt.NAMES_BESIDE(n=beside)

    def _is_name_of(self, question: int, pair: Pair) -> bool:
        return self._stitched.pairs[question].far_end == registered_domain(pair.far_end)

    def _asked(self, device: str) -> _Asked:
        every = [(self._stitched.of(one), one) for one in self._questions.get(device, ())]
        times = np.concatenate([times for times, _ in every] or [np.zeros(0, np.int64)])
        pairs = np.repeat(np.array([one for _, one in every], np.int64), [len(times) for times, _ in every])
        order = np.argsort(times, kind="stable")
        return _Asked(times[order], pairs[order])

    def _same_clock(self, index: int, pair: Pair, numbers: Numbers) -> Said | None:
        """Two devices of one make have one program: that both keep a clock by accident is as unlikely as both together."""
        make = _make(pair.device)
        mine = self._clocks.get((make, pair.far_end), ())
        if index not in mine:
            return None
        others = {
            self._stitched.pairs[one].device
            for one in mine
            if abs(self._told[one].interval - numbers.interval) <= _SAME_INTERVAL * numbers.interval
        } - {pair.device}
        return Reason.SAME_CLOCK(n=len(others), make=make, interval=duration(numbers.interval)) if others else None


def _greetings(view: View) -> Counter[tuple[Kind, str, str]]:
    """(kind, client, server's name) -> hellos that named it, and those that offered to resume a session with it."""
    found: Counter[tuple[Kind, str, str]] = Counter()
    for kind in (Kind.TLS_SNI, Kind.TLS_RESUMED):
        for one in view.of(kind):
            found[kind, Subject.of(one.subject).address, read_host(one.value).name.lower()] += one.count
    return found


def _make(device: str) -> str:
    """What devices of one make share: an IMEI's type allocation code (TS 23.003 section 6.2.1), a MAC address's OUI.

    Empty for addresses, and for MAC addresses that a device gave itself (IEEE 802 section 8.4.2: the U/L bit).
    """
    if is_imei(device):
        return device[:8]
    return device[:8] if _MAC.fullmatch(device) and not int(device[:2], 16) & 2 else ""
