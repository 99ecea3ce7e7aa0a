"""XML as far as places need it: elements, attributes and text, as nodes with ranges. No entities are expanded, no DTD is read."""

from __future__ import annotations

import re
from html import unescape
from itertools import islice

from iotwatch.decode.generic.tree.node import MAX_DEPTH, MAX_NODES, OBJECT, TEXT, Node
from iotwatch.patterns import regex

_PIECE = regex(
    rb"<(?:[!?][^<>]{0,4096}>|/(?P<close>[\w.:\-\x80-\xff]{1,80})[^>]{0,64}>"
    rb"|(?P<open>[A-Za-z_\x80-\xff][\w.:\-\x80-\xff]{0,79})(?P<rest>[^<>]{0,8192})>)(?P<text>[^<]{0,4096})",
    re.DOTALL,
)
_ATTRIBUTE = regex(rb"([\w.:\-\x80-\xff]{1,80})\s{0,4}=\s{0,4}(?:\"([^\"]{0,1024})\"|'([^']{0,1024})')")


def read_xml(data: bytes, start: int, end: int) -> Node:
    """All elements as a tree: attributes and elements that hold only text become leaves of the element around them."""
    root = Node("", OBJECT, start, end)
    stack = [root]
    for piece in islice(_PIECE.finditer(data, start, end), MAX_NODES):
        if piece["close"] is not None:
            _close(stack, _local(piece["close"]), piece.start("text"))
        elif piece["open"] is not None:
            node = Node(_local(piece["open"]), OBJECT, piece.start(), piece.start("text"))
            for found in _ATTRIBUTE.finditer(data, piece.start("rest"), piece.end("rest")):
                raw = found[2] if found[2] is not None else found[3]
                inner = found.span(found.lastindex or 0)
                node.children.append(Node(_local(found[1]), TEXT, *found.span(), _text(raw), inner=inner))
            stack[-1].children.append(node)
            words = piece["text"].strip()
            if words:
                node.children.append(Node("", TEXT, *piece.span("text"), _text(words), inner=piece.span("text")))
            if not piece["rest"].endswith(b"/") and len(stack) < MAX_DEPTH:
                stack.append(node)
        elif words := piece["text"].strip():
            stack[-1].children.append(Node("", TEXT, *piece.span("text"), _text(words), inner=piece.span("text")))
    return root


def _close(stack: list[Node], name: str, at: int) -> None:
    """Close the innermost element of that name; one that holds only text becomes a leaf."""
    for depth in range(len(stack) - 1, max(0, len(stack) - 8), -1):
        if stack[depth].key == name:
            for node in stack[depth:]:
                node.end = at
                if len(node.children) == 1 and node.children[0].key == "" and node.children[0].kind == TEXT:
                    node.kind, node.value, node.inner = TEXT, node.children[0].value, node.children[0].inner
                    node.children = []
            del stack[depth:]
            return


def _local(name: bytes) -> str:
    return name.rpartition(b":")[2].decode("utf-8", "replace")


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "replace").strip()
    return unescape(text) if "&" in text else text
