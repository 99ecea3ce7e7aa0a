"""Whether a tag goes where the car goes: through a drive, from place to place, or for as long as was listened.

Each source is asked by itself, so that one more never lowers what another showed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.decode.geodesy import distance
from iotwatch.detect.tags.devices import Device, Hearing
from iotwatch.files.case import Phase, Site
from iotwatch.model import Observation, Stretch
from iotwatch.store import View
from iotwatch.store.listening import seconds, within
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.phases import PhaseName
from iotwatch.words.tags import Moved

_ALONG_S = 600.0
"""Of a drive: for that long no other car stays beside this one but by intent or in a jam."""
_SHORT_DRIVE_S = 120.0
_MOST_OF = 2 / 3
_THROUGH = 0.8
_NOTED = 0.5
_FEW = 3
_SILENCE_S, _INTERVALS = 300.0, 4.0
"""What left the car behind is silent from then on: for that long, or so many of its intervals where it is hardly heard."""
_APART_M, _APART_S = 1000.0, 300.0
"""Two places, and the time between: Bluetooth reaches some tens of metres, and for that long a stranger's car goes the same way."""
_Point = dict[str, Any]


class Going(msgspec.Struct, frozen=True):
    """``heard_s`` is from the first to the last time that the tag was heard in the source that shows most, ``listened_s`` how
    long that one listened; ``phases`` are those in which it was heard, ``metres`` how far apart it was heard by the sweeper's own
    receiver, ``sites`` those of the case in which that was."""

    moved: Moved
    heard_s: float
    listened_s: float
    phases: tuple[str, ...] = ()
    metres: float = 0.0
    sites: tuple[str, ...] = ()
    follows: bool = False

    @property
    def rank(self) -> tuple[bool, bool, float]:
        return self.follows, self.moved in (Moved.DRIVE, Moved.PLACES), self.heard_s


class Listening:
    """When the sources that heard advertisements listened, and what the car did meanwhile."""

    def __init__(self, view: View) -> None:
        self.phases = view.case.phases if view.case else ()
        heard = {source for source, row in view.coverage if row.measure is Measure.ADVERTISEMENTS}
        self.of: dict[int, list[Stretch]] = defaultdict(list)
        for source, stretch in view.stretches:
            if source in heard:
                self.of[source].append(stretch)
        # A capture that is a small part of an archive is not told by itself: it listened at least while it heard tags.
        for source in heard - self.of.keys():
            times = [time for one in view.of(Kind.TAG) if one.evidence.source == source for time in _times(one)]
            if times:
                self.of[source].append(Stretch(min(times), max(times)))
        self._sites = view.case.sites if view.case else ()
        self._tracks: dict[int, tuple[Sequence[_Point], Sequence[int]]] = {
            one.evidence.source: (one.facts["track"], [point["time"] for point in one.facts["track"]])
            for one in view.of(Kind.SWEEP_TRACK)
        }

    @property
    def borders(self) -> dict[int, list[tuple[int, int]]]:
        """When each stretch of a source began and ended."""
        return {source: [(one.first, one.last) for one in stretches] for source, stretches in self.of.items()}

    def going(self, device: Device) -> Going:
        """What the source says that shows most of the device."""
        by_source: dict[int, list[Hearing]] = defaultdict(list)
        every = device.hearings
        for one in every:
            by_source[one[3]].append(one)
        phases = tuple(dict.fromkeys(one.name for one in self.phases if _heard_in(every, one)))
        each = (self._in_source(hearings, self.of[source], phases) for source, hearings in by_source.items())
        return max(each, key=lambda one: one.rank)

    def _track(self, hearings: Sequence[Hearing]) -> list[_Point]:
        """Where the sweeper was while the tag was heard: at the last place noted before, and at those noted meanwhile."""
        track, times = self._tracks.get(hearings[0][3], ((), ()))
        rows = {
            row
            for first, last, _, _ in hearings
            for row in range(max(0, bisect_right(times, first) - 1), bisect_right(times, last))
        }
        return [track[row] for row in sorted(rows)]

    def _in_source(self, hearings: Sequence[Hearing], listened: Sequence[Stretch], phases: tuple[str, ...]) -> Going:
        heard_s, listened_s = _span(hearings), seconds(listened)
        for phase in self.phases:
            if phase.name == PhaseName.DRIVING and _along(_heard_in(hearings, phase), within(listened, phase)):
                return Going(Moved.DRIVE, heard_s, listened_s, phases, follows=True)
        track = self._track(hearings)
        metres = _extent(track)
        sites = tuple(site.name for site in self._sites if any(_inside(one, site) for one in track))
        if metres >= _APART_M and heard_s >= _APART_S:
            return Going(Moved.PLACES, heard_s, listened_s, phases, metres, sites, follows=True)
        noted = seconds(part for phase in self.phases for part in within(listened, phase))
        if noted < _NOTED * listened_s or not self.phases:
            through = heard_s >= _ALONG_S and _through(hearings, listened)
            return Going(Moved.NOT_NOTED, heard_s, listened_s, phases, follows=through)
        return Going(Moved.NO, heard_s, listened_s, phases)


def _times(one: Observation) -> Iterator[int]:
    for first, last, _ in one.facts["heard"]:
        yield from (first, last)


def _extent(track: Sequence[_Point]) -> float:
    """Metres between two corners of the box that holds the places."""
    if not track:
        return 0.0
    latitudes, longitudes = [one["latitude"] for one in track], [one["longitude"] for one in track]
    return distance(min(latitudes), min(longitudes), max(latitudes), max(longitudes))


def _inside(place: _Point, site: Site) -> bool:
    return distance(site.latitude, site.longitude, place["latitude"], place["longitude"]) <= site.radius


def _along(heard: Sequence[Hearing], listened: Sequence[Stretch]) -> bool:
    span, drive = _span(heard), seconds(listened)
    return span >= _ALONG_S or (drive >= _SHORT_DRIVE_S and span >= _MOST_OF * drive)


def _through(heard: Sequence[Hearing], listened: Sequence[Stretch]) -> bool:
    """Whether it was heard for most of the listening and still at its end; who is heard seldom is waited for longer."""
    count, span = sum(one[2] for one in heard), _span(heard)
    if count < _FEW:
        return False
    # Of a few packets at random times the first and the last do not stand at the very ends.
    share = _THROUGH * (count - 1) / (count + 1)
    silence = (max(one.last for one in listened) - max(one[1] for one in heard)) / 1e6 if listened else 0.0
    return span >= share * seconds(listened) and silence <= max(_SILENCE_S, _INTERVALS * span / (count - 1))


def _heard_in(hearings: Iterable[Hearing], phase: Phase) -> list[Hearing]:
    """The parts of the hearings that lie in the phase."""
    start, end = (round(time.timestamp() * 1e6) for time in (phase.start, phase.end))
    return [
        (max(first, start), min(last, end), count, source)
        for first, last, count, source in hearings
        if first < end and last > start
    ]


def _span(hearings: Sequence[Hearing]) -> float:
    """Seconds from the first to the last."""
    if not hearings:
        return 0.0
    return (max(last for _, last, _, _ in hearings) - min(first for first, _, _, _ in hearings)) / 1e6
