"""What the same place sounds like without the car: a sender that is heard there too is not the car's."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from iotwatch.detect.radio.periods import Period, period_of
from iotwatch.detect.radio.trains import Heard, Train

_SAME_PERIOD = 0.05
_SAME_RATE = 0.3
_SAME_DB = 10.0
_SAME_HZ = 200_000.0
_PERIODS = 3.0  # that the place must have been listened to before silence says anything
_LEAST_S = 60.0


class Baseline(StrEnum):
    """What is known of a place with the car away, as the fact ``baseline`` of a transmitter holds it."""

    NONE = "none"
    SHORT = "short"  # listened to for too little time to tell
    ABSENT = "absent"
    PRESENT = "present"


class Compared(NamedTuple):
    """How a train stands against the place without the car, which was listened to for ``listened`` seconds."""

    word: Baseline
    listened: float = 0.0


def compared(train: Train, period: Period | None, heard: Sequence[Heard], away: Sequence[Train]) -> Compared:
    """Compare one train with all that was heard with the car away."""
    listened = sum(one.listened for one in heard if one.away and all(map(one.holds, train.centres)))
    if not listened:
        return Compared(Baseline.NONE)
    if any(_same(train, period, other) for other in away):
        return Compared(Baseline.PRESENT, listened)
    span = float(train.begins[-1] - train.begins[0])
    usual = period.seconds if period else span / max(1, len(train.begins) - 1)
    return Compared(Baseline.ABSENT if listened >= max(_LEAST_S, _PERIODS * usual) else Baseline.SHORT, listened)


def _same(train: Train, period: Period | None, other: Train) -> bool:
    near = max(train.width, other.width) / 2 + _SAME_HZ
    if other.image or not any(abs(centre - other.centre) <= near for centre in train.centres):
        return False
    if abs(train.level - other.level) > _SAME_DB:
        return False
    if period is not None and (theirs := period_of(other)) is not None:
        return abs(theirs.seconds - period.seconds) <= _SAME_PERIOD * period.seconds
    return len(other.begins) / max(other.heard.listened, 1.0) >= _SAME_RATE * len(train.begins) / max(
        train.heard.listened, 1.0
    )
