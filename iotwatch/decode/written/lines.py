"""Lines that hold a message each, in hex, base64 or as text, with what a server's log or a list writes before it; and texts
that hold one message over several lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from heapq import nlargest
from itertools import islice, takewhile

import msgspec

from iotwatch.decode.written.forms import Form, Piece, Reading, Unread
from iotwatch.decode.written.literals import unescaped
from iotwatch.errors import UnpackError
from iotwatch.patterns import regex
from iotwatch.place import steps

# One or several bytes: two digits each, perhaps behind a prefix, before an h or in brackets.
_PAIRS = r"(?:[0-9A-Fa-f]{2})++"
_BARE = rf"{_PAIRS}(?![0-9A-Za-z])"
_PREFIX = r"(?:0[xX]|\\[xX]|[%$#]|&[hH])"
_MARKED = (
    rf"(?:{_PREFIX}{_PAIRS}|0[xX][0-9A-Fa-f](?![0-9A-Fa-f])|[0-9A-Fa-f]{{2}}[hH]"
    rf"|[{{<(\[](?:0[xX]|\\[xX])?{_PAIRS}[}}>)\]])"
)
_ITEM = rf"(?:{_MARKED}|{_BARE})"
_BETWEEN = (
    r"[ \t]{1,8}",
    *(rf"[ \t]{{0,2}}{sign}[ \t]{{0,2}}" for sign in (",", ":", ";", "-", r"\.", r"\|", "_", "/", r"\+")),
)
_RUNS = (
    *(regex(rf"(?<![0-9A-Za-z]){_ITEM}(?:{between}{_ITEM})*+") for between in _BETWEEN),
    regex(rf"{_MARKED}{{2,}}+(?![0-9A-Za-z])"),
)
_DIGITS = regex(r"0[xX]|\\[xX]|&[hH]|[^0-9A-Fa-f]+")
_SINGLE = regex(r"0[xX]([0-9A-Fa-f])(?![0-9A-Fa-f])")
_ODD = regex(r"(?<![0-9A-Za-z])(?=[0-9]*[A-Fa-f])(?:[0-9A-Fa-f]{2}){4,}+[0-9A-Fa-f](?![0-9A-Za-z])")
_BASE64 = regex(r"(?<![\w+/-])[A-Za-z0-9+/_-]{12,}+={0,2}(?![\w+/=])")
_BASE64_LINES = regex(r"(?:[A-Za-z0-9+/_-]{4,}+\n?)+={0,2}\s*$")
_ALONE = regex(r"[0-9A-Fa-f\s]+$")
_SESSION = regex(r"\[(T?[0-9A-Za-z]{1,16})(?=[:\] ])")
_LABEL = regex(
    r"(?i)(?:^|[^A-Za-z])(?:hex|data|payload(?:_hex)?|raw|msg|message|bytes?)[ \t]{0,4}[\"']?[ \t]{0,4}[:=]?[ \t]{0,4}[\"']?$"
)
_TRIM = " \t:,;=|>\"'`-([{<"
_BEGINS = regex(r"(?<=[\s:\]|>,;\"'=])(?=[^\s:\]|>,;=])")
_HEX_KEYS = ("payload_hex", "hex", "payload", "data", "raw")
_LEAST = 8
"""Bytes of a run among other text, below which it is a number, a time or a name."""
_STARTS = 12
_MOST = 16
"""Runs of digits on a line of which the longest are read."""
_NAME_BEFORE = 512


def joined(text: str) -> Iterator[Reading]:
    """``text`` as one message: hex or base64 wrapped over its lines, or as it is."""
    body = text.strip()
    rows = [line.strip() for line in body.split("\n")]
    wrapped = len(rows) > 1 and _wrapped(rows)
    if wrapped and len(data := _hex_alone(rows)) == len(rows):
        yield (Piece(Form.HEX_LINES, b"".join(data)),)
    if wrapped and not _ALONE.match(body) and _BASE64_LINES.match(body) and (read := _base64(body)):
        yield (Piece(Form.BASE64, read),)


def _wrapped(rows: list[str]) -> bool:
    """Whether all lines are alike long but the last, which may be shorter: what a program does that folds a long text."""
    sizes = [len(row.rstrip(" ,\\")) for row in rows]
    return all(size == sizes[0] for size in sizes[:-1]) and sizes[-1] <= sizes[0]


def _hex_alone(rows: list[str]) -> list[bytes]:
    """What the rows hold, up to one that holds anything but hex."""
    whole = (next(hex_runs(row), None) for row in rows)
    return [piece.data for piece in takewhile(lambda piece: piece is not None and piece.alone, whole) if piece]


def message_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines that hold something, with their numbers from 1."""
    numbered = ((number, line.strip()) for number, line in enumerate(text.split("\n"), 1))
    return ((number, line) for number, line in numbered if line)


def hex_runs(line: str, number: int = 1) -> Iterator[Piece]:
    """The runs of hex digits on a line, the longest first; a short one counts only when nothing else stands there."""
    found = nlargest(_MOST, (one for pattern in _RUNS for one in pattern.finditer(line)), key=_length)
    taken: list[tuple[int, int]] = []
    for one in found:
        start, end = one.span()
        if any(start < stop and begin < end for begin, stop in taken):
            continue
        data = _unhexed(one[0])
        before = _before(line, start)
        alone = not before and not line[end:].strip(" \t,;.\"'`)]}>\\")
        if data and (alone or len(data) >= _LEAST):
            taken.append((start, end))
            yield Piece(Form.HEX, data, before, number, alone=alone)
            if " " in one[0] and (less := _unhexed(one[0].partition(" ")[2])) and len(less) >= _LEAST:
                yield Piece(Form.HEX, less, before, number)  # a count or a clock's end may stand before the bytes


def base64_runs(line: str, number: int = 1) -> Iterator[Piece]:
    """The runs of base64 on a line; hex digits are none."""
    for found in islice(_BASE64.finditer(line), _STARTS):
        if not _ALONE.match(found[0]) and (data := _base64(found[0])):
            yield Piece(Form.BASE64, data, _before(line, found.start()), number)


def texts(line: str, number: int = 1) -> Iterator[Piece]:
    """The line with its escapes undone and as it is, and so from each of its first words on."""
    for begin in (0, *(found.start() for found in islice(_BEGINS.finditer(line), _STARTS))):
        rest, name = line[begin:], _before(line, begin)
        if (data := unescaped(rest)) is not None:
            yield Piece(Form.ESCAPED, data, name, number)
        yield Piece(Form.TEXT, rest.encode(), name, number)


def row(line: str, number: int) -> Piece | None:
    """A JSON object that names a message and holds its hex, as the documented JSON lines do; ``None`` for every other line."""
    if not line.startswith("{"):
        return None
    try:
        read = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    key = next((key for key in _HEX_KEYS if key in read), None) if isinstance(read, dict) else None
    if key is None:
        return None
    name = read.get("id")
    name = name if isinstance(name, str) else "" if name is None else str(name)
    data = _unhexed(read[key]) if isinstance(read[key], str) and _ALONE.match(read[key]) else b""
    if not data and key != _HEX_KEYS[0]:
        return None  # what stands there is text
    return Piece(Form.HEX, data, name, number, None if data else Unread.NO_BYTES())


def broken(line: str, number: int) -> Piece | None:
    """The line as one whose digits are an odd number; ``None`` where they are not."""
    if (found := _ODD.search(line)) is None:
        return None
    return Piece(Form.HEX, b"", _before(line, found.start()), number, Unread.ODD(n=len(found[0])))


def _length(found: re.Match[str]) -> int:
    return found.end() - found.start()


def _before(line: str, start: int) -> str:
    """The name of a message in what stands before it on its line: a session in brackets, else all of it but a label."""
    before = line[: min(start, _NAME_BEFORE)]
    if session := _SESSION.search(before):
        return session[1]
    return _LABEL.sub("", before.strip()).strip(_TRIM)[:256]


def _unhexed(written: str) -> bytes:
    digits = _DIGITS.sub("", _SINGLE.sub(r"0x0\1", written))
    return bytes.fromhex(digits) if len(digits) % 2 == 0 else b""


def _base64(written: str) -> bytes:
    try:
        return steps.apply("base64", written.encode(), limit=1 << 20)
    except UnpackError:
        return b""
