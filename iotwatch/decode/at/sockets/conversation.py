"""What a module said to one far end: sends with their levels of success, and what came back."""

from __future__ import annotations

import msgspec

from iotwatch.model import Place
from iotwatch.read.stream import Stream
from iotwatch.words.sending import Level

Span = tuple[int, int]


class Unit(msgspec.Struct):
    """One send, or one delivery from the far end: ranges of the wire, then steps to the bytes that passed the network."""

    ranges: list[Span]
    steps: list[tuple[str, str]] = msgspec.field(default_factory=list)
    up: bool = True
    level: Level = Level.PROMPTED
    context: dict[str, str] = msgspec.field(default_factory=dict)
    length: int = 0
    """What the command or the answer says; 0 where it says nothing."""
    act: int = 0
    """Which action of its link it left by: a URL and a body leave together."""

    @property
    def span(self) -> Span:
        return self.ranges[0][0], self.ranges[-1][1]


class Link(msgspec.Struct):
    """One conversation as it is read. ``sends`` are those of ``units`` that go up, ``tried`` the spans of commands that sent
    nothing, with the level that says why."""

    service: str
    number: str
    transport: str = ""
    host: str = ""
    port: int = 0
    path: str = ""
    url: Unit | None = None
    topic: str = ""
    body: Unit | None = None
    units: list[Unit] = msgspec.field(default_factory=list)
    sends: list[Unit] = msgspec.field(default_factory=list)
    tried: list[tuple[Span, Level]] = msgspec.field(default_factory=list)
    acts: int = 0
    wifi: bool = False
    _told: dict[Level, int] = msgspec.field(default_factory=dict)

    def add(self, unit: Unit) -> None:
        """One more send or delivery, behind those before it."""
        self.units.append(unit)
        if unit.up:
            self.sends.append(unit)

    def since(self, news: Level) -> list[Unit]:
        """The sends that were not there when the same was told before: news that come again change nothing of the others."""
        start, self._told[news] = self._told.get(news, 0), len(self.sends)
        return self.sends[start:]

    def together(self, last: Unit) -> list[Unit]:
        """``last`` and the sends before it that left by the same action, the last first."""
        at = len(self.sends)
        while at and self.sends[at - 1] is not last:
            at -= 1
        found = [last]
        while last.act and at > 1 and self.sends[at - 2].act == last.act:
            at -= 1
            found.append(self.sends[at - 1])
        return found

    def forget(self, span: Span) -> None:
        """Leave out of ``tried``, which stands in the order of the log, what the command at ``span`` put there."""
        at = len(self.tried)
        while at and self.tried[at - 1][0][0] >= span[0]:
            at -= 1
        self.tried[at:] = [one for one in self.tried[at:] if one[0] != span]


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
