"""A conversation's messages, and what is wrapped in them -> the moving places found, and what is told of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from iotwatch.decode.message import Fix
from iotwatch.model import BLIND, Confidence
from iotwatch.observe.blind.alike import LEAST, LOOKED_AT, Said
from iotwatch.observe.blind.search import Moving, search
from iotwatch.observe.collector import Collector
from iotwatch.observe.known_place.layers import layers
from iotwatch.observe.known_place.layout import layout
from iotwatch.observe.messages import observe_unnamed
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

_MOST_LAYERS = 4
_OTHERS_TOLD = 4
Series = list[Stream]


def found(messages: Iterable[Stream]) -> Iterator[tuple[Series, Moving]]:
    """The series that hold a moving place, each with what moves in it."""
    for series in _series(messages).values():
        said = [Said(one.data[:LOOKED_AT], one.time_at(0) or 0, number) for number, one in enumerate(series)]
        moving = search(sorted(said, key=lambda one: one.time)) if len(said) >= LEAST else None
        if moving is not None:
            yield series, moving


def tell(series: Series, moving: Moving, collector: Collector) -> None:
    """Put a place into ``collector`` for each message of what ``found`` gave."""
    doubts = [ReadingDoubt.BY_MOVEMENT()]
    if moving.others:
        listed = ", ".join(moving.others[:_OTHERS_TOLD])
        doubts.append(ReadingDoubt.READS_OTHERWISE(n=len(moving.others), listed=listed))
    if not (moving.latitude[0].signed and moving.longitude[0].signed):
        doubts.append(ReadingDoubt.NO_HEMISPHERE())
    for said, north, east in zip(moving.messages, moving.latitude, moving.longitude, strict=True):
        stream = series[said.number]
        fix = Fix(north.degrees, east.degrees, span=(0, len(said.data)))
        facts = {**layout(moving.encoding, north, east, 0), "other_encodings": len(moving.others)}
        observe_unnamed(BLIND, stream, fix, Confidence.POSSIBLE, tuple(doubts), facts, collector)


def _series(messages: Iterable[Stream]) -> dict[int, Series]:
    """The messages, and apart from them what is wrapped in each in the first place, in the second ..."""
    series: dict[int, Series] = defaultdict(list)
    for message in messages:
        for number, layer in enumerate(islice(layers(message.part(0, LOOKED_AT)), _MOST_LAYERS)):
            if layer.data and layer.time_at(0) is not None:
                series[number].append(layer)
    return series
