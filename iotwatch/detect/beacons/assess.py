"""Which pairs are worth telling: the most regular kind of contact per client and far end, and what was near to nothing."""

from __future__ import annotations

from collections import defaultdict
from typing import TypedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.calibration import LEAST
from iotwatch.detect.beacons.interleaved import TwoClocks, told_as_two, two_clocks
from iotwatch.detect.beacons.likelihood import Gaps, medians, picked
from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.beacons.stitch import APART_US, QUIET_US, SAME_US, Stitched
from iotwatch.detect.questions.regularity import MIN_GAPS, Regularity, better_of, corrected, of_gaps, until_sure
from iotwatch.enrich import leaves_network, scope

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAX_CHANCE = 0.2
# One pair alone so regular is worth a line, however many were looked at; so many lines at most.
_WORTH_A_LINE = 0.005
_MOST_LINES = 100
_MIN_INTERVAL = 1.0
_SLOW_INTERVAL = 60.0
_SLOW_JITTER = 0.05
# A sender that never pauses gives an event a second, however it sends: that is its only regularity.
_STEADY_INTERVAL = 2.5
_STEADY_JITTER = 0.1
_STEADY_GAPS = 5
# Of one far end's addresses those with this many events get a row of their own.
_PART_EVENTS = 8
# Under this share of gaps that are quiet, single packets are looked at and not bursts.
_BURSTS_KEPT = 0.7


class Numbers(msgspec.Struct, frozen=True):
    """What is said of one pair: seconds, shares and chances as in ``Regularity``; ``steady`` is a sender without pauses.

    ``second`` is the period of another clock to the same far end, 0 where there is none.
    ``chance`` is that of this pair alone, ``any_chance`` that any of all pairs looks so regular; ``listened`` is in seconds,
    ``longer`` how many more would make it sure, 0 where it is sure or never would be.
    """

    events: int
    interval: float
    jitter: float
    missed: float
    off: float
    score: float
    chance: float
    any_chance: float = 1.0
    luck: float = 1.0
    covered: float = 0.0
    rests: int = 0
    on_grid: bool = False
    listened: float = 0.0
    longer: float = 0.0
    second: float = 0.0
    steady: bool = False


class _Beside(TypedDict):
    """What stands beside a pair's own numbers, by the fields of ``Numbers``."""

    any_chance: float
    luck: float
    covered: float
    rests: int
    on_grid: bool
    listened: float
    longer: float
    second: float


_NOTHING = _Beside(any_chance=1.0, luck=1.0, covered=0.0, rests=0, on_grid=False, listened=0.0, longer=0.0, second=0.0)


class Assessment(msgspec.Struct, frozen=True):
    """The pairs to tell, by index, with their numbers; ``parts`` are the addresses of one far end with theirs."""

    told: dict[int, Numbers]
    parts: dict[int, list[tuple[int, Numbers]]]
    looked_at: int


def assess(stitched: Stitched) -> Assessment:
    """Score all pairs once as bursts and, where those hide much, once more as single contacts."""
    pairs = stitched.pairs
    if not pairs:
        return Assessment({}, {}, 0)
    look = _look(stitched)
    whole = look.whole
    told = _one_per_far_end(stitched, np.flatnonzero(look.regular & whole), look.rank)
    beside = _one_per_far_end(stitched, np.flatnonzero(look.steady & whole), -look.ticks.counts.astype(np.float64))
    for key, index in beside.items():
        told.setdefault(key, index)
    parts: dict[int, list[tuple[int, Numbers]]] = defaultdict(list)
    for index in np.flatnonzero((look.regular | look.steady) & ~whole).tolist():
        parent = pairs[index].whole
        if parent is not None and look.ticks.counts[index] + 1 >= _PART_EVENTS:
            parts[told.setdefault((pairs[parent].device, pairs[parent].far_end), parent)].append(
                (index, look.numbers(index))
            )
    return Assessment({index: look.numbers(index) for index in told.values()}, parts, look.looked_at)


class _Look(msgspec.Struct, frozen=True):
    """One entry per pair: its regularity, its gaps between single contacts, and what it is worth telling as.

    ``two`` holds the pairs that are told as two clocks.
    """

    best: Regularity
    two: dict[int, TwoClocks]
    listened: Floats
    ticks: Gaps
    spread: Floats
    whole: Bools
    regular: Bools
    steady: Bools
    looked_at: int

    @property
    def rank(self) -> Floats:
        return _rank(self.best)

    def numbers(self, index: int) -> Numbers:
        """What is said of pair ``index``."""
        best = self.best
        score, chance = float(best.score[index]), float(best.single[index])
        if self.steady[index]:
            # Near the shortest gap that can be seen at all missed beats cannot be told: the middle gap is said.
            regular = bool(self.regular[index])
            return Numbers(
                events=int(self.ticks.counts[index]) + 1,
                interval=float(self.ticks.median[index]),
                jitter=float(self.spread[index]),
                missed=0.0,
                off=0.0,
                score=score if regular else 0.0,
                chance=chance if regular else 1.0,
                **(self._beside(index) if regular else _NOTHING),
                steady=not regular,
            )
        return Numbers(
            events=int(best.events[index]),
            interval=float(best.interval[index]),
            jitter=float(best.jitter[index]),
            missed=float(best.missed[index]),
            off=float(best.off[index]),
            score=score,
            chance=chance,
            **self._beside(index),
        )

    def _beside(self, index: int) -> _Beside:
        best = self.best
        return {
            "any_chance": float(corrected(best.single[[index]], self.looked_at)[0]),
            "luck": float(best.luck[index]),
            "covered": float(best.covered[index]),
            "rests": int(best.rests[index]),
            "on_grid": bool(best.on_grid[index]),
            "listened": float(self.listened[index]),
            "longer": until_sure(best, index),
            "second": self.two[index].second if index in self.two else 0.0,
        }


def _look(stitched: Stitched) -> _Look:
    pairs = stitched.pairs
    burst = np.array([pair.kind == "burst" for pair in pairs])
    whole = np.array([pair.whole is None for pair in pairs])
    ticks = stitched.gaps(stitched.apart)
    bursts = stitched.gaps(stitched.after_quiet() | stitched.apart & ~np.repeat(burst, np.diff(stitched.bounds)))
    best = of_gaps(bursts, np.where(burst, QUIET_US, APART_US) / 1e6, stitched.listened)
    # What lies closer together than bursts do, and closer than a second, is looked at where there is much of it.
    close = bursts.counts < _BURSTS_KEPT * ticks.counts
    best = _again(best, ticks, close, APART_US, stitched.listened)
    closer = ticks.counts + 1 < _BURSTS_KEPT * np.diff(stitched.bounds)
    every = stitched.gaps(np.repeat(closer, np.diff(stitched.bounds)))
    best = _again(best, every, closer, SAME_US, stitched.listened)
    two = two_clocks(ticks, stitched.listened, best)
    best = told_as_two(best, two)
    looked_at = max(1, int(((ticks.counts >= MIN_GAPS) & whole).sum()))
    spread = medians(np.abs(ticks.seconds - ticks.median[ticks.owner]), ticks.owner, ticks.counts) / ticks.median
    steady = (ticks.counts >= _STEADY_GAPS) & (ticks.median < _STEADY_INTERVAL) & (spread < _STEADY_JITTER)
    # What is regular in sessions is told too, as that: whether it is regular at all decides here.
    rare = corrected(best.luck, looked_at) <= MAX_CHANCE
    regular = rare & (best.events > MIN_GAPS) & (best.interval >= _MIN_INTERVAL)
    regular |= rare & (best.events == MIN_GAPS) & (best.jitter <= _SLOW_JITTER) & (best.interval >= _SLOW_INTERVAL)
    regular |= _worth_a_line(best, whole)
    contact = np.array([not _answers(pair) for pair in pairs])
    to_one = np.array([_to_one(pair.rows[0].server) for pair in pairs])
    return _Look(
        best,
        {one.pair: one for one in two},
        stitched.listened,
        ticks,
        spread,
        whole,
        regular & contact,
        steady & contact & to_one,
        looked_at,
    )


def _again(best: Regularity, gaps: Gaps, chosen: Bools, dead_us: int, listened: Floats) -> Regularity:
    if not chosen.any():
        return best
    some = picked(gaps, chosen)
    return better_of(
        best, of_gaps(some, np.full(len(some.counts), dead_us / 1e6), listened[chosen]), np.flatnonzero(chosen)
    )


def _rank(best: Regularity) -> Floats:
    """The lower the better: by the chance of the pair alone, and where that is the same by the score."""
    rank: Floats = best.single - LEAST * best.score
    return rank


def _to_one(server: str) -> bool:
    """Whether an address is one far end, and no group of the local network."""
    return scope(server) not in ("multicast", "broadcast") and not server.endswith(".255")


def _answers(pair: Pair) -> bool:
    """Pings and errors that come in from outside are nobody's contact with a far end."""
    return pair.kind == "icmp" and leaves_network(pair.client) and not leaves_network(pair.rows[0].server)


def _worth_a_line(best: Regularity, whole: Bools) -> Bools:
    """The most regular pairs that are regular enough by themselves; as many as anybody reads."""
    chosen = np.zeros(len(whole), np.bool_)
    some = np.flatnonzero(whole & (best.luck <= _WORTH_A_LINE) & (best.interval >= _MIN_INTERVAL))
    chosen[some[np.argsort(_rank(best)[some], kind="stable")][:_MOST_LINES]] = True
    return chosen


def _one_per_far_end(stitched: Stitched, indices: NDArray[np.intp], rank: Floats) -> dict[tuple[str, str], int]:
    """The pair with the lowest rank for each client and far end."""
    best: dict[tuple[str, str], int] = {}
    for index in indices.tolist():
        key = (stitched.pairs[index].device, stitched.pairs[index].far_end)
        if key not in best or rank[index] < rank[best[key]]:
            best[key] = index
    return best
