"""A statement is a word and its values: decisions read the word, people read the sentence that is made of both.

A vocabulary is an enum whose members are ``Sentence`` values; calling a member states it::

    class Doubt(Word):
        LOCAL_FAR_END = Sentence("far end is on the local network")
        FIXES_LEFT_OUT = Sentence("{n} fix is left out", "{n} fixes are left out")

    Doubt.FIXES_LEFT_OUT(n=2).text == "2 fixes are left out"
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

import msgspec

Value = str | int | float


class Sentence(NamedTuple):
    """A sentence in ``str.format`` form, and its plural where the value ``n`` is not 1."""

    one: str
    many: str = ""


class Word(Enum):
    """Base of every vocabulary of sentences; two members may share a sentence and stay two words."""

    def __init__(self, one: str, many: str = "") -> None:
        self.one = one
        self.many = many

    def __new__(cls, *_: object) -> Word:  # the sentence is kept by __init__
        word = object.__new__(cls)
        word._value_ = len(cls.__members__)
        return word

    def __call__(self, **values: Value) -> Said:
        return Said(self, tuple(values.items()))


class Said(msgspec.Struct, frozen=True):
    """A word with the values of its sentence, by name and in the order in which they were given."""

    word: Word
    values: tuple[tuple[str, Value], ...] = ()

    @property
    def text(self) -> str:
        """The sentence with its values."""
        values = dict(self.values)
        form = self.word.many if self.word.many and values.get("n") != 1 else self.word.one
        return form.format(**values)

    def __str__(self) -> str:
        return self.text


def packed(said: Said) -> list[object]:
    """What is stored of a statement: the word's name and its values, never the sentence."""
    return [said.word.name, dict(said.values)]


def unpacked(vocabulary: type[Word], stored: object) -> Said:
    """The statement that ``packed`` stored; ``ValueError`` for what ``vocabulary`` does not know or what is no such pair."""
    if not (
        isinstance(stored, list) and len(stored) == 2 and isinstance(stored[0], str) and isinstance(stored[1], dict)
    ):
        raise ValueError(f"no statement of {vocabulary.__name__}: {stored!r:.80}")
    name, values = stored
    try:
        word = vocabulary[name]
    except KeyError:
        raise ValueError(f"{vocabulary.__name__} has no word {name[:80]!r}") from None
    if not all(isinstance(key, str) and isinstance(value, str | int | float) for key, value in values.items()):
        raise ValueError(f"{name} is stated with values that are neither text nor numbers")
    said = word(**values)
    try:
        said.text  # noqa: B018  a value that its sentence needs may be missing
    except (KeyError, IndexError, ValueError, AttributeError, TypeError) as error:
        raise ValueError(f"{name} does not fit its values") from error
    return said
