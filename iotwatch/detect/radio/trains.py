"""The bursts of one frequency as a train, with the car there and with the car away, and what was listened to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from iotwatch.files.case import Phase
from iotwatch.model import Evidence, Observation, Stretch
from iotwatch.store import View
from iotwatch.store.listening import seconds, within
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.phases import PhaseName

Floats = NDArray[np.float64]


class Heard(NamedTuple):
    """One range that a source listened to, from ``low`` to ``high`` (Hz), for ``listened`` seconds, ``away`` with the car away.

    A moment was measured ``every`` so many seconds, each frequency for a ``share`` of it; ``zoned`` is that the zone of the
    stamps is known.
    """

    source: int
    low: float
    high: float
    every: float
    share: float
    listened: float
    zoned: bool
    away: bool

    def holds(self, frequency: float) -> bool:
        return self.low <= frequency <= self.high


class Train(msgspec.Struct, frozen=True):
    """Bursts in the order of time: ``begins`` (seconds since 1970), ``lasts`` (seconds), ``levels`` (dB over the floor).

    ``centres`` are its frequencies (Hz): one, or those among which it hops; ``image`` is that a stronger one came with most.
    """

    heard: Heard
    centres: tuple[float, ...]
    width: float
    begins: Floats
    lasts: Floats
    levels: Floats
    image: bool
    evidence: tuple[Evidence, ...]

    @property
    def centre(self) -> float:
        return float(np.median(self.centres))

    @property
    def level(self) -> float:
        return float(np.median(self.levels))

    def chosen(self, which: NDArray[np.bool_]) -> Train:
        """The train of those bursts alone."""
        return Train(
            *(self.heard, self.centres, self.width, self.begins[which], self.lasts[which], self.levels[which]),
            *(self.image, self.evidence),
        )


def ranges(view: View) -> list[Heard]:
    """What was listened to; a source during which the car came or went is there twice."""
    away = {source for source, row in view.coverage if row.measure is Measure.CAR_AWAY}
    stretches: dict[int, list[Stretch]] = {}
    for source, stretch in view.stretches:
        stretches.setdefault(source, []).append(stretch)
    found = []
    for one in view.of(Kind.RF_RANGE):
        source = one.evidence.source
        gone = _seconds_away(stretches.get(source, []), _away_phases(view))
        whole = seconds(stretches.get(source, [])) or int(one.facts["rows"]) * float(one.facts["every_s"])
        parts = ((True, whole),) if source in away else ((False, whole - gone), (True, gone))
        found += [_heard(one, is_away, listened) for is_away, listened in parts if listened > 0 or not is_away]
    return found


def _away_phases(view: View) -> list[Phase]:
    return [phase for phase in (view.case.phases if view.case else ()) if phase.name == PhaseName.AWAY]


def _seconds_away(stretches: Sequence[Stretch], phases: Sequence[Phase]) -> float:
    return seconds([part for phase in phases for part in within(stretches, phase)])


def _heard(one: Observation, away: bool, listened: float) -> Heard:  # noqa: FBT001  a fact, not a switch
    facts = one.facts
    return Heard(
        source=one.evidence.source,
        low=float(facts["low_hz"]),
        high=float(facts["high_hz"]),
        every=float(facts["every_s"]),
        share=float(facts["share"]),
        listened=listened,
        zoned=bool(facts["zoned"]),
        away=away,
    )


def trains(view: View, heard: Sequence[Heard]) -> Iterator[Train]:
    """The trains of each source, with the car there and with it away apart."""
    phases = _away_phases(view)
    spans = [(phase.start.timestamp(), phase.end.timestamp()) for phase in phases]
    for one in view.of(Kind.RF_BURSTS):
        begins = (np.array(one.facts["begins_us"], np.int64) + int(one.facts["first_us"])) / 1e6
        gone = np.zeros(len(begins), np.bool_)
        for start, end in spans:
            gone |= (begins >= start) & (begins < end)
        centre = float(one.facts["centre_hz"])
        for place in heard:
            if place.source != one.evidence.source or not place.holds(centre):
                continue
            always = not any(other.source == place.source and other.away is not place.away for other in heard)
            chosen = np.ones(len(begins), np.bool_) if always else gone if place.away else ~gone
            if chosen.any():
                yield _train(one, place, centre, begins).chosen(chosen)


def _train(one: Observation, heard: Heard, centre: float, begins: Floats) -> Train:
    return Train(
        heard=heard,
        centres=(centre,),
        width=float(one.facts["width_hz"]),
        begins=begins,
        lasts=np.array(one.facts["lasts_ms"], np.float64) / 1e3,
        levels=np.array(one.facts["levels_db"], np.float64),
        image=bool(one.facts["image"]),
        evidence=(replace(one.evidence, time=one.time),),
    )


def together(parts: Sequence[Train]) -> Train:
    """The trains of one source as one that hops: bursts that overlap are one."""
    begins = np.concatenate([part.begins for part in parts])
    order = np.argsort(begins, kind="stable")
    begins = begins[order]
    ends = np.maximum.accumulate(begins + np.concatenate([part.lasts for part in parts])[order])
    levels = np.concatenate([part.levels for part in parts])[order]
    every = parts[0].heard.every
    starts = np.flatnonzero(np.append(True, begins[1:] > ends[:-1] + every))
    last = np.append(starts[1:], len(begins)) - 1
    return Train(
        heard=parts[0].heard,
        centres=tuple(sorted(part.centres[0] for part in parts)),
        width=float(np.median([part.width for part in parts])),
        begins=begins[starts],
        lasts=ends[last] - begins[starts],
        levels=np.maximum.reduceat(levels, starts),
        image=False,
        evidence=tuple(evidence for part in parts for evidence in part.evidence)[:16],
    )
