"""What routers and hosts print of their modem as names and values: netsh, RouterOS, Cisco IOS, RUTOS, oFono, tools of OpenWrt.

A form is told by its sign, a name that it alone has; its names and what they mean are in ``status.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Literal

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


_SHAPES = {
    "line": _LINE,
    "json": regex(r"\"(?P<key>[\w-]{2,40})\"\s{0,4}:\s{0,8}\"(?P<value>[^\"\r\n]{1,120})\""),
    # What was asked, or is told, and the line below it.
    "below": regex(
        r"(?P<key>\bgsmctl -[A-Za-z]\b|--get-[a-z]{3,8}\b|original firmware revision is:)[^\r\n]{0,60}\r?\n[ \t]{0,40}\"?"
        r"(?P<value>[^\"\r\n]{1,120}?)\"?[ \t]{0,8}\r?$",
        re.MULTILINE,
    ),
}
"""How a name and its value stand to each other."""


class _Form(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    source: str
    sign: str
    keys: dict[str, str]
    shape: Literal["line", "json", "below"] = "line"


class _Forms(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    form: tuple[_Form, ...]


_FORMS = tuple((re2.compile(f"(?m){one.sign}"), one) for one in beside(__file__, _Forms).form)


def statements(text: str) -> Iterator[Trait]:
    """What the lines of each form that the text holds say of a modem; of at most 4,096 names of each."""
    for form in _held(text):
        for found in _names(form, text):
            meaning = form.keys.get(found["key"])
            if meaning:
                yield from modem.told(meaning, found["value"], found.span("value"))


def covered(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines of a text that holds one of the forms."""
    for form in _held(text):
        for found in _names(form, text):
            yield found.span()


def _names(form: _Form, text: str) -> Iterator[re.Match[str]]:
    return islice(_SHAPES[form.shape].finditer(text), MOST)


def _held(text: str) -> Iterator[_Form]:
    for sign, form in _FORMS:
        if sign.search(text):
            yield form
