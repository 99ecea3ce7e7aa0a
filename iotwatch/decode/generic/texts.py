"""Plain text: lines of names and values, tables with a header, shapes, runs of text inside binary."""

from __future__ import annotations

import re
from collections.abc import Iterator

from iotwatch.decode.generic.hints import worth
from iotwatch.decode.generic.names import LATITUDE, LONGITUDE, read_name
from iotwatch.decode.generic.places import places
from iotwatch.decode.generic.radio import radio
from iotwatch.decode.generic.shape import LINE_BYTES, Shape, shapes
from iotwatch.decode.generic.tree.node import OBJECT, TEXT, Node
from iotwatch.decode.generic.tree.pairs_text import read_pairs
from iotwatch.decode.generic.tree.records import row_of
from iotwatch.decode.message import Fix, Message
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream

MAX_LINES = 100_000
NEAR = 0.2
"""Degrees within which pairs of the lines around repeat each other."""
REPEATED = "like pairs stand in other lines"
_LINE = re.compile(rb"[^\r\n\x00]+")
_RUN = re.compile(rb"[\t\x20-\x7e]{24,4096}")
_WORD_ROW = re.compile(rb"[\w \"'.\-/()\x80-\xff]{1,40}(?:[,;\t][\w \"'.\-/()\x80-\xff]{0,40}){1,63}$")

Part = tuple[str, Node | None, list[Shape]]


def read(data: bytes, start: int, end: int) -> Iterator[Part]:
    """What each line states: the format's name, a tree of named values or nothing, shapes or nothing."""
    header: list[str] = []
    splitter = b","
    table: Node | None = None
    for number, match in enumerate(_LINE.finditer(data, start, end)):
        if number >= MAX_LINES:
            break
        low, high = match.start(), min(match.end(), match.start() + LINE_BYTES)
        if number == 0 and (found := _header(match[0])):
            header, splitter = found
            table = Node("", OBJECT, start, end)
            continue
        if table is not None:
            if header:
                table.children.append(_row(data, low, high, header, splitter))
            continue
        if not worth(data, low, high):
            continue
        root = read_pairs(data, low, high)
        if len(root.children) and (next(places(root), None) is not None or radio(root)):
            yield "text", root, []
        elif found_shapes := list(shapes(data, low, high)):
            yield "text", None, found_shapes
    if table is not None and header and table.children:
        yield "csv", table, []


def _header(line: bytes) -> tuple[list[str], bytes] | None:
    """Column names and separator of a first line of words without numbers; no names when they speak of no place."""
    text = line.strip()
    if not _WORD_ROW.match(text) or re.search(rb"(?:^|[,;\t])\s{0,4}-?\d", text):
        return None
    splitter = max((b",", b";", b"\t"), key=text.count)
    names = [cell.strip().strip(b"\"'").decode("utf-8", "replace") for cell in text.split(splitter)]
    if len(names) < 2 or any(not name for name in names[:2]):
        return None
    roles = {name.role for one in names if (name := read_name(one)) is not None}
    return (names, splitter) if {LATITUDE, LONGITUDE} <= roles else ([], splitter)


def _row(data: bytes, start: int, end: int, header: list[str], splitter: bytes) -> Node:
    cells, at = [], start
    for cell in data[start:end].split(splitter)[: len(header)]:
        text = cell.strip().strip(b"\"'").decode("utf-8", "replace")
        cells.append(Node("", TEXT, at, at + len(cell), text, inner=(at, at + len(cell))))
        at += len(cell) + 1
    return row_of(header, cells, start, end)


def runs(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Places in runs of printable text inside binary data."""
    for match in _RUN.finditer(stream.data, start, end):
        if worth(stream.data, *match.span()) and (found := list(shapes(stream.data, *match.span()))):
            yield from messages(stream, "text", found)


def messages(stream: Stream, protocol: str, found: list[Shape]) -> Iterator[Message]:
    """One message for each shape: they may differ in how sure they are."""
    for one in found:
        fix = Fix(one.degrees.latitude, one.degrees.longitude, one.span, one.time)
        yield Message(
            protocol=protocol,
            stream=stream,
            span=one.span,
            time=one.time if one.time is not None else stream.time_at(one.span[0]),
            fields={"purpose": one.purpose} if one.purpose else {},
            fixes=(fix,),
            confidence=min(one.confidence, Confidence.LIKELY),
            generic=True,
            doubts=one.doubts,
        )
