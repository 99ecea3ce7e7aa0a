"""Pairing: which answer belongs to which command, across echoes, unsolicited reports, several ports and half lines."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.decode.at import grammar, network, position, record
from iotwatch.decode.at import modem_identity as identity
from iotwatch.decode.at.grammar import Command
from iotwatch.decode.at.lines import Line
from iotwatch.decode.at.record import BEARERS, CELLULAR, shown, standing, with_cellular
from iotwatch.decode.message import Fix, Message, Trait
from iotwatch.read.stream import Stream
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

ANSWER_LINES = 64
"""How many lines one answer may have; what follows is not its own any more."""
_BLOCK_BYTES = 160
SILENCE = 6
"""How many lines of something else end an exchange that has no final result."""

_PROMPTS = frozenset({">", "CONNECT"})


class Exchange(msgspec.Struct):
    """One command line and what came back for it so far."""

    commands: tuple[Command, ...]
    text: str
    start: int
    end: int
    bare: list[Line] = msgspec.field(default_factory=list)
    traits: list[Trait] = msgspec.field(default_factory=list)
    fixes: list[Fix] = msgspec.field(default_factory=list)
    doubts: tuple[Said, ...] = ()
    result: str = ""
    silent: int = 0
    prompted: bool = False
    table: bool = False

    @property
    def asked(self) -> Command | None:
        """The command whose answer is expected bare."""
        return next((one for one in self.commands if one.name in identity.ASKED and one.kind != "test"), None)


class Dialogue:
    """The reading of one stream: feed lines, get messages. Each port has its own conversation."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self._open: dict[str, Exchange] = {}
        self._streams: dict[str, Stream] = {}
        self._names: set[tuple[str, str]] = set()
        self._cellular: set[str] = set()
        self._latitude: dict[str, tuple[float, int]] = {}
        self._loose: dict[str, list[Line]] = {}

    def feed(self, line: Line) -> Iterator[Message]:
        """Take one line; yield the exchange that it ends, or the report that it is."""
        glued = grammar.glued(line.text)
        if glued is not None:
            command, answer = glued
            border = line.start + len(line.text) - len(answer)
            yield from self.feed(msgspec.structs.replace(line, text=command, end=border))
            yield from self.feed(msgspec.structs.replace(line, text=answer, start=border))
            return
        commands = grammar.commands(line.text) if line.sent is not False or line.text[:2] in ("AT", "at") else ()
        if commands:
            yield from self._command(line, commands)
            return
        current = self._open.get(line.port)
        named = grammar.named_answer(line.text)
        if grammar.is_final(line.text) and not (named and named[0] == "+CME"):
            yield from self._final(line, current)
        elif named is not None:
            yield from self._named(line, named, current)
        elif degrees := position.half(line.text):
            yield from self._half(line, degrees, current)
        elif identity.KEYED.search(line.text):
            yield from self._keyed(line, current)
            self._loose.pop(line.port, None)
        elif current is not None:
            yield from self._other(line, current)
        elif grammar.REPORTS.match(line.text) and line.text not in _PROMPTS:
            yield self._message(line.port, line.start, line.end, "report", [])
        else:
            self._loose[line.port] = [*self._loose.get(line.port, [])[-1:], line]

    def finish(self) -> Iterator[Message]:
        """Yield what is still open at the end."""
        for port in list(self._open):
            yield from self._close(port)

    def _command(self, line: Line, commands: tuple[Command, ...]) -> Iterator[Message]:
        current = self._open.get(line.port)
        if current is not None and current.text == line.text and not current.bare and not current.result:
            current.end = line.end  # the echo, or the same sent again before anything came back
            return
        yield from self._close(line.port)
        exchange = Exchange(commands, line.text, line.start, line.end)
        span, shown_at = (line.start, line.end), record.told(commands, line)
        for command in commands:
            if command.name:
                text = shown(command)
                if self._once(line.port, text):
                    exchange.traits.append(Trait(Kind.AT_COMMAND, text, shown_at))
                exchange.traits += network.servers(command, span)
                if command.kind == "set":
                    exchange.traits += network.apns(command.name, command.arguments, span)
        self._open[line.port] = exchange

    def _final(self, line: Line, current: Exchange | None) -> Iterator[Message]:
        if current is None:
            if line.text == "OK" or line.text.startswith("+CME"):
                yield self._message(line.port, line.start, line.end, "result", [])
            return
        current.end = line.end
        if line.text.startswith("CONNECT"):
            current.prompted = True
            return
        current.result = line.text
        yield from self._close(line.port)

    def _named(self, line: Line, named: tuple[str, str, int], current: Exchange | None) -> Iterator[Message]:
        name, values, offset = named
        at = line.start + offset
        span = (line.start, line.end)
        traits = standing(line, self._answer_traits(line.port, name, values, at, span))
        place = position.fix(name, values, span)
        doubts = position.doubts(name, place) if place else ()
        if self._once(line.port, name) and not record.is_of_card(name):
            traits.append(Trait(Kind.AT_ANSWER, line.text[:200], span, {"command": name}))
        if current is None:
            yield self._message(line.port, *span, name, traits, [place] if place else [], doubts)
            return
        current.end = line.end
        current.silent = 0
        current.table = current.table or not values
        current.traits += traits
        current.doubts = current.doubts or doubts
        if place:
            current.fixes.append(place)

    def _answer_traits(self, port: str, name: str, values: str, at: int, span: tuple[int, int]) -> list[Trait]:
        traits: list[Trait] = []
        if name in identity.ASKED:
            traits += identity.bare(name, 0, values, at)
        if name == "+CPIN" and values.strip():
            traits.append(Trait(Kind.SIM, values.strip()[:40], span))
        traits += network.apns(name, values, span)
        traits += network.operators(name, values, span)
        traits += network.cells(name, values, span)
        if name in CELLULAR and port not in self._cellular and "CIS707" not in values:
            self._cellular.add(port)
            traits.append(Trait(Kind.MODEM_CELLULAR, name, span))
        return traits

    def _keyed(self, line: Line, current: Exchange | None) -> Iterator[Message]:
        command = (current.asked.name if current and current.asked else "I") if current else "I"
        traits = identity.keyed(line.text, line.start, command)
        traits.append(Trait(Kind.AT_ANSWER, line.text[:200], (line.start, line.end), {"command": command}))
        if current is None:
            traits += self._before(line)
            yield self._message(line.port, line.start, line.end, "identity", traits)
            return
        current.end = line.end
        current.silent = 0
        current.traits += traits

    def _before(self, line: Line) -> Iterator[Trait]:
        """Maker and model in the two lines before the version, of a block whose command the log does not show."""
        loose = self._loose.get(line.port, ())
        if line.text.startswith("Revision") and len(loose) == 2 and line.start - loose[0].start <= _BLOCK_BYTES:
            for index, one in enumerate(loose):
                yield from identity.bare("I", index, one.text, one.start)

    def _half(self, line: Line, degrees: tuple[str, float], current: Exchange | None) -> Iterator[Message]:
        """A line with one half of a position; the longitude makes it whole."""
        half, value = degrees
        if half == "Lat":
            self._latitude[line.port] = (value, line.start)
        elif line.port in self._latitude:
            latitude, start = self._latitude.pop(line.port)
            place = position.whole(latitude, value, (start, line.end))
            if place is not None and current is not None:
                current.fixes.append(place)
                current.end = line.end
            elif place is not None:
                yield self._message(line.port, start, line.end, "!GPSLOC", [], [place])

    def _other(self, line: Line, current: Exchange) -> Iterator[Message]:
        """A line without a name: part of a bare answer, data after a prompt, a report, or something else in the log."""
        if line.text in _PROMPTS or line.text.startswith(">"):
            current.prompted = True
            current.end = line.end
        elif grammar.REPORTS.match(line.text) or (current.prompted and line.sent is not False):
            current.end = line.end
        elif current.asked is not None and not current.result and len(current.bare) < ANSWER_LINES:
            current.bare.append(line)
        elif current.table and len(current.bare) < ANSWER_LINES:
            current.bare.append(line)
            current.traits += network.table_row(current.commands[-1].name, line.text, (line.start, line.end))
            current.end = line.end
        else:
            current.silent += 1
            if current.silent > SILENCE:
                yield from self._close(line.port)

    def _close(self, port: str) -> Iterator[Message]:
        """Yield the message of the port's open exchange."""
        current = self._open.pop(port, None)
        if current is None:
            return
        asked = current.asked
        if asked is not None and current.bare and not grammar.is_failure(current.result):
            self._bare(current, asked)
        name = current.commands[0].text
        traits = [*current.traits, *self._bearer(port, current)]
        yield self._message(port, current.start, current.end, name, traits, current.fixes, current.doubts)

    def _bearer(self, port: str, current: Exchange) -> Iterator[Trait]:
        """A bearer that was set up, or a call of the packet service that connected: only a cellular modem does either."""
        called = current.prompted and not grammar.is_failure(current.result)
        names = [
            command.name
            for command in current.commands
            if (command.name in BEARERS and current.result == "OK") or (called and command.name.startswith("D"))
        ]
        if names and port not in self._cellular:
            self._cellular.add(port)
            yield Trait(Kind.MODEM_CELLULAR, names[0], (current.start, current.end))

    def _bare(self, current: Exchange, asked: Command) -> None:
        """Read the bare lines of an identity answer; in blocks what stands in a line of its own key does not count."""
        ended = bool(current.result)
        index = 0
        for line in current.bare[: 12 if ended else 3]:
            traits = identity.bare(asked.name, index, line.text, line.start)
            if not traits:
                continue
            index += 1
            current.traits += traits
            span = (line.start, line.end)
            current.traits.append(Trait(Kind.AT_ANSWER, line.text[:200], span, {"command": asked.name}))
            current.end = max(current.end, line.end)

    def _once(self, port: str, name: str) -> bool:
        if (port, name) in self._names or len(self._names) > 4096:
            return False
        self._names.add((port, name))
        return True

    def _message(
        self,
        port: str,
        start: int,
        end: int,
        name: str,
        traits: list[Trait],
        fixes: list[Fix] | None = None,
        doubts: tuple[Said, ...] = (),
    ) -> Message:
        return Message(
            protocol="at",
            stream=self._of(port),
            span=(start, max(end, start + 1)),
            time=self.stream.time_at(start),
            fields={"command": name[:120]},
            traits=tuple(with_cellular(traits)),
            fixes=tuple(fixes or ()),
            doubts=doubts,
        )

    def _of(self, port: str) -> Stream:
        """The stream as a device of its own where the log names the port."""
        if not port or "device" in self.stream.context:
            return self.stream
        if port not in self._streams:
            self._streams[port] = self.stream.tagged(device=f"tty:{port}")
        return self._streams[port]
