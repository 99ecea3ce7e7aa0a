"""What a module said to one far end: sends with their levels of success, and what came back."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from iotwatch.model import Place
from iotwatch.read.stream import Stream
from iotwatch.words.sending import Level

Span = tuple[int, int]


@dataclass(slots=True)
class Unit:
    """One send, or one delivery from the far end: ranges of the wire, then steps to the bytes that passed the network."""

    ranges: list[Span]
    steps: list[tuple[str, str]] = field(default_factory=list)
    up: bool = True
    level: Level = Level.PROMPTED
    context: dict[str, str] = field(default_factory=dict)
    length: int = 0
    """What the command or the answer says; 0 where it says nothing."""
    act: int = 0
    """Which action of its link it left by: a URL and a body leave together."""

    @property
    def span(self) -> Span:
        return self.ranges[0][0], self.ranges[-1][1]


@dataclass(slots=True)
class Link:
    """One conversation as it is read. ``tried`` are the spans of commands that sent nothing, with the level that says why."""

    service: str
    number: str
    transport: str = ""
    host: str = ""
    port: int = 0
    path: str = ""
    url: Unit | None = None
    topic: str = ""
    body: Unit | None = None
    units: list[Unit] = field(default_factory=list)
    tried: list[tuple[Span, Level]] = field(default_factory=list)
    acts: int = 0
    wifi: bool = False

    @property
    def sends(self) -> list[Unit]:
        return [unit for unit in self.units if unit.up]


class Part(msgspec.Struct, frozen=True):
    """Bytes that are read together: all of a TCP connection one way, or one datagram or message. ``levels`` are those of its
    sends, each with where it begins."""

    stream: Stream
    levels: tuple[tuple[int, Level], ...] = ()
    place: tuple[float, float] | None = None
    """Latitude and longitude, where the bytes are the two resources of a location object."""

    def level(self, at: int) -> Level | None:
        """The level of the send that holds byte ``at``; ``None`` for what was received."""
        return next((level for start, level in reversed(self.levels) if start <= at), None)


class Event(msgspec.Struct, frozen=True):
    """One send that the log gives a time: microseconds, bytes that left, and where it stands in what ``log`` gives."""

    time: int
    size: int
    offset: int
    length: int


class Conversation(Stream, frozen=True, eq=False):
    """The parts of one conversation; as a stream it is its first part. ``wifi`` says that no cellular module sent it.

    ``log`` is the place of the log in which the ``events`` stand.
    """

    parts: tuple[Part, ...] = ()
    events: tuple[Event, ...] = ()
    log: Place | None = None
    wifi: bool = False
