"""JSON (RFC 8259), read with the range of every value, and forgiving as payloads in the field need it.

Allowed beyond the standard: several documents in a row, trailing commas, keys without quotes or in single quotes,
NaN, a document that is cut short. Doubled keys are kept. No recursion: depth is a list.
"""

from __future__ import annotations

import json
import re

from iotwatch.decode.generic.tree.node import ARRAY, MAX_DEPTH, MAX_NODES, NUMBER, OBJECT, TEXT, WORD, Node
from iotwatch.patterns import regex

_TOKEN = regex(
    rb"[\s,:]*+(?:"
    rb'"(?P<text>[^"\\]*+(?:\\.[^"\\]*+)*+)"(?P<colon>\s*+:)?'
    rb"|(?P<number>-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)(?![\w.])"
    rb"|(?P<open>[{\[])|(?P<close>[}\]])"
    rb"|'(?P<single>[^'\\\r\n]*+(?:\\.[^'\\\r\n]*+)*+)'(?P<colon1>\s*+:)?"
    rb"|(?P<word>[A-Za-z_$\x80-\xff][\w$.\-\x80-\xff]*+)(?P<colon2>\s*+:)?)",
    re.DOTALL,
)
_MEMBER = regex(
    rb'[\s,:]*+"(?P<key>[^"\\]*+)"\s*+:[\s,:]*+'
    rb'(?:"(?P<text>[^"\\]*+)"(?!\s*+:)|(?P<number>-?\d++(?:\.\d++)?(?:[eE][+-]?\d++)?)(?![\w.])|(?P<open>[{\[]))',
    re.DOTALL,
)
"""What most of a document is: a key and a plain value or a bracket, which are two tokens otherwise."""
_CLOSING = b"}]"
_WORDS: dict[str, bool | float | None] = {
    "true": True, "false": False, "True": True, "False": False, "null": None, "None": None, "NaN": None,
    "undefined": None,
}  # fmt: skip


def read_json(data: bytes, start: int, end: int) -> tuple[Node | None, int, int]:
    """The document that begins with the bracket at ``start``, where it ends, and how many tokens it took; what is cut short is
    read as far as it goes.

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
                return root, at, count
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
            return None, at, count
        else:
            root = node
        if kind == "open":
            stack.append(node)
        count, at = _members(data, at, end, stack, count)
    for node in stack:
        node.end = at
    return root, at, count


def _members(data: bytes, at: int, end: int, stack: list[Node], count: int) -> tuple[int, int]:
    """Read the members that stand at ``at`` in a row, into those that are objects and out again; tokens so far, and the end."""
    top = stack[-1]
    while top.kind == OBJECT and count + 2 <= MAX_NODES and (match := _MEMBER.match(data, at, end)):
        name, text, number, bracket = match.groups()
        start, key, stop = match.start(1) - 1, name.decode("utf-8", "replace"), match.end()
        if number is not None:
            node = Node(key, NUMBER, start, stop, _number(number))
        elif text is not None:
            node = Node(key, TEXT, start, stop, text.decode("utf-8", "replace"), inner=match.span(2))
        elif len(stack) < MAX_DEPTH:
            node = Node(key, OBJECT if bracket == b"{" else ARRAY, start, stop)
            stack.append(node)
        else:
            break
        top.children.append(node)
        at, count = stop, count + 2
        while len(stack) > 1 and at < end and data[at] in _CLOSING:
            at, count = at + 1, count + 1
            stack.pop().end = at
        top = stack[-1]
    return count, at


def _begin(match: re.Match[bytes]) -> int:
    for name, quote in (("text", 1), ("single", 1), ("word", 0)):
        if match[name] is not None:
            return match.start(name) - quote
    return match.start()


def _node(match: re.Match[bytes], kind: str, key: str, key_start: int) -> Node:
    """The node of one token; its range begins at its key."""
    if kind == "open":
        end = match.end()
        shape = OBJECT if match.string[end - 1] == 0x7B else ARRAY
        return Node(key, shape, key_start if key_start >= 0 else end - 1, end)
    begin = key_start if key_start >= 0 else _begin(match) if kind != "number" else match.start("number")
    if kind == "number":
        return Node(key, NUMBER, begin, match.end(), _number(match["number"]))
    raw = match[kind]
    if kind == "word":
        word = raw.decode("utf-8", "replace")
        return Node(key, WORD, begin, match.end(), _WORDS.get(word, word))
    return Node(key, TEXT, begin, match.end(), _text(raw), inner=match.span(kind))


def _number(raw: bytes) -> int | float:
    if b"." not in raw and raw.lstrip(b"-").isdigit():
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
