"""Plain text: lines of names and values, tables with a header, shapes, runs of text inside binary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from iotwatch.decode.expression import Expression
from iotwatch.decode.generic.hints import worth, worthy_lines
from iotwatch.decode.generic.names import LATITUDE, LONGITUDE, read_name
from iotwatch.decode.generic.shape import LINE_BYTES, shapes
from iotwatch.decode.generic.tree.node import OBJECT, TEXT, Node
from iotwatch.decode.generic.tree.pairs_text import read_pairs
from iotwatch.decode.generic.tree.records import row_of
from iotwatch.decode.message import Fix, Message
from iotwatch.errors import LimitReached
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream

MAX_ROWS = 100_000
_LINE = regex(rb"[^\r\n\x00]+")
_RUN = Expression(rb"[\t\x20-\x7e]{24,}")
_WORD_ROW = regex(rb"[\w \"'.\-/()\x80-\xff]{1,40}(?:[,;\t][\w \"'.\-/()\x80-\xff]{0,40}){1,63}$")


def read(data: bytes, start: int, end: int) -> Iterator[tuple[str, Node]]:
    """The trees of a text: each line that is worth it, or the table that a header of column names begins."""
    first = _LINE.search(data, start, end)
    header = _header(first[0]) if first is not None else None
    if header is None:
        for low, high in worthy_lines(data, start, end):
            yield "text", read_pairs(data, low, min(high, low + LINE_BYTES))
        return
    names, splitter = header
    if names and first is not None:
        lines = islice(_LINE.finditer(data, first.end(), end), MAX_ROWS)
        rows = [_row(data, line.start(), min(line.end(), line.start() + LINE_BYTES), names, splitter) for line in lines]
        yield "csv", Node("", OBJECT, start, end, children=rows)
        if len(rows) >= MAX_ROWS:
            raise LimitReached(f"of a table the first {MAX_ROWS} rows were read")


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
    for spans in islice(_RUN.each(stream.data, start, end), MAX_ROWS):
        low, high = spans[0][0], min(spans[0][1], spans[0][0] + LINE_BYTES)
        if worth(stream.data, low, high):
            yield from by_shape(stream, low, high)


def by_shape(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """One message for each shape of a line: they may differ in how sure they are."""
    for one in shapes(stream.data, start, end):
        fix = Fix(one.degrees.latitude, one.degrees.longitude, one.span, one.time)
        yield Message(
            protocol="text",
            stream=stream,
            span=one.span,
            time=one.time if one.time is not None else stream.time_at(one.span[0]),
            fields={"purpose": one.purpose} if one.purpose else {},
            fixes=(fix,),
            confidence=min(one.confidence, Confidence.LIKELY),
            generic=True,
            doubts=one.doubts,
        )
