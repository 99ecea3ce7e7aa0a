"""A dialect file begun for a message that only a known place explains: what is known of its layout, with messages as examples.

It is a beginning: an analyst names the sender, the clock and where a message ends. Words: ``decode/trackers/engine``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.patterns import regex

_LEAST_ANCHOR, _MOST_ANCHOR = 1, 6
_HALVES = (("latitude", "lat", "ns", "NS"), ("longitude", "lon", "ew", "EW"))
_LETTER = regex(r"(,?)([NSEW])(?![A-Za-z])")
_DIGITS = regex(r"\d+")


class Told(msgspec.Struct, frozen=True):
    """One message: its first bytes, the place that it states (degrees), and what the observer wrote of where that stands."""

    message: bytes
    latitude: float
    longitude: float
    facts: dict[str, Any]


def draft(told: Sequence[Told], transport: str) -> list[str]:
    """The lines of a TOML file for the messages of one layout, the first of them the one that is described."""
    one = told[0]
    form = _text(one) if str(one.facts["encoding"]).startswith(("text", "hex")) else _frame(told)
    head = [
        f'name = "unknown-{one.message[:2].hex()}"',
        'title = "not known: begun for a known place"',
        f'sources = ["{len(told)} message(s) with a known place, written as {one.facts["encoding"]}"]',
        f'transport = "{transport or "tcp"}"',
    ]
    return [*head, *form, *(line for example in told for line in _example(example))]


def _example(one: Told) -> Iterator[str]:
    yield from ("", "[[example]]", f'hex = "{one.message.hex()}"', 'carries = "position"')
    yield from (f"latitude = {one.latitude:.7f}", f"longitude = {one.longitude:.7f}")


def _frame(told: Sequence[Told]) -> Iterator[str]:
    """A frame of which two numbers are known, and the bytes that all messages begin with."""
    one = told[0]
    begin = _common([message.message for message in told])[:_MOST_ANCHOR]
    anchor = "".join(f"\\x{byte:02x}" for byte in begin) if len(told) > 1 and len(begin) >= _LEAST_ANCHOR else "."
    yield f"anchors = ['{anchor}']"
    yield from ("", "[[size]]", "all = true  # where a message ends is not known", "", "[layout]", "frame = '''")
    for name, *_ in sorted(_HALVES, key=lambda half: int(one.facts[f"{half[0]}_at"])):
        field = one.facts.get(f"{name}_field")
        if not field:
            yield f"# no word for it: {name}, {one.facts[f'{name}_bytes']} bytes from byte {one.facts[f'{name}_at']}"
            continue
        yield f"at {one.facts[f'{name}_at']}"
        lines = str(field).split("\n")
        if one.facts.get(f"{name}_sign"):
            lines[-1] += " neg  # the hemisphere stands elsewhere"
        yield from lines
    yield from ("fix", "'''")


def _common(messages: Sequence[bytes]) -> bytes:
    first, last = min(messages), max(messages)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length]


def _text(one: Told) -> Iterator[str]:
    """An expression made of the message: digits stand for digits, all else for itself."""
    text = one.message.decode("latin-1")
    at, parts = 0, list[str]()
    for name, _, letter, letters in sorted(_HALVES, key=lambda half: int(one.facts[f"{half[0]}_at"])):
        start = int(one.facts[f"{name}_at"])
        parts.append(_loose(text[at:start]))
        at = start + int(one.facts[f"{name}_bytes"])
        parts.append(str(one.facts.get(f"{name}_field") or r"[\d.,:]+"))
        found = _LETTER.match(text, at)
        if found is not None and found[2] in letters:
            parts.append(f"{found[1]}(?P<{letter}>[{letters}])")
            at = found.end()
    head = _loose(text[: min(len(text), _MOST_ANCHOR)])
    yield f"anchors = {json.dumps([head])}"
    yield from ("", "[[pattern]]", 'carries = "position"', "regex = " + json.dumps("".join(parts)))


def _loose(text: str) -> str:
    made, at = "", 0
    for digits in _DIGITS.finditer(text):
        made += _escaped(text[at : digits.start()]) + r"\d+"
        at = digits.end()
    return made + _escaped(text[at:])


def _escaped(text: str) -> str:
    return "".join(one if one.isalnum() or one in ",;:" else f"\\x{ord(one):02x}" for one in text)
