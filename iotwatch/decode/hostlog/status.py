"""What routers and hosts print of their modem, a name and a value a line: netsh, RouterOS, Cisco IOS, RUTOS, oFono.

A form is told by its sign, a name that it alone has; its names and what they mean are in ``status.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import re2

from iotwatch.decode.hostlog import modem
from iotwatch.decode.message import Trait
from iotwatch.files.beside import beside
from iotwatch.patterns import regex

MOST = 4096
_LINE = regex(
    r"^[ \t>\"]{0,60}(?P<key>[A-Za-z][\w()/. -]{0,59}?)\"?[ \t]{0,40}[:=][ \t]{1,8}\"?"
    r"(?P<value>[^\"\r\n]{1,120}?)\"?,?[ \t]{0,8}\r?$",
    re.MULTILINE,
)


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    source: str
    sign: str
    keys: dict[str, str]


class _Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: tuple[_Form, ...]


_FORMS = tuple((re2.compile(f"(?m){one.sign}"), one.keys) for one in beside(__file__, _Forms).form)


def statements(text: str) -> Iterator[Trait]:
    """What the lines of each form that the text holds say of a modem; of at most 4,096 lines."""
    for keys in _held(text):
        for found, _ in zip(_LINE.finditer(text), range(MOST), strict=False):
            meaning = keys.get(found["key"])
            if meaning:
                yield from modem.told(meaning, found["value"], found.span("value"))


def covered(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines of a text that holds one of the forms."""
    if any(True for _ in _held(text)):
        for found, _ in zip(_LINE.finditer(text), range(MOST), strict=False):
            yield found.span()


def _held(text: str) -> Iterator[dict[str, str]]:
    for sign, keys in _FORMS:
        if sign.search(text):
            yield keys
