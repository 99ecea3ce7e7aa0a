"""When columns without names are a track: numbers in the range of places, beside a time that grows, as a car can drive.

Nothing says what the columns are, so all of it must hold: a place that never changes, a jump, a clock that stands still is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from iotwatch.decode.generic.layouts.protobuf import measured
from iotwatch.decode.geodesy import distance
from iotwatch.decode.message import Fix, Message, Proof
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

FEWEST = 4
"""Records that a track has at least."""
_LIKELY = 8
_PLACES = 3
_EXACT = 0.875
"""The share of the places that have digits as measured ones have: of six digits the last three are zero now and then."""
_FASTEST, _SLACK_M = 70.0, 100.0  # metres a second, metres
_LONGEST_S = 900.0
_STEPS = 0.75
"""The share of the steps that must be short in time and within what a car drives; between others the unit was off."""


class Point(NamedTuple):
    """Degrees, microseconds UTC, and the range of the record's bytes."""

    latitude: float
    longitude: float
    time: int
    span: tuple[int, int]


def is_track(points: Sequence[Point], *, scaled: bool) -> bool:
    """Whether a car could have been at one after the other, and was not always at the same.

    Integers (``scaled``) prove less: those that grow by the same step each time are counters, those that hardly change, settings.
    """
    exact = sum(measured(one.latitude, one.longitude) for one in points)
    if len(points) < FEWEST or exact < _EXACT * len(points):
        return False
    if len({(one.latitude, one.longitude) for one in points}) < _PLACES:
        return False
    if scaled and not all(map(_wanders, ([one.latitude for one in points], [one.longitude for one in points]))):
        return False
    return sum(map(_drives, points, points[1:])) >= _STEPS * (len(points) - 1)


def grows(times: Sequence[int]) -> bool:
    """Whether a log could have written these times one after the other: none stands before its forerunner, the last is later."""
    return len(times) >= FEWEST and times[-1] > times[0] and all(one <= other for one, other in pairwise(times))


def _wanders(values: Sequence[float]) -> bool:
    steps = [round(other - one, 7) for one, other in pairwise(values)]
    return len(set(steps)) > 1 and steps.count(0) * 2 < len(steps)


def _drives(one: Point, other: Point) -> bool:
    seconds = (other.time - one.time) / 1e6
    apart = distance(one.latitude, one.longitude, other.latitude, other.longitude)
    return 0 <= seconds <= _LONGEST_S and apart <= _SLACK_M + _FASTEST * seconds


def messages(protocol: str, stream: Stream, points: Sequence[Point], *, scaled: bool) -> list[Message]:
    """One message a record. Integers whose scale nobody says (``scaled``) are never more than possible."""
    doubts = (ReadingDoubt.BY_MOVEMENT(), *((ReadingDoubt.SCALE_GUESSED(),) if scaled else ()))
    likely = len(points) >= _LIKELY and not scaled
    return [
        Message(
            protocol,
            stream,
            one.span,
            one.time,
            fixes=(Fix(one.latitude, one.longitude, one.span, time=one.time),),
            layout=Proof.SHAPE,
            confidence=Confidence.LIKELY if likely else Confidence.POSSIBLE,
            generic=True,
            doubts=doubts,
        )
        for one in points
    ]
