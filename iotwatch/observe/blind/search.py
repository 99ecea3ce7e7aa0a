"""Two fields of one encoding that together move as a car does: the likeliest reading, and the others that fit as well."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product
from typing import NamedTuple

import numpy as np

from iotwatch.decode.geodesy import distance
from iotwatch.observe.blind.alike import Alike, Said, alike
from iotwatch.observe.blind.mistaken import mistaken
from iotwatch.observe.blind.path import FASTEST, Floats, Path, moving, varies
from iotwatch.observe.blind.readings import Column, columns, probed
from iotwatch.observe.known_place.keys import Axis, Encoding, Reading
from iotwatch.observe.known_place.numbers import Bcd, Float, Integer, MinuteWords, Parts, Sign, Unit, Varint
from iotwatch.observe.known_place.texts import Text

Readings = tuple[Reading, ...]
_MOST_PAIRS = 1500
_SLACK_M = 1000.0
_HASTY, _OF_PAUSES = 300_000, 0.75
"""Microseconds that are too few between messages, where so many of all pauses are shorter."""
# What speaks against a reading: how unusual its scale is, that no car is as fast or as slow, and that its halves stand apart.
_USUAL = {1e6: 0.0, 1e7: 0.0, 1.8e6: 0.3, 6e5: 0.5, 3.6e6: 0.7, 1e5: 0.7, 2**31 / 180: 0.5}
_UNUSUAL, _RARE, _BY_DIGITS = 1.2, 2.0, -1.0
_SLOW, _FAST, _OF_SPEED = 4.0, 50.0, 2.0
_OF_GAP, _OF_ORDER = 0.1, 0.4


class Moving(NamedTuple):
    """Two fields that move as a car does, as each of ``messages`` says them; ``others`` are the encodings in which they would do
    so elsewhere, ``loss`` says how unusual the reading is."""

    messages: tuple[Said, ...]
    encoding: Encoding
    latitude: Readings
    longitude: Readings
    loss: float
    others: tuple[str, ...] = ()


def search(messages: Sequence[Said]) -> Moving | None:
    """The two fields of a conversation's messages (in the order sent) that are the likeliest to be a moving place."""
    if _is_hasty(messages):
        return None
    for group in alike(messages):
        found = sorted(_found(group), key=lambda one: one.loss)
        if found:
            best = found[0]
            return best._replace(others=tuple(dict.fromkeys(one.encoding.name for one in found[1:])))
    return None


def _is_hasty(messages: Sequence[Said]) -> bool:
    """Whether the messages follow each other faster than a place is worth telling: speech, pictures, games. Those of one time are
    parts of one."""
    pauses = np.diff([one.time for one in messages])
    pauses = pauses[pauses > 0]
    return bool(pauses.size) and float(np.quantile(pauses, _OF_PAUSES)) < _HASTY


def _found(group: Alike) -> Iterator[Moving]:
    halves: dict[int, tuple[list[Column], list[Column]]] = defaultdict(lambda: ([], []))
    for column in columns(group):
        halves[column.number][column.axis is Axis.LONGITUDE].append(column)
    ticks = group.seconds
    seconds = np.array(ticks)

    @cache
    def read(column: Column) -> tuple[Readings, Floats] | None:
        readings = column.readings(group)
        degrees = np.array([one.degrees for one in readings or ()])
        return (readings, degrees) if readings is not None and varies(seconds, degrees) else None

    pairs = (
        pair
        for latitudes, longitudes in halves.values()
        for pair in product(latitudes, longitudes)
        if _near(*pair) and _possible(*pair, ticks)
    )
    # Of encodings that read the same the first in the table tells it.
    distinct = dict[tuple[Readings, Readings], tuple[Column, Column]]()
    for north, east in islice(pairs, _MOST_PAIRS):
        distinct.setdefault((north.probes, east.probes), (north, east))
    for north, east in distinct.values():
        latitude, longitude = read(north), read(east)
        if latitude is None or longitude is None:
            continue
        path = moving(seconds, latitude[1], longitude[1])
        if path is not None and not mistaken(group.messages, north.encoding, latitude[0], longitude[0]):
            loss = _loss(north.encoding, latitude[0][0], longitude[0][0], path)
            yield Moving(group.messages, north.encoding, latitude[0], longitude[0], loss)


def _near(latitude: Column, longitude: Column) -> bool:
    return 0 <= _gap(latitude.probes[0], longitude.probes[0]) <= latitude.encoding.gap


def _gap(north: Reading, east: Reading) -> int:
    """Bytes between the two; less than none where they share some."""
    return max(north.start, east.start) - min(north.end, east.end)


def _possible(latitude: Column, longitude: Column, seconds: Sequence[float]) -> bool:
    """Whether a car comes from the first place to the last by way of the one in the middle."""
    places = [(north.degrees, east.degrees) for north, east in zip(latitude.probes, longitude.probes, strict=True)]
    times = [seconds[at] for at in probed(len(seconds))]
    return all(
        distance(*places[at], *places[at + 1]) <= FASTEST * (times[at + 1] - times[at]) + _SLACK_M for at in (0, 1)
    )


def _loss(encoding: Encoding, north: Reading, east: Reading, path: Path) -> float:
    loss = _OF_GAP * _gap(north, east) + _OF_ORDER * (north.start > east.start) + _of_scale(encoding)
    if not _SLOW <= path.speed <= _FAST:
        loss += _OF_SPEED * abs(math.log10(max(path.speed, 0.1) / (_SLOW if path.speed < _SLOW else _FAST)))
    return loss


def _of_scale(encoding: Encoding) -> float:
    if isinstance(encoding, Integer):
        plain = encoding.unit is Unit.DEGREES and encoding.width == 4 and encoding.sign is not Sign.OFFSET
        return _USUAL.get(encoding.longitude, _UNUSUAL) if plain else _RARE
    if isinstance(encoding, Float | Text):
        return 0.0
    # Digits and marks that hold in every message are hardly there by chance.
    return _BY_DIGITS if isinstance(encoding, Bcd | Parts | MinuteWords | Varint) else _UNUSUAL
