"""What makers' modules understand and answer about sockets: one TOML file a family in ``makers/``, read into these tables.

A command's ``form`` names its parameters in order, each with a check of its own (``parameters``); of the entries of one name the
first whose form fits is meant. An answer is a pattern with named groups: ``id``, ``length``, ``data``, ``hex``, ``host``, ``port``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path

import msgspec

from iotwatch.files.toml import parsed
from iotwatch.patterns import regex
from iotwatch.words.sending import Level


class Does(StrEnum):
    """What a command does."""

    OPEN = "open"
    """Opens a conversation with a far end, or names the far end of one."""
    CREATE = "create"
    """Makes a conversation whose number the answer tells."""
    SEND = "send"
    URL = "url"
    TOPIC = "topic"
    BODY = "body"
    """Hands over what a later ``action`` sends."""
    ACTION = "action"
    CLOSE = "close"
    ASK = "ask"
    DIAL = "dial"
    SET = "set"
    """Sets the name ``flag`` to the parameter ``value``."""


class Means(StrEnum):
    """What an answer means beside the levels of success."""

    ASSIGNED = "assigned"
    """The number of what was created."""
    OPENED = "opened"
    REFUSED = "refused"
    CLOSED = "closed"
    RECEIVED = "received"
    """What follows, or stands in it, came from the far end."""
    ACCEPTED = "accepted"
    ACKNOWLEDGED = "acknowledged"
    ANSWERED = "answered"
    FAILED = "failed"


LEVELS = {
    Means.ACCEPTED: Level.ACCEPTED,
    Means.ACKNOWLEDGED: Level.ACKNOWLEDGED,
    Means.ANSWERED: Level.ANSWERED,
    Means.FAILED: Level.FAILED,
}


_TRYING = frozenset({Does.OPEN, Does.URL, Does.SEND, Does.ACTION, Does.DIAL})


class Command(msgspec.Struct, frozen=True):
    """One form of one command. ``service`` keeps numbers of sockets, brokers and requests apart; ``transport`` is its own.

    ``prompt`` is the pattern that asks for the bytes; ``ok`` what a bare OK means for it; ``hex`` says that the bytes are
    written as hex digits (``always``, or ``length``: when there are twice as many as the length says); ``escapes`` how
    quotes stand inside quotes. ``when`` is a flag with its value that must be set (``name=value``).
    """

    name: str
    does: Does
    form: str = ""
    service: str = "socket"
    transport: str = ""
    prompt: str = ">"
    ok: str = ""
    hex: str = ""
    escapes: str = ""
    online: bool = False
    when: str = ""
    flag: str = ""

    @property
    def parameters(self) -> list[str]:
        return self.form.split()

    @property
    def asks(self) -> re.Pattern[bytes]:
        """The prompt's pattern."""
        return _compiled(f"(?:MODEM )?(?:{self.prompt})")


class Answer(msgspec.Struct, frozen=True):
    """One answer or report; ``after`` names the commands behind which alone it means this."""

    pattern: str
    means: Means
    service: str = ""
    after: list[str] = []

    @property
    def compiled(self) -> re.Pattern[bytes]:
        return _compiled(self.pattern)


class Maker(msgspec.Struct, frozen=True):
    """One family of modules. ``wifi`` are patterns of rows that only a module of Wi-Fi says or is told."""

    title: str
    sources: list[str]
    command: list[Command] = []
    answer: list[Answer] = []
    wifi: list[str] = []


_MACROS = {
    "{id}": r"(?P<id>\d{1,3})",
    "{length}": r"(?P<length>\d{1,7})",
    "{n}": r"-?\d{1,10}",
    "{hex}": r'"?(?P<hex>[0-9A-Fa-f]{2,8192})"?',
    "{text}": r'"[^"]{0,512}"',
    "{host}": r'"?(?P<host>[0-9A-Za-z.:_-]{1,253})"?',
    "{port}": r'"?(?P<port>\d{1,5})"?',
}


_GROUP = regex(r"\(\?P<\w+>")


def _spelt_out(pattern: str) -> str:
    for macro, meaning in _MACROS.items():
        pattern = pattern.replace(macro, meaning)
    return pattern


@cache
def _compiled(pattern: str) -> re.Pattern[bytes]:
    return re.compile(_spelt_out(pattern).encode("latin-1"))


@cache
def makers() -> tuple[Maker, ...]:
    """All families, ``common`` last: what several makers say counts when no family of the dialogue says it otherwise."""
    folder = Path(__file__).with_name("makers")
    files = sorted(folder.glob("*.toml"), key=lambda file: (file.stem == "common", file.stem))
    return tuple(msgspec.convert(said, Maker, str_keys=True) for said in parsed(folder, files))


@cache
def commands() -> dict[str, list[tuple[int, Command]]]:
    """The forms of each command by its name, with the number of their maker."""
    found: dict[str, list[tuple[int, Command]]] = defaultdict(list)
    for number, maker in enumerate(makers()):
        for one in maker.command:
            found[one.name].append((number, one))
    return dict(found)


def answers(families: Sequence[int]) -> list[Answer]:
    """The answers of some families, in their order."""
    return [answer for number in families for answer in makers()[number].answer]


@cache
def any_answer() -> re.Pattern[bytes]:
    """What an answer of any family begins with: most rows are none, and are asked once instead of for each."""
    patterns = {_GROUP.sub("(?:", _spelt_out(answer.pattern)) for maker in makers() for answer in maker.answer}
    return re.compile("|".join(f"(?:{one})" for one in sorted(patterns)).encode("latin-1"))


@cache
def wifi() -> re.Pattern[bytes]:
    """What only a module of Wi-Fi says or is told, at the begin of a row."""
    signs = "|".join(one for maker in makers() for one in maker.wifi)
    return re.compile(rf"(?:^|(?<=[\r\n]))(?:{signs})".encode())


@cache
def sign() -> re.Pattern[bytes]:
    """What a log must hold for anything to have been sent, or tried, in it."""
    sending = {one.name for maker in makers() for one in maker.command if one.does in _TRYING}
    names = "|".join(re.escape(name) for name in sorted(sending, key=len, reverse=True))
    return re.compile(rf"(?i:AT(?:{names})(?![A-Z]))|SEND OK|DATA ACCEPT".encode())
