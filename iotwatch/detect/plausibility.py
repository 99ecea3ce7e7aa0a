"""Which stated places cannot be what they are read as, or cannot all be one car's.

A reading is weighed by what it says: a coordinate at the very end of its scale is a filler, a date decades from the
recording's is another number, and one message that names places all over the globe is a list of something. What is left
is held against what a car can do: places further apart than it could drive in the time between them are of several senders.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from iotwatch.decode.geodesy import distance
from iotwatch.model import BLIND, Direction, Position
from iotwatch.store import PositionRow
from iotwatch.words.amounts import duration, length
from iotwatch.words.findings import Doubt
from iotwatch.words.said import Said

_YEAR_US = 31_556_952_000_000  # Gregorian mean
_DECADES = 20
# A capture whose own clock was never set says nothing about dates (no car had a modem before).
_CLOCK_SET_US = 20 * _YEAR_US
_FASTEST = 110.0  # metres a second, some 400 km/h
# What cells, rounding and a wrong datum can add to a place.
_SLACK_M = 50_000.0
_SCATTERED_M = 1_000_000.0
_TRANSMISSIONS = frozenset({Direction.UP, Direction.BROADCAST})


def against(rows: Sequence[PositionRow]) -> dict[int, tuple[Said, ...]]:
    """What weighs against the reading of positions, by row id: those of which something does."""
    scattered = {row.id for message in _messages(rows) if _is_scattered(message) for row in message}
    found = {row.id: _alone(row.position) for row in rows}
    return {
        row: doubts + ((Doubt.SCATTERED(),) if row in scattered else ())
        for row, doubts in found.items()
        if doubts or row in scattered
    }


def _alone(position: Position) -> tuple[Said, ...]:
    doubts = []
    if abs(position.latitude or 0) == 90 or abs(position.longitude or 0) == 180:
        doubts.append(Doubt.AT_BOUND())
    if years := _years_off(position):
        doubts.append(Doubt.DATE_FAR_OFF(years=years))
    return tuple(doubts)


def _years_off(position: Position) -> int:
    """Years between the stated date and the recording's where they are decades, else 0."""
    heard = position.evidence.time
    if heard is None or heard < _CLOCK_SET_US or position.time is None:
        return 0
    years = abs(position.time - heard) // _YEAR_US
    return years if years >= _DECADES else 0


def _messages(rows: Iterable[PositionRow]) -> list[list[PositionRow]]:
    """The sender's own places by the message that told them: what came with one packet."""
    groups: dict[tuple[object, ...], list[PositionRow]] = defaultdict(list)
    for row in rows:
        position, evidence = row.position, row.position.evidence
        if position.latitude is not None and evidence.frame is not None and not position.facts.get("whose"):
            groups[evidence.source, evidence.frame, position.dialect, position.direction].append(row)
    return [group for group in groups.values() if len(group) > 1]


def _is_scattered(message: Sequence[PositionRow]) -> bool:
    return any(_too_far(first.position, other.position, _SCATTERED_M) for first, other in pairwise(message))


def not_one_car(rows: Sequence[PositionRow], left_out: Iterable[int]) -> dict[int, Said]:
    """Why places that left a device cannot all be one car's, by row id; rows ``left_out`` are no places at all.

    Those of one source are followed in the order in which they were heard, whoever sent them. Where a path lies that was found
    by its movement alone nobody knows: it says nothing of the others.
    """
    out = frozenset(left_out) | {row.id for row in rows if row.position.method == BLIND}
    told: dict[int, list[PositionRow]] = defaultdict(list)
    for row in rows:
        position = row.position
        stated = position.latitude is not None and position.valid is not False and not position.facts.get("whose")
        if stated and position.direction in _TRANSMISSIONS and row.id not in out and _heard(position) is not None:
            told[position.evidence.source].append(row)
    doubts: dict[int, Said] = {}
    for source in told.values():
        source.sort(key=lambda row: _heard(row.position) or 0)
        for first, other in pairwise(source):
            apart = _too_far(first.position, other.position, _SLACK_M)
            if apart and _message(first.position) != _message(other.position):
                within = duration(_seconds(first.position, other.position))
                said = Doubt.NOT_ONE_CAR(distance=length(apart), duration=within)
                doubts.setdefault(first.id, said)
                doubts.setdefault(other.id, said)
    return doubts


def _message(position: Position) -> tuple[int | None, str]:
    return position.evidence.frame, position.evidence.path


def _heard(position: Position) -> int | None:
    return position.evidence.time if position.evidence.time is not None else position.time


def _seconds(first: Position, other: Position) -> float:
    """Seconds between two places by the clock that leaves more: a stored record is heard long after its own time."""
    heard = abs((_heard(first) or 0) - (_heard(other) or 0))
    stated = abs(first.time - other.time) if first.time is not None and other.time is not None else 0
    return max(heard, stated) / 1e6


def _too_far(first: Position, other: Position, slack: float) -> float:
    """Metres between two places where no car drives that in the time between them, else 0."""
    if first.latitude is None or first.longitude is None or other.latitude is None or other.longitude is None:
        return 0.0
    apart = distance(first.latitude, first.longitude, other.latitude, other.longitude)
    return apart if apart > slack + _FASTEST * _seconds(first, other) else 0.0
