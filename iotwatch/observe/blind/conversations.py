"""Looks for moving places in the conversations that no decoder explains, and tells what may be one.

That two numbers move as a car does is a shape and no proof: of sensors some walk so. What is told is ``possible``, never more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from iotwatch.observe.blind.alike import LEAST, LOOKED_AT, is_text
from iotwatch.observe.collector import Collector
from iotwatch.read.stream import Stream
from iotwatch.words.measures import Measure

if TYPE_CHECKING:
    from iotwatch.observe.blind.looking import Series
    from iotwatch.observe.blind.search import Moving

_MOST_FLOWS = 512
_MOST_MESSAGES = 4096
_MOST_WAITING = 1 << 14
_ENCRYPTED = (b"\x16\x03", b"\x17\x03", b"SSH-")


class BlindSearch:
    """Takes what no decoder explains, flow by flow; ``finish`` puts what moves as a car does into ``collector``."""

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._waiting: dict[tuple[object, ...], list[Stream]] = defaultdict(list)
        self._found: list[tuple[Series, Moving]] = []
        self._flows = set[int]()
        self._held = self._flows_left = self._messages_left = 0

    def note_flow(self, stream: Stream) -> None:
        """Look at all that a client said in a flow, each packet a message, and each line of a text. Flows of a few messages
        wait for others between the same ends."""
        flow = stream.flow
        if flow is None or not stream.up or stream.data.startswith(_ENCRYPTED):
            return
        if len(self._flows) == _MOST_FLOWS:
            self._flows_left += 1
            return
        self._flows.add(flow.index)
        self._messages_left += max(0, len(stream.starts) - _MOST_MESSAGES)
        packets = islice(stream.segments(), _MOST_MESSAGES)
        messages = [line for start, end in packets for line in _lines(stream, start, end)]
        if len(stream.starts) >= LEAST:
            self._look(messages)
        else:
            self._wait(messages)

    def note_body(self, stream: Stream) -> None:
        """Keep what a message of a flow carried, for when all of them are there. What a flow's own bytes wrap was looked at."""
        if stream.flow is not None and stream.up and stream.flow.index not in self._flows:
            self._wait([stream])

    def _wait(self, messages: list[Stream]) -> None:
        room = _MOST_WAITING - self._held
        self._messages_left += max(0, len(messages) - room)
        for one in messages[:room]:
            if one.flow is not None:
                ends = one.flow.client, one.flow.server, one.flow.server_port, one.flow.transport
                self._waiting[ends].append(one.part(0, LOOKED_AT))
                self._held += 1

    def finish(self) -> None:
        """Look at what waits, and tell what was found where nothing else found a place."""
        for messages in self._waiting.values():
            if len(messages) >= LEAST:
                self._look(messages)
        placed = self._collector.placed()
        for series, moving in self._found:
            if not any(one.flow and one.flow.index in placed for one in series):
                from iotwatch.observe.blind.looking import tell

                tell(series, moving, self._collector)
        for what, left in (("flows", self._flows_left), ("messages", self._messages_left)):
            if left:
                self._collector.leave(what, left, Measure.BLIND_LEFT)

    def _look(self, messages: Iterable[Stream]) -> None:
        # With every encoding of places: of use only where several messages are.
        from iotwatch.observe.blind.looking import found

        self._found += found(messages)


def _lines(stream: Stream, start: int, end: int) -> list[Stream]:
    """The lines of a packet of text, else all of it."""
    data = stream.data[start:end]
    if b"\n" not in data.rstrip(b"\r\n") or not is_text(data[:LOOKED_AT]):
        return [stream.part(start, end)]
    made, at = list[Stream](), start
    for line in data.splitlines(keepends=True):
        made.append(stream.part(at, at + len(line)))
        at += len(line)
    return made
