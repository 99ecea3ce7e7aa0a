"""The messages of one conversation that have the same shape, so that a field of one is a field of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iotwatch.patterns import regex

LEAST = 6
"""Messages of one shape that may prove anything."""
MOST = 96
"""Messages of one shape that are compared: of more, as many at even steps."""
LOOKED_AT = 512
"""Bytes of a message that are looked at, from its first."""
_MOST_GROUPS = 4
_HEAD = 2
_PRINTABLE = bytes((9, 10, 13, *range(32, 127)))
_SHARE = 0.6
# Digits within a word are none, but behind the letter of a hemisphere; hex digits stand in eight.
_NUMBER = regex(rb"(?:(?<![0-9A-Za-z])|(?<=[NSEWnsew]))(?:\d+(?:\.\d+)?|[0-9A-Fa-f]{8}(?![0-9A-Za-z]))")
_MOST_NUMBERS = 48


class Said(NamedTuple):
    """The first bytes of a message, when it was sent (microseconds), and its number in the conversation. ``columns``: where its
    numbers begin, in a text."""

    data: bytes
    time: int
    number: int
    columns: tuple[int, ...] = ()


class Alike(NamedTuple):
    """Messages of one shape in the order sent; ``text`` says whether their fields are numbers in text, or bytes at offsets."""

    messages: tuple[Said, ...]
    text: bool

    @property
    def seconds(self) -> list[float]:
        first = self.messages[0].time
        return [(one.time - first) / 1e6 for one in self.messages]


def is_text(data: bytes) -> bool:
    """Whether most bytes are those of a text."""
    return len(data.translate(None, _PRINTABLE)) <= (1 - _SHARE) * len(data)


def alike(messages: Sequence[Said]) -> Iterator[Alike]:
    """The groups of at least ``LEAST`` messages of one shape, those that have the most in common first."""
    texts = [one._replace(columns=_columns(one.data)) for one in messages if is_text(one.data)]
    others = [one for one in messages if not is_text(one.data)]
    for some, text in ((texts, True), (others, False)):
        seen, number = set[tuple[int, ...]](), 0
        for level in range(4):
            groups: dict[object, list[int]] = defaultdict(list)
            for index, one in enumerate(some):
                groups[_shape(one, level, text=text)].append(index)
            for listed in sorted(groups.values(), key=len, reverse=True):
                if len(listed) < LEAST or tuple(listed) in seen or number == _MOST_GROUPS:
                    break
                seen.add(tuple(listed))
                number += 1
                yield Alike(tuple(some[index] for index in _thinned(listed)), text)


def _columns(data: bytes) -> tuple[int, ...]:
    return tuple(found.start() for found in _NUMBER.finditer(data))[:_MOST_NUMBERS]


def _shape(one: Said, level: int, *, text: bool) -> object:
    """What messages have in common: their size and their head, one of them, or nothing."""
    size = len(one.columns) if text else len(one.data)
    return ((size, one.data[:_HEAD]), size, one.data[:_HEAD], None)[level]


def _thinned(listed: list[int]) -> list[int]:
    if len(listed) <= MOST:
        return listed
    return [listed[number * (len(listed) - 1) // (MOST - 1)] for number in range(MOST)]
