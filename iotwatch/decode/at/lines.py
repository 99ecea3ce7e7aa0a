"""A serial log cut into what was said on the wire: lines without their stamps, with direction and port where the log tells.

Real logs carry stamps of many styles, names of log levels and functions, direction marks, and write CR and LF as
control pictures, as ``<CR><LF>`` or as escapes (reference facts: serial corpus README; public logs of ModemManager,
quectel-CM, wvdial, ESP-IDF, Zephyr, minicom, picocom). A prefix is taken off piece by piece until none is known.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import msgspec

from iotwatch.decode.at.prefix import Prefix, Prefixes
from iotwatch.patterns import regex

_MARK = regex(
    r" -- |\x1b\[[0-9;]{0,12}[A-Za-z]|\^M|<CR>|<LF>|<cr>|<lf>|<ln>|\xe2\x90\x8d|\xe2\x90\x8a|\\r|\\n|\x00|\x08"
)
_LINE = regex(rb"[^\r\n]+")
_LINE_LIMIT = 4096
_LEARN_BYTES = 1 << 20
_WRAPPED = 3
# Blanks, and what a line picks up while a port is opened or a module starts.
_NOISE = "".join(map(chr, (*range(33), *range(127, 256))))
_BREAKS = str.maketrans("\r\n", "  ")

_QUOTED = regex(r"b?(?P<quote>['\"])(?=AT|at|[<\\\r+^$]|.*(?:<CR>|\\r|(?P=quote)\s*$))")
# A command that stands behind other words: an echo without a line end, a program's message that quotes it.
_INNER = regex(
    r"(?<![A-Za-z0-9_\"'/\\])(?:AT|at)(?=[+^$#!*%][A-Za-z]{2,}[A-Za-z0-9_]*(?:[=?\"'\s;]|$))|(?<=[.\d])AT(?=\+[A-Z]{3,}[?=]?)"
)


class Line(msgspec.Struct, frozen=True):
    """What one side said: ``text`` (latin-1, one character a byte) stands at ``start`` to ``end`` of the stream.

    ``sent`` is the log's own word on the direction (``None``: not told), ``port`` the name of the serial port or empty.
    A line that was joined from two chunks spans what stands between them too.
    """

    text: str
    start: int
    end: int
    sent: bool | None = None
    port: str = ""


Side = tuple[str, bool | None]
"""A port, and what the log says of the direction."""


class _Half(msgspec.Struct):
    text: str
    start: int


def lines(data: bytes) -> Iterator[Line]:
    """Yield the lines of ``data`` in order; a chunk that a log cut in the middle of a line is joined to the next one."""
    halves: dict[Side, _Half] = {}
    marked: set[Side] = set()
    physical = _LINE.finditer(data)
    prefixes = Prefixes(
        data[slice(*one.span())][:_LINE_LIMIT].decode("latin-1") for one in _LINE.finditer(data[:_LEARN_BYTES])
    )
    for found in physical:
        start, end = found.span()
        text = data[start : min(end, start + _LINE_LIMIT)].decode("latin-1")
        prefix = prefixes.of(text)
        quoted = _QUOTED.match(text, prefix.length)
        if quoted is None:
            yield from _pieces(text, start, prefix)
            continue
        closing = text.rfind(quoted["quote"], quoted.end())
        for _ in range(_WRAPPED):
            following = next(physical, None) if closing < 0 else None
            if following is None:
                break
            # A mail program wrapped the line at a blank: the break stands for it.
            text = data[start : min(following.end(), start + _LINE_LIMIT)].decode("latin-1").translate(_BREAKS)
            closing = text.rfind(quoted["quote"], quoted.end())
        yield from _chunk(text[: closing if closing >= 0 else None], quoted.end(), start, prefix, halves, marked)
    for (port, sent), half in halves.items():
        yield Line(half.text, half.start, half.start + len(half.text), sent, port)


def _pieces(text: str, base: int, prefix: Prefix) -> Iterator[Line]:
    """The content, cut at written-out line ends, at the dashes of wvdial and before commands that stand inside it."""
    borders = [(prefix.length, prefix.length)]
    borders += [found.span() for found in _MARK.finditer(text, prefix.length)]
    borders.append((len(text), len(text)))
    for (_, start), (end, _) in pairwise(borders):
        here = start
        inner = [found.start() for found in _INNER.finditer(text, start + 1, end)]
        for stop in (*inner, end):
            yield from _line(text, here, stop, base, prefix)
            here = stop


def _line(text: str, start: int, end: int, base: int, prefix: Prefix) -> Iterator[Line]:
    """The line between two borders, unless it is blank."""
    content = text[start:end].rstrip(" \t\x00")
    shown = content.lstrip(_NOISE)
    if shown:
        begin = base + start + len(content) - len(shown)
        yield Line(shown, begin, begin + len(shown), prefix.sent, prefix.port)


def _chunk(
    text: str, at: int, base: int, prefix: Prefix, halves: dict[Side, _Half], marked: set[Side]
) -> Iterator[Line]:
    """One chunk that was read from a port, in quotes: its last line may go on in the next chunk.

    ``marked`` are the sides whose chunks have shown line ends: what has none there is a part of a line.
    """
    pieces: list[tuple[int, int]] = []
    here = at
    for found in _MARK.finditer(text, at):
        pieces.append((here, found.start()))
        here = found.end()
    side = (prefix.port, prefix.sent)
    half = halves.pop(side, None)
    if pieces:
        marked.add(side)
    if half is None and not pieces and side not in marked:
        yield from _line(text, at, len(text), base, prefix)
        return
    if half is not None:
        first_end = pieces[0][1] if pieces else len(text)
        joined = half.text + text[at:first_end]
        if not pieces:
            halves[prefix.port, prefix.sent] = _Half(joined[:_LINE_LIMIT], half.start)
            return
        yield Line(joined, half.start, base + first_end, prefix.sent, prefix.port)
        pieces = pieces[1:]
    for start, end in pieces:
        yield from _line(text, start, end, base, prefix)
    if here < len(text):
        halves[prefix.port, prefix.sent] = _Half(text[here:], base + here)
