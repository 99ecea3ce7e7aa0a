"""The reading of one wire: commands, prompts, payloads and results, row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from iotwatch.decode.at.sockets import online, payload, requests, tables
from iotwatch.decode.at.sockets.conversation import Link, Span, Unit
from iotwatch.decode.at.sockets.links import Links, answered, raise_level
from iotwatch.decode.at.sockets.parameters import Value, fitted, read_url, values
from iotwatch.decode.at.sockets.tables import LEVELS, Answer, Command, Does, Means
from iotwatch.decode.at.sockets.wire import Wire
from iotwatch.patterns import regex
from iotwatch.words.sending import Level

_ROW = regex(rb"[^\r\n]+")
_COMMAND = regex(r"(?:[>#$ ] ?)?(?i:AT)(?P<body>[+^#$*%&!].+|D[TP]?\*99[^\r\n]*)$", re.DOTALL)
_NAME = regex(r"([+^#$*%&!][A-Za-z][A-Za-z0-9_]{1,23})(=\?|\?|=)?|D[TP]?(?=\*99)")
_NEXT = regex(r";(?=[+^#$*%&][A-Za-z]{2})")
_FAILED = regex(rb"(?:ERROR|\+CM[ES] ERROR:.*|COMMAND NOT SUPPORT|NO CARRIER|SEND FAIL)[ *]*$")
_OK = regex(rb"(?:OK|0)[ *]*$")
_CONNECT = regex(rb"CONNECT(?: \d{3,7})?[ *]*$")
_CELLULAR = regex(rb"(?i:AT\+|\+)(?:CGATT|CREG|CGREG|CEREG|CSQ|CPIN|SAPBR|CGDCONT)\b")
_RESOURCE = ("object", "instance", "resource")
_ROW_BYTES = 8192


class Exchange(msgspec.Struct):
    """The last command, and what came of it. ``waiting`` is for its prompt; ``unseen`` when the log does not show the bytes."""

    command: Command
    found: dict[str, Value]
    span: Span
    link: Link
    waiting: bool = False
    unit: Unit | None = None
    unseen: bool = False


class Session:
    """Reads a wire from its first byte to its last."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.calls: list[Span] = []
        self._data = wire.stream.data
        is_wifi = tables.wifi().search(self._data) is not None and _CELLULAR.search(self._data) is None
        self._links = Links(wifi=is_wifi)
        self._current: Exchange | None = None
        self._families = [len(tables.makers()) - 1]
        self._answers = tables.answers(self._families)
        self._any_answer = tables.any_answer()
        self._flags: dict[str, str] = {}
        self._echoed = ""

    def read(self) -> list[Link]:
        """All conversations; ``calls`` are the ranges in which the wire was a point-to-point line."""
        at = 0
        while (row := _ROW.search(self._data, at)) is not None:
            at = max(self._row(row.start(), row.end()), row.start() + 1)
        return self._links.all

    def _row(self, start: int, end: int) -> int:
        """Read the row, and what it asks for or announces behind it; returns where to go on."""
        current, sent = self._current, self.wire.sent_at(start)
        raw = self._data[start : min(end, start + _ROW_BYTES)]
        if current is not None and current.waiting and sent is not True:
            prompt = current.command.asks.match(raw)
            if prompt is not None:
                return self._prompted(current, start + prompt.end())
        text = raw.decode("latin-1")
        command = _COMMAND.match(text)
        if command is not None and sent is not False:
            self._commands(text, command.start("body"), start)
            return end
        self._echoed = ""
        if current is not None and current.waiting and sent is not False and not self._is_answer(raw):
            unit, follows = self._taken(current, start, prompted=False)
            if unit is not None:
                return self._handed(current, unit, follows)
        return end if sent is True and self.wire.sided else self._answer(raw, start, end)

    # Commands.

    def _commands(self, text: str, body: int, start: int) -> None:
        """The commands of a row, which may be chained; the same row again before any answer is its echo."""
        if text == self._echoed:
            return
        self._echoed = text
        inner = (found.end() for found in _NEXT.finditer(text, body) if not text.count('"', body, found.start()) % 2)
        borders = [body, *inner]
        for begin, until in pairwise([*borders, len(text) + 1]):
            self._one(text[: until - 1], begin, start)

    def _one(self, text: str, at: int, start: int) -> None:
        """One command: its name stands at ``at`` of ``text``, which begins at ``start`` of the wire."""
        named = _NAME.match(text, at)
        self._current = None
        if named is None or named[2] in ("?", "=?"):
            return
        given = values(text, named.end()) if named[2] == "=" or not named[1] else []
        forms = tables.commands().get((named[1] or "D").upper(), ())
        for family, command in sorted(forms, key=self._rank):
            found = fitted(command, given) if self._may(command) else None
            if found is not None and self._links.is_number(command, found):
                if self._families[0] != family:
                    self._families = [family, *(one for one in self._families if one != family)]
                    self._answers = tables.answers(self._families)
                self._do(command, found, text, start)
                return

    def _rank(self, form: tuple[int, Command]) -> int:
        """Families that the dialogue has spoken come before others, what all say comes last."""
        *spoken, common = self._families
        family = form[0]
        return spoken.index(family) if family in spoken else len(spoken) + (family == common)

    def _may(self, command: Command) -> bool:
        """Whether the flag is set that a form needs; ``!`` before it asks for the contrary."""
        flag, _, value = command.when.partition("=")
        if flag.startswith("!"):
            return self._flags.get(flag[1:], "") != value
        return not flag or self._flags.get(flag, "") == value

    def _do(self, command: Command, found: dict[str, Value], text: str, start: int) -> None:
        does = command.does
        if does is Does.SET:
            self._flags[command.flag] = found["value"].text
            return
        link = self._links.of(command, found)
        exchange = Exchange(command, found, (start, start + len(text)), link)
        self._current = exchange
        asked = found.get("url") or found.get("query")
        if asked is not None and command.transport == "http":
            link.url = Unit([(start + asked.start, start + asked.end)])
        if does in (Does.TOPIC, Does.URL):
            exchange.waiting = "length" in found
        elif does in (Does.SEND, Does.BODY, Does.ACTION):
            inline = payload.inline(command, found, text, start)
            if inline is not None:
                self._handed(exchange, inline, start)
            elif does is Does.ACTION and "length" not in found:
                self._request(exchange)
            else:
                exchange.waiting = command.ok != "online"

    def _request(self, exchange: Exchange) -> None:
        """What was made ready goes out."""
        for unit in requests.units(exchange.link):
            exchange.link.add(unit)
            exchange.unit = unit
        self._links.last = exchange.link
        if exchange.unit is None:
            exchange.link.tried.append((exchange.span, Level.PROMPTED))

    # Payloads.

    def _prompted(self, current: Exchange, at: int) -> int:
        unit, follows = self._taken(current, at, prompted=True)
        if unit is not None:
            return self._handed(current, unit, follows)
        current.waiting = False
        if current.command.does in (Does.SEND, Does.ACTION):
            current.link.tried.append((current.span, Level.PROMPTED))
            current.unseen = True
            self._links.last = current.link
        return max(follows, at)

    def _taken(self, current: Exchange, at: int, *, prompted: bool) -> tuple[Unit | None, int]:
        if current.command.service == "sms" or "length" not in current.found:
            return payload.until_end(self.wire, at, prompted=prompted)
        length = int(current.found["length"].text)
        if self._is_hex(current.command):
            unit, follows = payload.counted(self.wire, at, 2 * length, prompted=False)
            if unit is not None:
                return unit, follows
        return payload.counted(self.wire, at, length, prompted=prompted) if length else (None, at)

    def _is_hex(self, command: Command) -> bool:
        return command.hex == "flag" and self._flags.get(command.flag, "") == "1"

    def _handed(self, current: Exchange, unit: Unit, follows: int) -> int:
        """The module was given the bytes: they are sent, or kept for the action."""
        current.waiting = False
        command, link = current.command, current.link
        said = self._data[slice(*unit.span)]
        if command.does is Does.TOPIC:
            link.topic = said.decode("utf-8", "replace")
        elif command.does is Does.URL:
            link.url = unit
            if (end := read_url(said.decode("latin-1").strip())) is not None:
                link.host, link.port, link.path = end.host.lower(), end.port, end.path
        elif command.does in (Does.BODY, Does.ACTION):
            link.body = unit
            if command.does is Does.ACTION:
                self._request(current)
        else:
            requests.finish(unit, link, self._data, self._flags, hexed=self._is_hex(command))
            if "resource" in current.found:
                unit.context["resource"] = "/".join(current.found[name].text for name in _RESOURCE)
            self._sent(current, [unit])
        return follows

    def _sent(self, current: Exchange, units: list[Unit]) -> None:
        link = current.link
        for unit in units:
            unit.context |= {"topic": link.topic, "kind": "publish"} if link.topic and unit.up else {}
            link.add(unit)
            if unit.up:
                current.unit, self._links.last = unit, link
            else:
                answered(link, unit.span)

    # Answers.

    def _is_answer(self, raw: bytes) -> bool:
        plain = _OK.match(raw) is not None or _FAILED.match(raw) is not None
        return plain or any(one.compiled.match(raw) for one in self._told(raw))

    def _told(self, raw: bytes) -> list[Answer]:
        """The answers that the row may be."""
        return self._answers if self._any_answer.match(raw) else []

    def _answer(self, raw: bytes, start: int, end: int) -> int:
        current = self._current
        for answer in self._told(raw):
            if answer.after and (current is None or current.command.name not in answer.after):
                continue
            found = answer.compiled.match(raw)
            if found is not None:
                return self._meant(answer, found, start, end)
        if current is None:
            return end
        if _OK.match(raw):
            return self._ok(current, end)
        if _FAILED.match(raw):
            self._failed(current)
        elif current.command.online and not current.waiting and _CONNECT.match(raw):
            return self._online(current, end)
        return end

    def _ok(self, current: Exchange, end: int) -> int:
        if current.command.ok == "online":
            return self._online(current, end)
        if current.command.ok and (current.unit is not None or current.unseen):
            raise_level(current.link, Level(current.command.ok), current.span)
        return end

    def _failed(self, current: Exchange) -> None:
        """A command was refused, or what it gave was not taken."""
        current.waiting = False
        link = current.link
        if current.unit is not None:
            for unit in link.together(current.unit):
                unit.level = unit.level.raised(Level.FAILED)
        elif current.command.does in (Does.SEND, Does.ACTION, Does.OPEN):
            link.forget(current.span)
            link.tried.append((current.span, Level.FAILED))

    def _meant(self, answer: Answer, found: re.Match[bytes], start: int, end: int) -> int:
        """Do what an answer with a meaning of its own says."""
        means, groups = answer.means, found.groupdict()
        number = groups["id"].decode() if groups.get("id") is not None else None
        if means is Means.ASSIGNED:
            self._links.assign(number or "")
            return end
        link = self._links.about(answer, number, self._current.link if self._current else None)
        if link is None:
            if means is Means.ACCEPTED:
                self._links.proven(answer, number, (start, end))
            return end
        if groups.get("host") and groups["host"].decode("latin-1") != link.host:
            return end
        if means in LEVELS:
            raise_level(link, LEVELS[means], (start, end))
        elif means is Means.CLOSED:
            for unit in link.since(Level.FAILED):
                unit.level = Level.FAILED if unit.level is Level.PROMPTED else unit.level
        elif means is Means.REFUSED:
            link.tried.append(((start, end), Level.FAILED))
        elif means is Means.RECEIVED:
            came, follows = payload.delivered(self.wire, found, start)
            if came is not None:
                link.add(came)
                answered(link, (start, end))
            return follows
        return end

    def _online(self, current: Exchange, at: int) -> int:
        """Everything up to the end of the data mode."""
        current.waiting = False
        if current.command.does is Does.DIAL:
            end = online.end(self.wire, at)
            self.calls.append((at, end))
            return end
        units, end = online.units(self.wire, at)
        self._sent(current, units)
        return end


def sends(links: list[Link]) -> Iterator[tuple[Link, Span, Level]]:
    """Every send with its place on the wire and its level, those whose bytes are not known among them."""
    for link in links:
        for unit in link.sends:
            yield link, unit.span, unit.level
        for span, level in link.tried:
            yield link, span, level
