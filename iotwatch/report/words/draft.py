"""A dialect file begun for messages that only a place explains: what is known of their layout, with messages as examples.

It is a beginning: an analyst names the sender, the clock and what else is said. Words: ``decode/trackers/engine``.

What one device says always is taken for its protocol's head only as far as a head is long at least: behind it its own number may
stand, which the next device's messages do not have. In texts whatever holds a digit may change.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt

_HEAD, _HEAD_OF_MANY = 2, 6
"""Bytes that a message is known by, when one device was heard and when several were."""
_LETTERS_OF_HEAD = 2
_SHORT = 4  # letters of a word with a digit that may name a protocol: what names a device is longer
_HALVES = (("latitude", "lat", "ns", "NS"), ("longitude", "lon", "ew", "EW"))
_LETTER_BEHIND = regex(r"([\"' ,;*]{0,2})([NSEW])(?![A-Za-z])")
_LETTER_BEFORE = regex(r"(?<![A-Za-z])([NSEW])([\"' ,;:=]{0,2})$")
_TOKEN = regex(r"[0-9A-Za-z]+|[^0-9A-Za-z]")
_LENGTHS = tuple(
    (f"{kind}@{at}", at, width, order)
    for at in range(16)
    for kind, width, order in (("u8", 1, "big"), ("u16", 2, "big"), ("u16_le", 2, "little"))
)
_APART = range(-8, 65)  # how much longer than it says a frame may be: what its length does not count


class Told(msgspec.Struct, frozen=True):
    """One message: its first bytes, the place that it states (degrees), what the observer wrote of where that stands, and who sent
    it. ``whole``: these are all of its bytes."""

    message: bytes
    latitude: float
    longitude: float
    facts: dict[str, Any]
    sender: str = ""
    whole: bool = False

    @property
    def text(self) -> bool:
        return str(self.facts["encoding"]).startswith(("text", "hex"))

    def degrees(self, half: str) -> float:
        return self.latitude if half == "latitude" else self.longitude

    def unsigned(self, half: str) -> bool:
        return bool(self.facts.get(f"{half}_sign"))

    @property
    def line(self) -> Told:
        """The line of a text that tells the place."""
        begin, end = (int(self.facts[f"{name}_at"]) for name in ("latitude", "longitude"))
        start = self.message.rfind(b"\n", 0, min(begin, end)) + 1
        stop = self.message.find(b"\n", max(begin, end)) + 1 or len(self.message)
        facts = self.facts | {f"{name}_at": int(self.facts[f"{name}_at"]) - start for name in ("latitude", "longitude")}
        return msgspec.structs.replace(self, message=self.message[start:stop], facts=facts)


class _Form(NamedTuple):
    """How messages begin (an expression), the lines that say what stands in them, whether their head says something by itself, and
    whether no hemisphere stands in them."""

    anchor: str
    lines: list[str]
    headed: bool
    unsigned: bool


class Draft(NamedTuple):
    """A dialect file: in which folder of ``dialects/`` it belongs, its name and its lines. ``headed``: its messages begin alike."""

    folder: str
    name: str
    lines: list[str]
    headed: bool


def draft(told: Sequence[Told], transport: str, *, proven: bool) -> Draft:
    """The dialect file for the messages of one layout, the first of them the one that is described.

    ``proven``: a known place says where the numbers stand; otherwise that they move does, and the file keeps this doubt.
    """
    told = [one.line if one.text else one for one in told]
    form = _text(told) if told[0].text else _frame(told, transport)
    encoding = told[0].facts["encoding"]
    name = f"learned-{zlib.crc32(f'{encoding} {transport} {form.anchor}'.encode()):08x}"
    doubts = [
        *([] if proven else [ReadingDoubt.BY_MOVEMENT.name]),
        *([ReadingDoubt.NO_HEMISPHERE.name] if form.unsigned else []),
    ]
    sure = [f"doubts = {json.dumps(doubts)}"] if doubts else []
    if not (proven and form.headed):
        sure.append('confidence = "possible"')
    because = "a known place" if proven else "moving as a car does, which is no proof"
    head = [
        f'name = "{name}"',
        f'title = "not known: learned from {because}"',
        f'sources = ["{len(told)} message(s) with {because}, written as {encoding}"]',
        f'transport = "{transport or "tcp"}"',
        f"anchors = ['{form.anchor}']",
        *([] if told[0].text else sure),
    ]
    lines = [*head, *form.lines, *(sure if told[0].text else []), *(line for one in told for line in _example(one))]
    return Draft("text" if told[0].text else "frame", name, lines, form.headed)


def _example(one: Told) -> Iterator[str]:
    yield from ("", "[[example]]", f'hex = "{one.message.hex()}"', 'carries = "position"')
    yield from (f"latitude = {one.latitude:.7f}", f"longitude = {one.longitude:.7f}")


def _in_order(one: Told) -> list[tuple[str, str, str, str]]:
    return sorted(_HALVES, key=lambda half: int(one.facts[f"{half[0]}_at"]))


def _frame(told: Sequence[Told], transport: str) -> _Form:
    """A frame of which two numbers are known, and the bytes that all messages begin with."""
    one = told[0]
    most = _HEAD_OF_MANY if len({other.sender for other in told}) > 1 else _HEAD
    begin = _common([message.message for message in told])[:most] if len(told) > 1 else b""
    anchor = "".join(f"\\x{byte:02x}" for byte in begin) or "."
    lines = ["", "[[size]]", *_size(told, transport), "", "[layout]", "frame = '''"]
    for name, *_ in _in_order(one):
        field = one.facts.get(f"{name}_field")
        if not field:
            lines.append(
                f"# no word for it: {name}, {one.facts[f'{name}_bytes']} bytes from byte {one.facts[f'{name}_at']}"
            )
            continue
        lines.append(f"at {one.facts[f'{name}_at']}")
        steps = str(field).split("\n")
        if one.unsigned(name) and one.degrees(name) < 0:
            steps[-1] += " neg  # the hemisphere stands elsewhere"
        lines += steps
    unsigned = any(one.unsigned(name) for name, *_ in _HALVES)
    return _Form(anchor, [*lines, "fix", "'''"], len(begin) >= _HEAD, unsigned)


def _common(messages: Sequence[bytes]) -> bytes:
    first, last = min(messages), max(messages)
    length = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:length]


def _size(told: Sequence[Told], transport: str) -> list[str]:
    """Where a message ends: a datagram ends with it; in a stream all are as long, or a number in them says how long they are."""
    messages = [one.message for one in told if one.whole]
    sizes = {len(one) for one in messages}
    if transport != "udp" and messages:
        if len(sizes) == 1 and len(messages) > 1:
            return [f"fixed = {len(messages[0])}"]
        places = [int(told[0].facts[f"{name}_at"]) for name, *_ in _HALVES]
        for field, at, width, order in _LENGTHS:
            if len(sizes) < 2 or at + width > min(places):
                continue
            over = {len(one) - int.from_bytes(one[at : at + width], order) for one in messages}  # type: ignore[arg-type]
            if len(over) == 1 and (plus := over.pop()) in _APART:
                return [f'field = "{field}"', f"plus = {plus}"]
    return ["all = true" + ("" if transport == "udp" else "  # where a message ends is not known")]


def _text(told: Sequence[Told]) -> _Form:
    """An expression made of the messages that are built like the first: what differs or holds a digit stands for any such word."""
    one = told[0]
    text = one.message.decode("latin-1")
    at, parts, unsigned = 0, list[str](), False
    for number, (name, _, letter, letters) in enumerate(_in_order(one)):
        start, end = (int(one.facts[f"{name}_at"]), int(one.facts[f"{name}_at"]) + int(one.facts[f"{name}_bytes"]))
        field, sign = str(one.facts.get(f"{name}_field") or r"[\d.,:]+"), ""
        lead = text[at:start]
        before = _LETTER_BEFORE.search(lead)
        behind = _LETTER_BEHIND.match(text, end)
        if lead[-1:] in ("-", "+"):
            lead = lead[:-1]
        elif before is not None and before[1] in letters:
            lead, sign = lead[: before.start()], f"(?P<{letter}>[{letters}]){_escaped(before[2])}"
        elif behind is not None and behind[2] in letters:
            field += f"{_escaped(behind[1])}(?P<{letter}>[{letters}])"
            end = behind.end()
        else:
            unsigned |= one.unsigned(name)
        if f"(?P<{letter}>" not in sign + field:
            field = field.replace(">", ">[-+]?", 1)
        parts += _words(lead, [_lead(other, number) for other in told])
        parts.append(sign + field)
        at = end
    anchor, letters_of_head = _head(parts)
    lines = ["", "[[pattern]]", 'carries = "position"', f"regex = {json.dumps(''.join(parts))}"]
    return _Form(anchor, lines, letters_of_head >= _LETTERS_OF_HEAD, unsigned)


def _lead(one: Told, number: int) -> str:
    """What stands before the first or the second half."""
    text, halves = one.message.decode("latin-1"), _in_order(one)
    begin = int(one.facts[f"{halves[0][0]}_at"]) + int(one.facts[f"{halves[0][0]}_bytes"]) if number else 0
    return text[begin : int(one.facts[f"{halves[number][0]}_at"])]


def _words(lead: str, others: Sequence[str]) -> Iterator[str]:
    """Expressions for the words of ``lead`` one by one."""
    wanted = _TOKEN.findall(lead)
    built = [words for other in others if len(words := _TOKEN.findall(other)) >= len(wanted)]
    for index, word in enumerate(wanted):
        same = all(words[index] == word for words in built)
        if not word[0].isascii() or not word[0].isalnum():
            yield _escaped(word)
        elif same and (word.isalpha() or (word[0].isalpha() and len(word) <= _SHORT)):
            yield word
        elif all(words[index].isdecimal() for words in built):
            yield r"\d+"
        else:
            yield "[0-9A-Za-z]+"


def _head(parts: Sequence[str]) -> tuple[str, int]:
    """The first expressions, as many as say enough, and how many letters they hold."""
    anchor, letters = "", 0
    for part in parts:
        if part.startswith("(?P"):
            break
        anchor += part
        letters += len(part) if part.isalnum() else 0
        if letters >= _LETTERS_OF_HEAD and len(anchor) >= _HEAD_OF_MANY:
            break
    return anchor or r"\d", letters


def _escaped(text: str) -> str:
    return "".join(one if one.isalnum() or one in ",;:" else f"\\x{ord(one):02x}" for one in text)
