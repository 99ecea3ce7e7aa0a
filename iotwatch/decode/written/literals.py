"""Source code: lists of byte values (C, Java, Go, Rust, Python, JSON, ``xxd -i``, Wireshark) and string literals with escapes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from iotwatch.decode.written.forms import Form, Piece, Reading
from iotwatch.patterns import regex

_VALUE = (
    r"(?:\( ?(?:unsigned ?)?(?:byte|char|u?int8_t) ?\) ?)?"
    r"(?:0[xX][0-9A-Fa-f]{1,2}|0[bB][01]{1,8}|-?[0-9]{1,3}|'(?:\\x[0-9A-Fa-f]{2}|\\.|[^'\\\n])')(?:u8|[uU])?"
)
_LIST = regex(rf"[\[{{(]\s*+({_VALUE}(?:\s*+,\s*+{_VALUE})*+)\s*+,?\s*+[\]}})]")
_ONE = regex(_VALUE)
_NUMBER = regex(r"0[xX][0-9A-Fa-f]+|0[bB][01]+|-?[0-9]+|'.*'")
_NAME = regex(
    r"(?:^|[^\w])([A-Za-z_]\w{0,63})\s{0,8}(?:\[\w{0,16}\]\s{0,8}){0,2}(?::\s{0,4}\S{1,32}\s{0,4})?=[^=;{}\[\]]{0,64}$"
)
_QUOTE = regex(r"\\.|\"\"\"|'''|[\"']", re.DOTALL)
_PREFIX = regex(r"(?<![A-Za-z])[bBrRuUfL]{1,2}$")
_BETWEEN = regex(r"[\s\\+(]{0,256}$")
_ESCAPE = regex(
    r"\\(?:[xX]([0-9A-Fa-f]{2})|u00([0-9A-Fa-f]{2})|([0-3]?[0-7]{1,2})|([abtnvfre\\'\"/?])|(\n[ \t]*))"
    r"|[{<\[](?:0[xX])?([0-9A-Fa-f]{2})[}>\]]|<(CR|LF|SOH|STX|ETX|NUL|TAB|CRLF)>"
)
_COMMENT = regex(r"/[*/]")
_NO_BREAK = regex(r"[^\n]")
_LETTERS = dict(zip("abtnvfre\\'\"/?", b"\a\b\t\n\v\f\r\x1b\\'\"/?", strict=True))
_SIGNS = {
    "CR": b"\r",
    "LF": b"\n",
    "CRLF": b"\r\n",
    "SOH": b"\1",
    "STX": b"\2",
    "ETX": b"\3",
    "NUL": b"\0",
    "TAB": b"\t",
}
_MESSAGES = 10_000
_LEAST = 2
"""Values in a list, below which it is none of bytes."""
_NAME_BEFORE = 160


def readings(text: str) -> Iterator[Reading]:
    """The arrays in ``text``; each of its string literals, and those that stand side by side as one."""
    if arrays := tuple(islice(_arrays(text), _MESSAGES)):
        yield arrays
    literals = list(islice(_strings(text), _MESSAGES))
    if any(prefix or _ESCAPE.search(inside) for _, prefix, inside, _ in literals):
        grouped = tuple(_grouped(text, literals))
        if len(grouped) < len(literals):
            yield tuple(Piece(Form.LITERAL, _bytes(part), line=_line(text, at)) for at, _, part, _ in literals)
        yield grouped


def unescaped(text: str) -> bytes | None:
    """The bytes of a text in which some are escaped, as by C, by terminals (``{0D}``, ``<0D>``, ``<CR>``) or JSON; ``None``
    where none is."""
    return _bytes(text) if _ESCAPE.search(text) else None


def _arrays(text: str) -> Iterator[Piece]:
    bare = _without_comments(text)
    for found in _LIST.finditer(bare):
        values = [_value(one[0]) for one in _ONE.finditer(found[1])]
        if len(values) < _LEAST or any(value is None for value in values):
            continue
        name = _NAME.search(bare, max(0, found.start() - _NAME_BEFORE), found.start())
        data = bytes(value for value in values if value is not None)
        yield Piece(Form.ARRAY, data, name[1] if name else "", _line(text, found.start()))


def _without_comments(text: str) -> str:
    """``text`` with blanks for its comments, so that every sign keeps its place."""
    parts: list[str] = []
    at = 0
    while (begin := _COMMENT.search(text, at)) is not None:
        closing = "*/" if begin[0] == "/*" else "\n"
        end = text.find(closing, begin.end())
        if end < 0:
            break
        parts += [text[at : begin.start()], _NO_BREAK.sub(" ", text[begin.start() : end + len(closing)])]
        at = end + len(closing)
    return "".join([*parts, text[at:]])


def _value(written: str) -> int | None:
    found = _NUMBER.search(written.partition(")")[2] or written)
    if found is None:
        return None
    digits = found[0]
    if digits.startswith("'"):
        inside = _bytes(digits[1:-1])
        return inside[0] if len(inside) == 1 else None
    value = int(digits, {"0x": 16, "0b": 2}.get(digits[:2].lower(), 10))
    return value % 256 if -128 <= value <= 255 else None


def _strings(text: str) -> Iterator[tuple[int, str, str, int]]:
    """Where each literal begins, its prefix, what it holds, and where it ends; one that is never closed is none."""
    opened: re.Match[str] | None = None
    for found in _QUOTE.finditer(text):
        if found[0].startswith("\\"):
            continue
        if opened is None:
            opened = found
        elif found[0] == opened[0]:
            prefix = _PREFIX.search(text, max(0, opened.start() - 3), opened.start())
            begin = opened.start() - (len(prefix[0]) if prefix else 0)
            yield begin, prefix[0] if prefix else "", text[opened.end() : found.start()], found.end()
            opened = None


def _grouped(text: str, literals: list[tuple[int, str, str, int]]) -> Iterator[Piece]:
    """Literals with nothing but blanks between them are one, as compilers read them."""
    parts: list[str] = []
    begun = before = 0
    for at, _, inside, end in literals:
        if parts and not _BETWEEN.match(text[before : min(at, before + 300)]):
            yield _joined(text, begun, parts)
            parts = []
        if not parts:
            begun = at
        parts.append(inside)
        before = end
    if parts:
        yield _joined(text, begun, parts)


def _joined(text: str, at: int, parts: list[str]) -> Piece:
    name = _NAME.search(text, max(0, at - _NAME_BEFORE), at)
    return Piece(Form.LITERAL, b"".join(map(_bytes, parts)), name[1] if name else "", _line(text, at))


def _bytes(text: str) -> bytes:
    out = bytearray()
    at = 0
    for found in _ESCAPE.finditer(text):
        out += text[at : found.start()].encode()
        at = found.end()
        digits = found[1] or found[2] or found[6]
        if digits:
            out.append(int(digits, 16))
        elif found[3]:
            out.append(int(found[3], 8))
        elif found[4]:
            out.append(_LETTERS[found[4]])
        elif found[7]:
            out += _SIGNS[found[7]]
    return bytes(out + text[at:].encode())


@lru_cache(1)
def _breaks(text: str) -> list[int]:
    return [at for at, sign in enumerate(text) if sign == "\n"]


def _line(text: str, at: int) -> int:
    return bisect_left(_breaks(text), at) + 1
