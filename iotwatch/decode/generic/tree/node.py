"""The one shape that every structured payload is brought into before anybody looks for a place in it.

JSON, CBOR, a query string, an XML element and a line of ``key=value`` all become trees of ``Node``. Each node knows the
range of the payload's bytes that states it, so that a value found is a value that can be shown.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

OBJECT, ARRAY, TEXT, NUMBER, WORD, BYTES = "object", "array", "text", "number", "word", "bytes"
MAX_DEPTH = 48
MAX_NODES = 400_000
_HOLDERS = (OBJECT, ARRAY)
_FEW = 16

Scalar = str | int | float | bool | bytes | None


class Node(msgspec.Struct, eq=False):
    """A value with its key (empty in a list) and its range, key included. ``children`` are in order, doubles kept.

    ``inner`` is the range of a text's or a byte string's own bytes, without key and quotes; ``facts`` keeps what was
    once read off the leaves (``context``), so that a thousand pairs in one object do not read them a thousand times, and
    ``index`` where the first child of each key stands, for objects of many children.
    """

    key: str
    kind: str
    start: int
    end: int
    value: Scalar = None
    children: list[Node] = []
    inner: tuple[int, int] = (0, 0)
    facts: object = None
    index: dict[str, int] = {}

    def walk(self) -> Iterator[tuple[Node, tuple[Node, ...]]]:
        """Yield every object and array below and including this node, each with its ancestors, outermost first."""
        pending: list[tuple[Node, tuple[Node, ...]]] = [(self, ())]
        while pending:
            node, above = pending.pop()
            yield node, above
            holders = [child for child in node.children if child.kind in _HOLDERS]
            if holders:
                inner = (*above, node)
                pending.extend([(child, inner) for child in reversed(holders)])

    def leaves(self) -> list[Node]:
        """The scalar children."""
        return [child for child in self.children if child.kind not in _HOLDERS]

    def child(self, *names: str) -> Node | None:
        """The first child whose key is one of ``names``."""
        if len(self.children) <= _FEW:
            return next((child for child in self.children if child.key in names), None)
        if not self.index:
            for at in range(len(self.children) - 1, -1, -1):
                self.index[self.children[at].key] = at
        first = min([self.index[name] for name in names if name in self.index], default=None)
        return None if first is None else self.children[first]
