"""The layer below the dialects: any payload that nobody claimed, read by the names and shapes that places have.

A hint first (``hints``), then the payload's own form (JSON, query, XML, CBOR, MessagePack, protobuf, text), then places,
cells, access points and identities in it. What is wrapped inside goes back on the worklist as a body.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from iotwatch.decode.expression import Expression
from iotwatch.decode.generic import binary, texts, wrapped
from iotwatch.decode.generic.continuity import along
from iotwatch.decode.generic.hints import worth
from iotwatch.decode.generic.layouts import aprs, broadcast
from iotwatch.decode.generic.layouts.kml import read_kml
from iotwatch.decode.generic.statements import carrier, tell
from iotwatch.decode.generic.tree.json_text import read_json
from iotwatch.decode.generic.tree.markup import read_xml
from iotwatch.decode.generic.tree.node import MAX_NODES, OBJECT, Node
from iotwatch.decode.generic.tree.pairs_text import is_query, read_query
from iotwatch.decode.message import Claim, Message
from iotwatch.decode.units import in_turn, units
from iotwatch.errors import LimitReached
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream

MAX_DOCUMENTS = 20_000
MAX_TOKENS = 1_000_000
"""Of JSON in one unit, all documents together."""
UNIT_BYTES = 16 << 20
_HTML = regex(rb"\s{0,64}(?:<!doctype html|<html|<head|<body|<script)", re.IGNORECASE)
_DOCUMENT = Expression(rb"[{\[]\s{0,8}(?:[\[{\"']|-?\d)")
_CONTROL = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x1b\f\b\x07") + b"\x7f"


class Generic:
    """Places by name and by shape, in whatever form; never more than ``likely``, and each with its doubts."""

    name = "generic"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        if stream.data and not _is_html(stream):
            yield from along(in_turn(_units(stream)), stream.data)


def _units(stream: Stream) -> Iterator[Iterator[Message]]:
    """What each datagram or body says by itself, or the stream as a whole."""
    data = stream.data
    hinted = worth(data)
    cut = False
    for start, end in units(stream):
        cut = cut or end - start > UNIT_BYTES
        end = min(end, start + UNIT_BYTES)
        if hinted and (not stream.datagram or worth(data, start, end)):
            yield _unit(stream, start, end)
        elif _is_binary(data[start : min(end, start + 4096)]):
            yield _binary(stream, start, end, named=False)
        elif (inner := _opened(stream, start, end)) is not None:
            yield iter((inner,))
    if cut:
        raise LimitReached(f"of a unit the first {UNIT_BYTES} bytes were read")


def _is_html(stream: Stream) -> bool:
    return "html" in stream.context.get("content-type", "") or bool(_HTML.match(stream.data[:512]))


def _opened(stream: Stream, start: int, end: int) -> Message | None:
    """A unit that is wrapped as a whole."""
    unit = stream if (start, end) == (0, len(stream.data)) else stream.part(start, end)
    inside = wrapped.opened(unit)
    return carrier(stream, (start, end), inside) if inside is not None else None


def _unit(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """One datagram, body or stream by the form that its first bytes show; a form that says nothing is read as text."""
    data = stream.data
    while start < end and data[start] in b" \t\r\n\xef\xbb\xbf":
        start += 1
    if start >= end:
        return
    if data[start] not in b"{[<" and _is_binary(data[start : min(end, start + 4096)]):
        yield from _binary(stream, start, end)
        return
    spoken = False
    for reader in (_markup, _query, _whole, _aprs, _squitters, _documents_and_lines):
        for message in reader(stream, start, end):
            spoken = True
            yield message
        if spoken:
            return


def _markup(stream: Stream, start: int, end: int) -> Iterator[Message]:
    if stream.data[start] == 0x3C:
        protocol = _protocol_of_xml(stream.data, start, end)
        read = read_kml if protocol == "kml" else read_xml
        yield from tell(stream, protocol, read(stream.data, start, end))


def _query(stream: Stream, start: int, end: int) -> Iterator[Message]:
    if is_query(stream.data, start, end):
        yield from tell(stream, "query", read_query(stream.data, start, end))


def _whole(stream: Stream, start: int, end: int) -> Iterator[Message]:
    inner = _opened(stream, start, end)
    if inner is not None:
        yield inner


def _is_binary(sample: bytes) -> bool:
    if len(sample) - len(sample.translate(None, _CONTROL)) > len(sample) // 32:
        return True
    try:
        sample[:-4].decode("utf-8")  # the last character may be cut
    except UnicodeDecodeError as error:
        return error.start < len(sample) - 8
    return False


def _binary(stream: Stream, start: int, end: int, *, named: bool = True) -> Iterator[Message]:
    """Fixed layouts first; trees and texts inside only where a hint was seen (``named``)."""
    said = False
    for message in binary.messages(stream, start, end):
        said = True
        yield message
    if said:
        return
    if (inner := _opened(stream, start, end)) is not None:
        yield inner
        return
    if not named:
        return
    protocol, root = binary.tree(stream.data, start, end)
    if root is not None:
        yield from tell(stream, protocol, root)
        return
    for message in in_turn(tell(stream, _protocol_of_json(root), root) for root in _roots(stream.data, start, end)):
        said = True
        yield message
    if not said:
        yield from texts.runs(stream, start, end)


def _documents_and_lines(stream: Stream, start: int, end: int) -> Iterator[Message]:
    return in_turn(_each(stream, start, end))


def _each(stream: Stream, start: int, end: int) -> Iterator[Iterator[Message]]:
    """JSON documents, and lines of names and values or shapes outside them."""
    covered: list[tuple[int, int]] = []
    reached: LimitReached | None = None
    try:
        for root in _roots(stream.data, start, end):
            if _is_document(root):
                covered.append((root.start, root.end))
            alone = root.start == start and not stream.data[root.end : root.end + 5].strip() and root.end + 4 >= end
            if alone or worth(stream.data, root.start, root.end):
                yield tell(stream, _protocol_of_json(root), root)
            if alone and covered:
                return
    except LimitReached as limit:
        reached = limit
    for protocol, root in texts.read(stream.data, start, end):
        at = bisect_left(covered, (root.end, 0)) - 1
        if at >= 0 and covered[at][1] > root.start:
            continue
        yield _line(stream, protocol, root)
    if reached is not None:
        raise reached


def _roots(data: bytes, start: int, end: int) -> Iterator[Node]:
    """JSON documents anywhere in the unit: one after the other, one a line, or behind a binary head."""
    at, tokens, cut = start, 0, False
    for _ in range(MAX_DOCUMENTS):
        spans = _DOCUMENT.search(data, at, end)
        if spans is None or tokens > MAX_TOKENS:
            cut = cut or spans is not None
            break
        here = spans[0][0]
        root, at, taken = read_json(data, here, end)
        at, tokens = max(at, here + 1), tokens + taken
        cut = cut or taken > MAX_NODES
        if root is not None:
            yield root
    if cut:
        raise LimitReached(f"of a unit's JSON {tokens} tokens were read")


def _is_document(root: Node) -> bool:
    """Whether brackets hold names and values, and not a tracker's own signs."""
    first = root if root.kind == OBJECT else next((child for child in root.children if child.kind == OBJECT), None)
    return first is not None and any(child.key for child in first.children)


def _line(stream: Stream, protocol: str, root: Node) -> Iterator[Message]:
    """A line's names and values, or a table; a line whose names tell no place is searched for shapes."""
    placed = False
    for message in tell(stream, protocol, root) if root.children else ():
        placed = placed or bool(message.fixes or message.cells or message.access_points)
        yield message
    if protocol == "text" and not placed:
        yield from texts.by_shape(stream, root.start, root.end)


def _aprs(stream: Stream, start: int, end: int) -> Iterator[Message]:
    if stream.data.find(b">", start, end) >= 0 and aprs.LINE.search(stream.data, start, end) is not None:
        yield from aprs.read(stream, start, end)


def _squitters(stream: Stream, start: int, end: int) -> Iterator[Message]:
    if stream.data.find(b"*", start, end) >= 0 and broadcast.SQUITTER.search(stream.data, start, end) is not None:
        yield from broadcast.mode_s(stream, start, end)


def _protocol_of_json(root: Node) -> str:
    kinds = {str(child.value) for child in root.children if child.key == "type"}
    if kinds & {"Feature", "FeatureCollection", "Point", "LineString", "Polygon"}:
        return "geojson"
    first = root.children[0] if root.children else root
    if root.child("bn", "e") or (first.kind == OBJECT and first.child("bn", "n") and first.child("v", "vs", "bn")):
        return "senml"
    return "json"


def _protocol_of_xml(data: bytes, start: int, end: int) -> str:
    head = data[start : min(end, start + 512)]
    return "gpx" if b"<gpx" in head else "kml" if b"<kml" in head else "xml"


GENERIC = Generic()
