"""Blanks other people in what a unit kept: paired phones, contacts, calls, messages, and names beside a place.

They are bystanders: how many entries are about them is told, and nothing of them is read further. What is blanked keeps its length,
so every other byte stands where it stood. Entries are JSON lines (the tables of a database among them), JSON objects, rows of CSV,
tags of XML, vCards (RFC 6350), and what BlueZ and Android keep of paired phones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from iotwatch.files.beside import beside
from iotwatch.files.limits import OUTPUT_LIMIT
from iotwatch.patterns import regex


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: frozenset[str]
    about: frozenset[str]
    label: frozenset[str]
    number: frozenset[str]
    beside_number: frozenset[str]


STEP = "people"
_NAMES = beside(__file__, _Names)
_HEAD = 4096
_PLACE = regex(rb"(?i)lat(?:itude)?[^a-z][\s\S]{0,400}?l(?:on|ng|ong)(?:itude)?[^a-z]")
_PHONE = regex(rb"\+?[0-9][0-9 ()/-]{5,22}")
_MAC = regex(rb"(?i)[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_STRING = regex(rb'"((?:[^"\\]++|\\.)*+)"?')
_ESCAPED = regex(rb'\\"((?:[^"\\]++|\\\\(?:\\["\\]|[^"\\]))*+)(?:\\")?')
_COLON = regex(rb"\s{0,8}:\s{0,8}")
_NUMBER = regex(rb"-?[0-9]{1,40}(?![0-9.eE])")
_OBJECT = regex(rb"\{[^{}]*+\}")
_TAG = regex(rb"<[A-Za-z][^<>]*+>")
_ATTRIBUTE = regex(rb"([A-Za-z_][A-Za-z0-9_.:-]{0,40})=\"([^\"<>]*+)\"")
_CARD_LINE = regex(rb"(?im)^([A-Z0-9.-]{1,40})[;:]([^\r\n]*+(?:\r?\n[ \t][^\r\n]*+)*+)")
_SETTING = regex(rb"(?m)^[A-Za-z]{1,40} ?=([^\r\n]*+)")
_CELL = regex(rb'(?m)(?:^|(?<=[,;\t|]))(?:"([^"]*+)"|([^,;\t|"\r\n]*+))')
_KEPT_IN_CARDS = frozenset({b"BEGIN", b"VERSION"})
_PHONES = (b"[LinkKey]", b"[LongTermKey]", b"[IdentityResolvingKey]", b"\nLinkKey = ", b"\nDevClass = ")


class _Pair(NamedTuple):
    """A name and where its value stands; ``bare`` is a number without quotes."""

    name: str
    start: int
    end: int
    bare: bool = False


def without_people(data: bytes, argument: str = "", limit: int = OUTPUT_LIMIT) -> bytes:  # noqa: ARG001
    """The step: ``data`` with other people blanked."""
    return blanked(data)[0]


def blanked(data: bytes) -> tuple[bytes, int]:
    """``data`` with other people blanked, and how many entries were about them or named one."""
    out, count = bytearray(data), 0
    for spans in _reader(data)(data):
        count += 1
        for start, end, bare in spans:
            # JSON takes spaces before a number.
            out[start:end] = b"0".rjust(end - start) if bare else b" " * (end - start)
    return bytes(out), count


_Spans = list[tuple[int, int, bool]]
_Reader = Callable[[bytes], Iterator[_Spans]]


def _reader(data: bytes) -> _Reader:
    head = data[:_HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head[:11].upper() == b"BEGIN:VCARD":
        return _cards
    if any(mark in data[: _HEAD * 4] for mark in _PHONES):
        return _paired
    if head[:1] == b"<":
        return _tags
    if head[:1] in (b"{", b"["):
        return _objects
    return _rows


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "ignore").lower().translate(_IGNORED)


_IGNORED = str.maketrans("", "", "_-. ")


def _entry(data: bytes, pairs: list[_Pair], *, placed: bool, table: bool) -> _Spans:
    """What goes of one entry: all of it, where it is about a person and holds no place."""
    names = {pair.name for pair in pairs}
    person = bool(names & _NAMES.person) or any(_of_person(data, pair, names) for pair in pairs)
    if person and not placed:
        return _spans(pairs)
    told = (
        _NAMES.person | (_NAMES.about if table or placed else frozenset()) | (_NAMES.number if person else frozenset())
    )
    if not names & told:
        return []
    return _spans([pair for pair in pairs if pair.name in told or pair.name in _NAMES.label])


def _of_person(data: bytes, pair: _Pair, names: set[str]) -> bool:
    """Whether a value is a phone's number or the address of a paired phone."""
    value = data[pair.start : pair.end]
    if pair.name in _NAMES.number and _PHONE.fullmatch(value) is not None:
        return bool(names & _NAMES.beside_number)
    return "name" in names and _MAC.fullmatch(value) is not None


def _spans(pairs: list[_Pair]) -> _Spans:
    return [(pair.start, pair.end, pair.bare) for pair in pairs if pair.end > pair.start]


def _objects(data: bytes) -> Iterator[_Spans]:
    """JSON: a line that is one object is an entry; elsewhere each innermost object."""
    first = data[: data.find(b"\n") + 1 or len(data)].strip()
    table = first.startswith(b"{") and first.endswith(b"}")
    entries = _lines(data) if table else (found.span() for found in _OBJECT.finditer(data))
    for start, end in entries:
        placed = _PLACE.search(data, start, end) is not None
        if spans := _entry(data, list(_pairs(data, start, end)), placed=placed, table=table):
            yield spans


def _lines(data: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start < len(data):
        end = data.find(b"\n", start)
        end = len(data) if end < 0 else end
        yield start, end
        start = end + 1


def _pairs(data: bytes, start: int, end: int, *, inside: bool = False) -> Iterator[_Pair]:
    """Names and values of JSON; those inside a string that holds JSON itself too."""
    string = _ESCAPED if inside else _STRING
    name = None
    for found in string.finditer(data, start, end):
        if name is not None and found.start() == name[1]:
            yield _Pair(name[0], *found.span(1))
            name = None
            if not inside and data.find(b'\\"', *found.span(1)) >= 0:
                yield from _pairs(data, *found.span(1), inside=True)
            continue
        colon = _COLON.match(data, found.end(), end)
        name = None if colon is None else (_name(found[1]), colon.end())
        if name is not None and (number := _NUMBER.match(data, name[1], end)) is not None:
            yield _Pair(name[0], *number.span(), bare=True)


def _tags(data: bytes) -> Iterator[_Spans]:
    for tag in _TAG.finditer(data):
        pairs = [_Pair(_name(one[1]), *one.span(2)) for one in _ATTRIBUTE.finditer(data, *tag.span())]
        if spans := _entry(data, pairs, placed=_PLACE.search(tag[0]) is not None, table=False):
            yield spans


def _cards(data: bytes) -> Iterator[_Spans]:
    spans = _Spans()
    for line in _CARD_LINE.finditer(data):
        if line[1].upper() == b"END":
            yield spans
            spans = []
        elif line[1].upper() not in _KEPT_IN_CARDS:
            spans.append((*line.span(2), False))
    if spans:
        yield spans


def _paired(data: bytes) -> Iterator[_Spans]:
    """What BlueZ keeps of one device (doc/settings-storage.txt), and Android of all in sections: name, keys, what it can do."""
    spans = [(*one.span(1), False) for one in _SETTING.finditer(data)]
    yield spans
    for _ in range(data.count(b"\nLinkKey = ") - 1):
        yield []


def _rows(data: bytes) -> Iterator[_Spans]:
    """CSV whose first row names the columns."""
    lines = _lines(data)
    start, end = next(lines, (0, 0))
    names = [_name(data[slice(*cell)]) for cell in _cells(data, start, end)]
    if len(names) < 2 or not {*names} & (_NAMES.person | _NAMES.about | _NAMES.number):
        return
    placed = _PLACE.search(data, start, end + 1) is not None
    for start, end in lines:
        pairs = [_Pair(name, *cell) for name, cell in zip(names, _cells(data, start, end), strict=False)]
        if spans := _entry(data, pairs, placed=placed, table=True):
            yield spans


def _cells(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    return [one.span(1) if one[1] is not None else one.span(2) for one in _CELL.finditer(data, start, end)]
