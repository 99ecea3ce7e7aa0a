"""Query strings and forms (WHATWG URL, application/x-www-form-urlencoded), and texts of ``key=value`` or ``key: value``."""

from __future__ import annotations

from urllib.parse import unquote_plus

from iotwatch.decode.generic.tree.node import OBJECT, TEXT, Node
from iotwatch.patterns import regex

MAX_PAIRS = 4096
_QUERY = regex(rb"[?\s]{0,4}[\w.\-\[\]%$:]{1,80}=[^&=\s]{0,8192}(?:[&;]|\s{0,4}$)")
_PART = regex(rb"([\w.\-\[\]%$:\x80-\xff]{1,80})=([^&\s\x00-\x1f]{0,8192})")
_KEY = rb"(?:[A-Za-z_\x80-\xff][\w.\-\x80-\xff]{0,39}(?: [A-Za-z]{3,12})?|\d{1,3})"
_PAIR = regex(
    rb"(?<![\w.\x80-\xff])(?P<key>"
    + _KEY
    + rb")[\"']?[ \t]{0,2}(?:=|:|\xef\xbc\x9a)[ \t]{0,2}(?P<value>\"[^\"\r\n]{0,256}\""
    rb"|[NSEW]?[+-]?\d{1,5}\.\d{2,10}[ ]?[NSEW]?[,;/ ][ ]?[NSEW]?[+-]?\d{1,5}\.\d{2,10}[NSEW]?(?![\d.])"
    rb"|\d{1,3} ?(?:\xc2?\xb0|deg) ?\d{1,2} ?['m]? ?[\d.]{0,10}(?:\"|''|s)? ?[NSEW]?"
    rb"|[^\s,;|#*\]})<>\"'&]{1,256})"
)


def is_query(data: bytes, start: int, end: int) -> bool:
    """Whether the text is one query string or form."""
    head = data[start : min(end, start + 65536)]
    return (
        bool(_QUERY.match(head))
        and (b"&" in head or len(head.partition(b"=")[2].strip(b"= \r\n")) > 0)
        and b"\n" not in head.strip()
    )


def read_query(data: bytes, start: int, end: int) -> Node:
    """One group with a leaf for each ``name=value``; both are percent-decoded, ranges are those of the raw text."""
    root = Node("", OBJECT, start, end)
    for match in _PART.finditer(data, start, end):
        key, value = (unquote_plus(raw.decode("utf-8", "replace")) for raw in match.groups())
        key = key.strip("[]").replace("[", ".").replace("]", "")
        root.children.append(Node(key.rpartition(".")[2], TEXT, match.start(), match.end(), value, inner=match.span(2)))
        if len(root.children) >= MAX_PAIRS:
            break
    return root


def read_pairs(data: bytes, start: int, end: int) -> Node:
    """One group with a leaf for each ``key=value`` or ``key: value`` of the text."""
    root = Node("", OBJECT, start, end)
    for match in _PAIR.finditer(data, start, end):
        value = match["value"].strip(b"\"'").decode("utf-8", "replace").strip()
        key = match["key"].decode("utf-8", "replace")
        root.children.append(Node(key, TEXT, match.start(), match.end(), value, inner=match.span("value")))
        if len(root.children) >= MAX_PAIRS:
            break
    return root
