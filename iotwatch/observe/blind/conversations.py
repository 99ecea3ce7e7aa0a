"""Looks for moving places in the conversations that no decoder explains, and tells what may be one.

That two numbers move as a car does is a shape and no proof: of sensors some walk so. What is told is ``possible``, never more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice

from iotwatch.decode.message import Fix
from iotwatch.model import BLIND, Confidence
from iotwatch.observe.blind.alike import LEAST, Said, is_text
from iotwatch.observe.blind.search import Moving, search
from iotwatch.observe.collector import Collector
from iotwatch.observe.known_place.layers import layers
from iotwatch.observe.known_place.layout import layout
from iotwatch.observe.messages import observe_unnamed
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

_MOST_FLOWS = 512
_MOST_MESSAGES = 4096
_LOOKED_AT = 512
_MOST_LAYERS = 4
_OTHERS_TOLD = 4
_MOST_WAITING = 1 << 14
_ENCRYPTED = (b"\x16\x03", b"\x17\x03", b"SSH-")
_Series = list[Stream]


class BlindSearch:
    """Takes what no decoder explains, flow by flow; ``finish`` puts what moves as a car does into ``collector``."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._waiting: dict[tuple[object, ...], _Series] = defaultdict(list)
        self._found: list[tuple[_Series, Moving]] = []
        self._flows = set[int]()
        self._held = 0

    def note_flow(self, stream: Stream) -> None:
        """Look at all that a client said in a flow, each packet a message, and each line of a text. Flows of a few messages
        wait for others between the same ends."""
        flow = stream.flow
        if flow is None or not stream.up or stream.data.startswith(_ENCRYPTED):
            return
        if len(self._flows) == _MOST_FLOWS:
            return
        self._flows.add(flow.index)
        series = _series(
            line for start, end in islice(stream.segments(), _MOST_MESSAGES) for line in _lines(stream, start, end)
        )
        for number, one in series.items():
            if len(stream.starts) >= LEAST:
                self._look(one)
            else:
                self._wait(one, number)

    def note_body(self, stream: Stream) -> None:
        """Keep what a message of a flow carried, for when all of them are there. What a flow's own bytes wrap was looked at."""
        if stream.flow is not None and stream.up and stream.flow.index not in self._flows:
            for number, one in _series([stream]).items():
                self._wait(one, number)

    def _wait(self, messages: _Series, number: int) -> None:
        for one in messages[: _MOST_WAITING - self._held]:
            if one.flow is not None:
                ends = one.flow.client, one.flow.server, one.flow.server_port, one.flow.transport, number
                self._waiting[ends].append(one)
                self._held += 1

    def finish(self) -> None:
        """Look at what waits, and tell what was found where nothing else found a place."""
        for one in self._waiting.values():
            self._look(one)
        placed = self._collector.placed()
        for series, found in self._found:
            if not any(one.flow and one.flow.index in placed for one in series):
                self._tell(series, found)

    def _look(self, series: _Series) -> None:
        said = [Said(one.data[:_LOOKED_AT], one.time_at(0) or 0, number) for number, one in enumerate(series)]
        found = search(sorted(said, key=lambda one: one.time)) if len(said) >= LEAST else None
        if found is not None:
            self._found.append((series, found))

    def _tell(self, series: _Series, found: Moving) -> None:
        doubts = [ReadingDoubt.BY_MOVEMENT()]
        if found.others:
            listed = ", ".join(found.others[:_OTHERS_TOLD])
            doubts.append(ReadingDoubt.READS_OTHERWISE(n=len(found.others), listed=listed))
        if not (found.latitude[0].signed and found.longitude[0].signed):
            doubts.append(ReadingDoubt.NO_HEMISPHERE())
        for said, north, east in zip(found.messages, found.latitude, found.longitude, strict=True):
            stream = series[said.number]
            fix = Fix(north.degrees, east.degrees, span=(0, len(said.data)))
            facts = {**layout(found.encoding, north, east, 0), "other_encodings": len(found.others)}
            observe_unnamed(BLIND, stream, fix, Confidence.POSSIBLE, tuple(doubts), facts, self._collector)


def _series(messages: Iterable[Stream]) -> dict[int, _Series]:
    """The messages, and apart from them what is wrapped in each in the first place, in the second ..."""
    series: dict[int, _Series] = defaultdict(list)
    for message in messages:
        for number, layer in enumerate(islice(layers(message.part(0, _LOOKED_AT)), _MOST_LAYERS)):
            if layer.data and layer.time_at(0) is not None:
                series[number].append(layer)
    return series


def _lines(stream: Stream, start: int, end: int) -> list[Stream]:
    """The lines of a packet of text, else all of it."""
    data = stream.data[start:end]
    if b"\n" not in data.rstrip(b"\r\n") or not is_text(data[:_LOOKED_AT]):
        return [stream.part(start, end)]
    made, at = list[Stream](), start
    for line in data.splitlines(keepends=True):
        made.append(stream.part(at, at + len(line)))
        at += len(line)
    return made
