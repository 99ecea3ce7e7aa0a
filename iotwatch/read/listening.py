"""When a capture listened: the stretches in which packets came, by the stamps whose clock can be believed.

``docs/listening.md`` tells the rules and what they cannot see.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import msgspec
import numpy as np

from iotwatch.files.limits import ReadLimits
from iotwatch.model import PAUSE_US, Coverage, Stretch, iso
from iotwatch.read.layers.columns import Int64s, indices
from iotwatch.words.measures import Measure

# Recordings of a car that lie more than a year apart come in files of their own; a clock that starts anew is years off.
FAR_US = 366 * 86_400 * 1_000_000
# Clocks that were never set count from 1970 (Unix), 1980 (GPS, FAT), 1999 (GPS after its week number's first turn) or 2000
# (most clock chips), and signed 32-bit seconds end in 2038.
_SET_US, _END_US = 978_307_200_000_000, 2_147_483_648_000_000
# Years 1 to 9999, so that differences fit in 64 bits.
_FIRST_US, _LAST_US = -62_135_596_800_000_000, 253_402_300_799_999_999


class Listened(msgspec.Struct, frozen=True):
    """When packets came, microseconds UTC, and the stamps that were left out. Without any believed stamp there is no first."""

    first: int | None = None
    last: int | None = None
    stretches: tuple[Stretch, ...] = ()
    coverage: tuple[Coverage, ...] = ()


class _Run(msgspec.Struct, eq=False):
    """Packets that stand in the file one behind the other, each at most ``PAUSE_US`` before or behind the one before it."""

    first: int
    last: int
    packets: int


class Listening:
    """Takes the stamps of a capture in the order of its packets, batch by batch; keeps ``most`` runs of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._runs: list[_Run] = []
        self._before = 0
        self._over = 0

    def take(self, times: Int64s) -> None:
        """The stamps of the next packets, one at least."""
        if self._over:
            self._over += len(times)
            return
        times = np.clip(times, _FIRST_US, _LAST_US)
        starts = np.append(0, indices(np.abs(np.diff(times)) > PAUSE_US) + 1)
        firsts = np.minimum.reduceat(times, starts)
        lasts = np.maximum.reduceat(times, starts)
        packets = np.diff(np.append(starts, len(times)))
        begin = 0
        if self._runs and abs(int(times[0]) - self._before) <= PAUSE_US:
            run, begin = self._runs[-1], 1
            run.first, run.last = min(run.first, int(firsts[0])), max(run.last, int(lasts[0]))
            run.packets += int(packets[0])
        end = begin + self._most - len(self._runs)
        columns = (firsts[begin:end].tolist(), lasts[begin:end].tolist(), packets[begin:end].tolist())
        self._runs += map(_Run, *columns)
        self._over += int(packets[end:].sum())
        self._before = int(times[-1])

    def finish(self) -> Listened:
        """What all stamps say."""
        if not self._runs:
            return Listened()
        era = _era(self._runs)
        chain = _chain([run for run in self._runs if run in era])
        first, last = min(run.first for run in chain), max(run.last for run in chain)
        coverage = [
            *_left("far", set(self._runs) - era, "more than a year from the others"),
            *_left("back", era - set(chain), "against the order of the others"),
        ]
        if self._over:
            coverage.append(
                Coverage(Measure.STAMPS_LEFT, self._over, "behind too many pauses and steps", "over the limit")
            )
        if not _is_set(chain):
            note = f"{iso(first)} to {iso(last)}: a clock that was never set"
            coverage.append(Coverage(Measure.STAMPS_UNSET, sum(run.packets for run in chain), note))
        return Listened(first or None, last or None, tuple(_stretches(chain)), tuple(coverage))


def heard(times: Int64s) -> Listened:
    """What the stamps of a whole recording say, in its order; nothing where there are none."""
    listening = Listening(ReadLimits().runs)
    if len(times):
        listening.take(times)
    return listening.finish()


def _left(why: str, runs: AbstractSet[_Run], note: str) -> Iterator[Coverage]:
    """The stamps of ``runs`` as what was left out."""
    if runs:
        span = f"{iso(min(run.first for run in runs))} to {iso(max(run.last for run in runs))}"
        yield Coverage(Measure.STAMPS_LEFT, sum(run.packets for run in runs), f"{span}: {note}", why)


def _is_set(runs: Iterable[_Run]) -> bool:
    """Whether a clock that was set gave these stamps."""
    return all(run.first >= _SET_US and run.last < _END_US for run in runs)


def _era(runs: Sequence[_Run]) -> AbstractSet[_Run]:
    """The runs that lie within a year of each other and hold most packets, by a clock that was set where there is one.

    A lone packet is no clock.
    """
    eras: list[list[_Run]] = []
    until = _FIRST_US
    for run in sorted(runs, key=lambda run: run.first):
        if not eras or run.first - until > FAR_US:
            eras.append([])
        eras[-1].append(run)
        until = max(until, run.last)

    def weight(era: list[_Run]) -> tuple[bool, int, int]:
        packets = sum(run.packets for run in era)
        return packets > 1 and _is_set(era), packets, era[0].first

    best = max(eras, key=weight)
    return frozenset(best)


def _chain(runs: Sequence[_Run]) -> list[_Run]:
    """Of runs in the order of the file those that go forward in time and hold most packets together.

    The heaviest increasing subsequence: ``ends`` and ``weights`` grow together, a chain each that none outdoes.
    """
    ends: list[int] = []
    weights: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for number, run in enumerate(runs):
        at = bisect_right(ends, run.first + PAUSE_US) - 1
        before.append(tails[at] if at >= 0 else -1)
        weight = run.packets + (weights[at] if at >= 0 else 0)
        place = bisect_right(ends, run.last)
        if place and weights[place - 1] >= weight:
            continue
        stop = place
        while stop < len(ends) and weights[stop] <= weight:
            stop += 1
        ends[place:stop], weights[place:stop], tails[place:stop] = [run.last], [weight], [number]
    chain: list[_Run] = []
    number = tails[-1]
    while number >= 0:
        chain.append(runs[number])
        number = before[number]
    return chain[::-1]


def _stretches(runs: Sequence[_Run]) -> Iterator[Stretch]:
    """The times that runs cover, a pause of ``PAUSE_US`` at most being none; a lone packet covers no time."""
    ordered = sorted(runs, key=lambda run: run.first)
    first, last = ordered[0].first, ordered[0].last
    for run in ordered[1:]:
        if run.first - last > PAUSE_US:
            if last > first:
                yield Stretch(first, last)
            first = run.first
        last = max(last, run.last)
    if last > first:
        yield Stretch(first, last)
