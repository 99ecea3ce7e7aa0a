"""JSON (RFC 8259), read with the range of every value, and forgiving as payloads in the field need it.

Allowed beyond the standard: several documents in a row, trailing commas, keys without quotes or in single quotes,
NaN, a document that is cut short. Doubled keys are kept. No recursion: depth is a list.
"""

from __future__ import annotations

import json
import re

from iotwatch.decode.generic.tree.node import ARRAY, MAX_DEPTH, MAX_NODES, NUMBER, OBJECT, TEXT, WORD, Node

_TOKEN = re.compile(
    rb"[\s,:]*+(?:"
    rb'"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)"(?P<colon>\s*+:)?'
    rb"|(?P<number>-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)(?![\w.])"
    rb"|(?P<open>[{\[])|(?P<close>[}\]])"
    rb"|'(?P<single>[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+)'(?P<colon1>\s*+:)?"
    rb"|(?P<word>[A-Za-z_$\x80-\xff][\w$.\-\x80-\xff]*+)(?P<colon2>\s*+:)?)",
    re.DOTALL,
)
_WORDS: dict[str, bool | float | None] = {
    "true": True,
    "false": False,
    "True": True,
    "False": False,
    "null": None,
    "None": None,
    "NaN": None,
    "undefined": None,
}


def read_json(data: bytes, start: int, end: int) -> tuple[Node | None, int]:
    """The document that begins with the bracket at ``start``, and where it ends; what is cut short is read as far as it goes.

    A document that breaks the rules ends where it does so, with its own range to there. ``None``: no document at all.
    """
    root: Node | None = None
    stack: list[Node] = []
    key, key_start, at, count = "", -1, start, 0
    while match := _TOKEN.match(data, at, end):
        kind = match.lastgroup or ""
        at = match.end()
        count += 1
        if kind == "close":
            if not stack:
                break
            done = stack.pop()
            done.end = at
            if not stack:
                return root, at
            continue
        if kind.startswith("colon"):
            key = _text(match["text"] or match["single"] or match["word"] or b"")
            key_start = _begin(match)
            continue
        if count > MAX_NODES or (kind == "open" and len(stack) >= MAX_DEPTH):
            break
        node = _node(match, kind, key, key_start)
        key, key_start = "", -1
        if stack:
            stack[-1].children.append(node)
        elif kind != "open":
            return None, at
        else:
            root = node
        if kind == "open":
            stack.append(node)
    for node in stack:
        node.end = at
    return root, at


def _begin(match: re.Match[bytes]) -> int:
    for name, quote in (("text", 1), ("single", 1), ("word", 0)):
        if match[name] is not None:
            return match.start(name) - quote
    return match.start()


def _node(match: re.Match[bytes], kind: str, key: str, key_start: int) -> Node:
    """The node of one token; its range begins at its key."""
    if kind == "open":
        begin = match.start("open")
        shape = OBJECT if match["open"] == b"{" else ARRAY
        return Node(key, shape, key_start if key_start >= 0 else begin, match.end())
    begin = key_start if key_start >= 0 else _begin(match) if kind != "number" else match.start("number")
    if kind == "number":
        return Node(key, NUMBER, begin, match.end(), _number(match["number"]))
    raw = match[kind]
    if kind == "word":
        word = raw.decode("utf-8", "replace")
        return Node(key, WORD, begin, match.end(), _WORDS.get(word, word))
    return Node(key, TEXT, begin, match.end(), _text(raw), inner=match.span(kind))


def _number(raw: bytes) -> int | float:
    if raw.lstrip(b"-").isdigit():
        return int(raw) if len(raw) <= 20 else float("inf")
    try:
        return float(raw)
    except ValueError:
        return float("nan")


def _text(raw: bytes) -> str:
    """The text that a JSON string stands for; broken escapes stay as they are."""
    if b"\\" in raw:
        try:
            return str(json.loads(b'"' + raw.replace(b"\t", b"\\t") + b'"', strict=False))
        except ValueError:
            pass
    return raw.decode("utf-8", "replace")
