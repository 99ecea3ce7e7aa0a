"""What modules send by their own sockets: the payloads in AT dialogues, their far ends, and how far they are known to have gone.

``makers/*.toml`` say what each family of modules understands and answers; the wire is the log without what a logger put around
it; a session reads the wire into conversations, and these are read on like any other traffic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from iotwatch.decode.at.network import server
from iotwatch.decode.at.sockets import tables
from iotwatch.decode.at.sockets.conversation import Link
from iotwatch.decode.at.sockets.dialled import dialled_message
from iotwatch.decode.at.sockets.links import MAX_LINKS
from iotwatch.decode.at.sockets.parts import conversation
from iotwatch.decode.at.sockets.session import Session, sends
from iotwatch.decode.at.sockets.wire import MAX_ROWS, Wire, wires
from iotwatch.decode.message import Message, Trait
from iotwatch.errors import LimitReached
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream, from_bytes
from iotwatch.words.kinds import Kind
from iotwatch.words.sending import Level

# Numbers, lengths and texts as a manual or a program's source writes them: such a text describes dialogues.
_DESCRIBED = regex(
    rb"(?i:AT)[+^#$*%][A-Za-z]{2,20}=[^\r\n]{0,200}?"
    rb"(?:<(?:n|id|cid|len|length|size|index|mode|data|msg|text|socket|link)[ _a-z]{0,12}>"
    rb"|%[0-9]{0,2}[dsuz]|\{[a-z_]{0,20}\}|YOUR[_-])"
)


def is_described(data: bytes) -> bool:
    """Whether a text writes about commands: with names for the numbers in them."""
    return _DESCRIBED.search(data) is not None


def speaks(data: bytes, is_dialogue: Callable[[bytes], bool]) -> bool:
    """Whether a log's wire is a dialogue, or holds a send to a far end that it names: the host's side alone tells no more."""
    if not tables.sign().search(data) or is_described(data):
        return False
    return any(
        is_dialogue(wire.stream.data) or any(link.host and link.sends for link in Session(wire).read())
        for wire in wires(from_bytes(data, kind="text"))
    )


def messages(log: Stream) -> Iterator[Message]:
    """Each send as an observation of its far end and level, and each conversation as a body to be read on."""
    if not tables.sign().search(log.data) or is_described(log.data):
        return
    over = log.data.count(b"\n") > MAX_ROWS
    for wire in wires(log):
        session = Session(wire)
        links = session.read()
        for link, span, level in sends(links):
            yield _told(log, wire, link, span, level)
        for link in links:
            if link.url is not None and not link.units and not link.tried:
                yield _named(log, wire, link)
            body = conversation(log, wire, link)
            if body is not None:
                span = wire.in_log(*link.units[0].span)
                yield Message("at", log, span, wire.stream.time_at(link.units[0].span[0]), body=body)
        for call in session.calls:
            yield from dialled_message(log, wire, call)
        over = over or len(links) >= MAX_LINKS
    if over:
        raise LimitReached(f"more than {MAX_ROWS} rows, or {MAX_LINKS} connections, of a module's own sockets")


def _named(log: Stream, wire: Wire, link: Link) -> Message:
    """The far end of a URL that was made ready and not asked for."""
    assert link.url is not None  # noqa: S101  it is what was asked for
    place = wire.in_log(*link.url.span)
    traits = (server(link.host, str(link.port or ""), link.service, place),) if link.host else ()
    return Message("at", log, place, wire.stream.time_at(link.url.span[0]), traits=traits)


def _told(log: Stream, wire: Wire, link: Link, span: tuple[int, int], level: Level) -> Message:
    place = wire.in_log(*span)
    end = f"{link.host}:{link.port}" if link.host and link.port else link.host or "a far end that the log does not show"
    facts: dict[str, str | int | bool] = {
        "level": level.value,
        "service": link.service,
        "transport": link.transport,
        "wifi": link.wifi,
    }
    facts |= {key: value for key, value in (("host", link.host), ("port", link.port), ("topic", link.topic)) if value}
    value = f"{link.transport or link.service} to {end}: {level.value}"
    traits = [Trait(Kind.AT_SEND, value, place, facts)]
    if link.host and link.service != "sms":
        traits.append(server(link.host, str(link.port or ""), link.service, place))
    device = wire.stream.context.get("device", "")
    source = log.tagged(device=device) if device else log
    return Message("at", source, place, wire.stream.time_at(span[0]), traits=tuple(traits))
