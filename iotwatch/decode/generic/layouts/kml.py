"""KML 2.2 and Google's extension of it (OGC 12-007r2): places as ``longitude,latitude[,altitude]``, many in one element.

A track names its times first, one ``when`` an element, and behind them its places, ``longitude latitude altitude``, in the same
order.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, zip_longest

from iotwatch.decode.generic.coordinates import MAX_PLACES
from iotwatch.decode.generic.tree.node import OBJECT, TEXT, Node
from iotwatch.patterns import regex

_NUMBER = rb"[-+]?\d{1,3}(?:\.\d{1,16})?"
_BLOCK = regex(rb"<(?:coordinates|gx:Track)\b[^<>]{0,256}>")
_TUPLE = regex(rb"(" + _NUMBER + rb"),\s{0,4}(" + _NUMBER + rb")(?:,[-+\d.]{1,24})?(?![\d.,])")
_COORD = regex(rb"<gx:coord>\s{0,8}(" + _NUMBER + rb")\s{1,8}(" + _NUMBER + rb")")
_WHEN = regex(rb"<when>\s{0,8}([0-9T:.Z+-]{10,40})")


def read_kml(data: bytes, start: int, end: int) -> Node:
    """All places, each an object of its own with ``longitude``, ``latitude`` and, in a track, ``time``."""
    root = Node("", OBJECT, start, end)
    at = start
    while len(root.children) < MAX_PLACES and (block := _BLOCK.search(data, at, end)) is not None:
        track = block[0].startswith(b"<gx")
        close = data.find(b"</gx:Track" if track else b"</coordinates", block.end(), end)
        at = close if close >= 0 else end
        found = _track(data, block.end(), at) if track else _list(data, block.end(), at)
        root.children.extend(islice(found, MAX_PLACES - len(root.children)))
    return root


def _list(data: bytes, start: int, end: int) -> Iterator[Node]:
    for one in _TUPLE.finditer(data, start, end):
        yield _place([_leaf("longitude", data, one.span(1)), _leaf("latitude", data, one.span(2))])


def _track(data: bytes, start: int, end: int) -> Iterator[Node]:
    for place, when in zip_longest(
        _COORD.finditer(data, start, end), islice(_WHEN.finditer(data, start, end), MAX_PLACES)
    ):
        if place is None:
            return
        leaves = [_leaf("longitude", data, place.span(1)), _leaf("latitude", data, place.span(2))]
        yield _place([*leaves, _leaf("time", data, when.span(1))] if when is not None else leaves)


def _leaf(key: str, data: bytes, span: tuple[int, int]) -> Node:
    return Node(key, TEXT, *span, data[span[0] : span[1]].decode("ascii"), inner=span)


def _place(leaves: list[Node]) -> Node:
    return Node("", OBJECT, leaves[0].start, leaves[1].end, children=leaves)
