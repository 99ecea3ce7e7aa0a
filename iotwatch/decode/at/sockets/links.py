"""The conversations of one wire: which a command or an answer is about, and how far its sends went."""

from __future__ import annotations

from iotwatch.decode.at.sockets.conversation import Link, Span
from iotwatch.decode.at.sockets.parameters import Value, phone_of, read_end, read_url, transport_of
from iotwatch.decode.at.sockets.tables import Answer, Command, Does, Means
from iotwatch.words.sending import Level

MAX_LINKS = 10_000
_WITHOUT_NUMBER = frozenset({Does.SEND, Does.BODY, Does.ACTION, Does.ASK, Does.CLOSE})
_STREAMS = frozenset({"socket", "ssl", "https", "ca", "x"})
"""Services whose sends are one stream: what the peer says is said to all of them."""


class Links:
    """All conversations in the order in which they began, and which of them are open under which number."""

    def __init__(self, *, wifi: bool) -> None:
        self.all: list[Link] = []
        self.last: Link | None = None
        """The one in which something was sent last."""
        self._wifi = wifi
        self._open: dict[tuple[str, str], Link] = {}
        self._latest: dict[str, Link] = {}
        self._creating: Link | None = None

    def is_number(self, command: Command, found: dict[str, Value]) -> bool:
        """Whether the only number of a send is that of a conversation: where these have none, it is a length."""
        if command.does is not Does.SEND or set(found) != {"id"}:
            return True
        return (command.service, found["id"].text) in self._open or (command.service, "") not in self._open

    def of(self, command: Command, found: dict[str, Value]) -> Link:
        """The conversation that a command is about, with what it tells of the far end; a new one for a new far end."""
        number = found["id"].text if "id" in found else ""
        key = (command.service, number)
        known = self._open.get(key)
        if known is None and command.does in _WITHOUT_NUMBER and "id" not in found:
            known = self.latest(command.service)
        if known is None and self._creating is not None and self._creating.service == command.service and number:
            known = self._creating  # the log does not show the answer that gives it its number
            self.assign(number)
        host, port, path = _end(found)
        moved = known is not None and bool(host) and known.host not in ("", host)
        again = known is not None and bool(host) and command.does is Does.OPEN and bool(known.units)
        if known is None or moved or again or command.does is Does.CREATE:
            before, known = known, Link(command.service, number, wifi=self._wifi)
            if before is not None and command.does is Does.SEND:
                known.transport = before.transport
            self._open[key] = known
            self._begin(known)
        known.host, known.port, known.path = host or known.host, port or known.port, path or known.path
        known.transport = transport_of(found) or command.transport or known.transport
        known.topic = found["topic"].text if "topic" in found else known.topic
        if command.does is Does.CREATE:
            self._creating = known
        elif command.does is Does.CLOSE:
            self._open.pop(key, None)
        return known

    def latest(self, service: str) -> Link | None:
        """The one of a service that sent last, or began last."""
        if self.last is not None and self.last.service == service:
            return self.last
        return self._latest.get(service)

    def _begin(self, link: Link) -> None:
        if len(self.all) < MAX_LINKS:
            self.all.append(link)
            self._latest[link.service] = link

    def assign(self, number: str) -> None:
        """Give what was created its number."""
        if self._creating is not None:
            self._creating.number = number
            self._open[self._creating.service, number] = self._creating
            self._creating = None

    def about(self, answer: Answer, number: str | None, asked: Link | None) -> Link | None:
        """The conversation that an answer is about: by its number and service; ``asked`` is that of the command it answers."""
        if number is not None:
            others = [asked.service if asked else "", self.last.service if self.last else "", "socket"]
            for service in [answer.service] if answer.service else others:
                if (service, number) in self._open:
                    return self._open[service, number]
            if answer.service or answer.means is Means.RECEIVED:
                return None
        if answer.service:
            return self.latest(answer.service)
        return asked if asked is not None and (asked.units or asked.tried) else self.last

    def proven(self, answer: Answer, number: str | None, span: Span) -> None:
        """A result without a command: the module's side alone was tapped, and whither and what is not in the log."""
        link = Link(answer.service or "socket", number or "", tried=[(span, Level.ACCEPTED)])
        self._begin(link)


def _end(found: dict[str, Value]) -> tuple[str, int, str]:
    """Host, port and path that parameters tell."""
    host = found["host"].text if "host" in found else ""
    port = int(found["port"].text) if "port" in found else 0
    path = found["query"].text if "query" in found else ""
    end = read_url(found["url"].text) if "url" in found else read_end(found["end"].text) if "end" in found else None
    if end is not None:
        host, port, path = end.host, end.port or port, end.path or path
    if "phone" in found:
        host = phone_of(found["phone"].text)
    return host.lower(), port, path


def raise_level(link: Link, level: Level, span: Span) -> None:
    """Note a result: of the last send, of all that left with it, and of a whole stream when its peer was heard."""
    if link.sends:
        heard = link.service in _STREAMS and level in (Level.ACKNOWLEDGED, Level.ANSWERED)
        for unit in link.since(level) if heard else link.together(link.sends[-1]):
            unit.level = unit.level.raised(level)
        return
    if link.tried:
        place, before = link.tried[-1]
        link.tried[-1] = place, before.raised(level)
    elif level is not Level.FAILED:
        link.tried.append((span, level))


def answered(link: Link, span: Span) -> None:
    """Something came back: all that was sent until now is answered."""
    for unit in link.since(Level.ANSWERED):
        unit.level = unit.level.raised(Level.ANSWERED)
    if link.tried and not link.sends and link.tried[-1][1] is not Level.FAILED:
        raise_level(link, Level.ANSWERED, span)
