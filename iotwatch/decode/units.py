"""The stretches of a stream that a message cannot cross."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Stream


def units(stream: Stream) -> Iterator[tuple[int, int]]:
    """Yield ``(start, end)`` of each datagram that is not empty, or of the whole of any other stream."""
    if not stream.datagram:
        yield 0, len(stream.data)
        return
    for start, end in stream.segments():
        if end > start:
            yield start, end


def alone(stream: Stream, start: int, end: int) -> Stream:
    """The stream of one unit: the stream itself when the unit is all of it."""
    return stream if start == 0 and end == len(stream.data) else stream.part(start, end)


def in_turn(readings: Iterable[Iterator[Message]]) -> Iterator[Message]:
    """The messages of every reading; a limit that one of them reached is told behind the last."""
    reached: LimitReached | None = None
    for messages in readings:
        try:
            yield from messages
        except LimitReached as limit:
            reached = reached or limit
    if reached is not None:
        raise reached
