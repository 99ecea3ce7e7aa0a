"""A serial log as the bytes that passed the wire: without the prefixes of its rows, with written-out bytes undone.

Lines are not enough here: a payload may hold line ends, blanks and any other byte, and its length counts each of them. So what a
logger put before a row goes, and all else stays. A prefix is believed when most rows have one: in a plain log ``> `` is the
modem's prompt, and in a console's it is a mark of direction.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec
import numpy as np
from msgspec.structs import replace

from iotwatch.decode.at.prefix import Prefixes, direction, known
from iotwatch.decode.at.sockets.stamps import moment
from iotwatch.patterns import regex
from iotwatch.place.steps import apply
from iotwatch.read.stream import NO_TIME, Stream

Span = tuple[int, int]

_ROW = regex(rb"[^\n]*\n?")
_PREFIX_BYTES = 200
_SAMPLE = 2000
_SHARE = 0.6
_RARE = 20
_LONGER = 3
_MARKS = frozenset({"", ">", "#", "|"})
_SIDES = {">": True, "<": False}
# A row that ends in a chunk in quotes or brackets, in which line ends are written out.
_QUOTED = regex(r"[^'\"]{1,120}?(?=(?:\[|bytearray\()?b?['\"])")
_ENDS = regex(r"(?:<(?:CR|LF|cr|lf|ln)>|\\[rn]).*['\"]\)?\]?\s*$|['\"]\)?\]?\s*$")
_NAMES, _C = regex(rb"<(?:CR|LF|cr|lf|ln)>"), regex(rb"\\[rn]")
_WRITTEN = (("names", _NAMES), ("c", _C))
_WRITTEN_SHARE = 4
_CHUNK = regex(rb"(?P<open>\[?(?:bytearray\()?b?(?P<quote>['\"]))(?P<text>.*)(?P=quote)\)?\]?\s*$", re.DOTALL)
_BRACKET = regex(rb"\[(?P<text>.*)\]\s*$", re.DOTALL)
_BETWEEN = regex(rb"['\"], ?b?['\"]")
_COMMAND = regex(rb"(?i)AT[+^#$*%&]?[A-Z]")
_SPOKEN = regex(r"(?i)(?<![A-Z])AT[+^#$*%&][A-Z]")
"""A command in what stands before quotes: they are its parameter's."""
MAX_ROWS = 400_000


class Piece(msgspec.Struct, frozen=True):
    """What one row of the log gives: ranges of the log, whether the host sent it (``None``: not told), its time."""

    ranges: tuple[Span, ...]
    sent: bool | None
    time: int | None
    port: str


class Wire(msgspec.Struct, frozen=True, dict=True):
    """One port's bytes in pieces that begin at ``starts``: ``sent`` tells who spoke, ``log`` to ``log_ends`` where they stand."""

    stream: Stream
    starts: tuple[int, ...]
    sent: tuple[bool | None, ...]
    log: tuple[int, ...]
    log_ends: tuple[int, ...]

    @cached_property
    def sided(self) -> bool:
        """Whether the log tells who spoke, for both sides."""
        return True in self.sent and False in self.sent

    def piece(self, at: int) -> int:
        return max(0, bisect_right(self.starts, at) - 1)

    def sent_at(self, at: int) -> bool | None:
        return self.sent[self.piece(at)]

    def end_of(self, piece: int) -> int:
        return self.starts[piece + 1] if piece + 1 < len(self.starts) else len(self.stream.data)

    def in_log(self, start: int, end: int) -> Span:
        """The range of the log in which the bytes ``start`` to ``end`` stand, whole rows where bytes were written out."""
        first, last = self.piece(start), self.piece(max(start, end - 1))
        begin = self.log[first] + start - self.starts[first]
        until = self.log[last] + end - self.starts[last]
        return min(begin, self.log_ends[first]), max(begin + 1, min(until, self.log_ends[last]))


def wires(log: Stream) -> Iterator[Wire]:
    """The wire of each port that the log tells apart."""
    rows = [found.span() for found in _ROW.finditer(log.data) if found[0]][:MAX_ROWS]
    prefixes = _Believed([_head(log.data, row) for row in rows[:_SAMPLE]])
    if not prefixes.any and not _style([log.data[start:end] for start, end in rows[:_SAMPLE]]):
        yield Wire(log, (0,), (None,), (0,), (len(log.data),))
        return
    cut = [(row, *prefixes.of(_head(log.data, row))) for row in rows]
    contents = [log.data[row[0] + length : row[1]] for row, length, _, _ in cut]
    style = _style(contents)
    ports: dict[str, list[Piece]] = {}
    for (row, length, sent, port), content in zip(cut, contents, strict=True):
        begin = row[0] + length
        ranges = tuple(_ranges(content, begin, style, sent=sent))
        time = moment(log.data[row[0] : begin])
        ports.setdefault(port, []).append(Piece(ranges, sent, time, port))
    for port, pieces in ports.items():
        yield _joined(log, pieces, style, port)


def _head(data: bytes, row: Span) -> str:
    return data[row[0] : min(row[1], row[0] + _PREFIX_BYTES)].decode("latin-1")


class _Believed:
    """The prefixes of one log: those whose form stands before enough of its rows."""

    def __init__(self, heads: Sequence[str]) -> None:
        self._all = Prefixes(heads)
        filled = [text for text in heads if text.strip()]
        quoted = [found for text in filled if (found := _QUOTED.match(text)) and _ENDS.search(text, found.end())]
        self._chunks = len(quoted) * 2 > len(filled)
        counts = Counter(_shape(text[: self._length(text)]) for text in heads if text.strip())
        total = sum(counts.values())
        shapes = {
            shape for shape, count in counts.items() if shape and count * _RARE >= total and not _SPOKEN.search(shape)
        }
        if "<" not in shapes:  # then ">" is no side's mark, but the modem's prompt
            shapes -= _MARKS
        self.any = self._chunks or (total > 0 and sum(counts[shape] for shape in shapes) >= _SHARE * total)
        shapes = {shape for shape in shapes if not _is_longer(shape, counts)}
        self._forms = [re.compile(_form(shape)) for shape in sorted(shapes, key=len, reverse=True)]

    def _length(self, text: str) -> int:
        return 2 if text.startswith("< ") else self._all.of(text).length

    def of(self, text: str) -> tuple[int, bool | None, str]:
        """Length, direction and port of the prefix of one row."""
        whole = self._all.of(text)
        if self._chunks and (quoted := _QUOTED.match(text)) and not _SPOKEN.search(quoted[0]):
            words = text[: quoted.end()]
            return len(words), direction(words), whole.port
        for form in self._forms:
            found = form.match(text)
            if found is not None:
                length = found.end()
                if found[0].strip() in _SIDES:
                    return length, _SIDES[found[0].strip()], ""
                part = whole if whole.length <= length + 1 else known(text[:length])
                return length, part.sent, part.port
        return 0, None, ""


def _is_longer(shape: str, counts: Counter[str]) -> bool:
    """Whether it is another one with the modem's prompt, or with what looks like a stamp, behind it."""
    return any(
        other
        and shape != other
        and shape.startswith(other)
        and (count > _LONGER * counts[shape] or (shape[len(other) :].strip() in _MARKS and count > counts[shape]))
        for other, count in counts.items()
    )


def _shape(prefix: str) -> str:
    """The prefix with one digit for digits and one blank for blanks, without the blanks behind it."""
    return re.sub(r"[ \t]+", " ", re.sub(r"\d+", "0", prefix)).rstrip()


def _form(shape: str) -> str:
    """The shape as a pattern, with at most one blank behind it: more are content."""
    signs = {"0": r"\d{1,20}", " ": r"[ \t]{1,40}"}
    indent = "" if shape.startswith(" ") else r"[ \t]{0,8}"
    return indent + "".join(signs.get(sign, re.escape(sign)) for sign in shape) + r"[ \t]?"


def _style(contents: Sequence[bytes]) -> str:
    """How the log writes line ends out; empty when they are its own."""
    shown = [content for content in contents[:_SAMPLE] if content.strip()]
    for name, pattern in _WRITTEN:
        if sum(pattern.search(content) is not None for content in shown) * _WRITTEN_SHARE >= len(shown):
            return name
    return ""


def _ranges(content: bytes, begin: int, style: str, *, sent: bool | None) -> Iterator[Span]:
    """What of a row's content passed the wire: what stands in quotes or brackets, without the log's own line end where line
    ends are written out."""
    body = content.rstrip(b"\r\n")
    line_end = (begin + len(body), begin + len(content))
    chunk = _CHUNK.match(body) or (_BRACKET.match(body) if style or sent is not None else None)
    if chunk is None:
        yield begin, begin + len(body if style else content)
        return
    start, end = chunk.span("text")
    if style:
        yield begin + start, begin + end
        if (
            sent
            and _COMMAND.match(body, start)
            and not body[:end].endswith((b"\\r", b"\\n", b"<CR>", b"<cr>", b"<LF>"))
        ):
            yield line_end
        return
    here = start
    for border in _BETWEEN.finditer(body, start, end):
        yield begin + here, begin + border.start()
        yield line_end
        here = border.end()
    yield begin + here, begin + end
    yield line_end


def _joined(log: Stream, pieces: Sequence[Piece], style: str, port: str) -> Wire:
    ranges = [one for piece in pieces for one in piece.ranges if one[1] > one[0]]
    joined = log.join(ranges)
    parts = [b"".join(log.data[start:end] for start, end in piece.ranges) for piece in pieces]
    if style:
        parts = [apply("unescape", part, style) for part in parts]
        joined = joined.through("unescape", apply("unescape", joined.data, style), style, kind=joined.kind)
    lengths = np.array([len(part) for part in parts], np.int64)
    starts = np.cumsum(lengths) - lengths
    if int(lengths.sum()) != len(
        joined.data
    ):  # an escape goes over the border of two rows: nothing is told of rows then
        starts = np.minimum(starts, len(joined.data))
    filled = [index for index, part in enumerate(parts) if part]
    stream = _timed(joined, starts[filled], [pieces[index].time for index in filled])
    if port and "device" not in stream.context:
        stream = stream.tagged(device=f"tty:{port}")
    return Wire(
        stream,
        tuple(starts[filled].tolist()),
        tuple(pieces[index].sent for index in filled),
        tuple(pieces[index].ranges[0][0] for index in filled),
        tuple(pieces[index].ranges[-1][1] for index in filled),
    )


def _timed(stream: Stream, starts: np.ndarray, times: Sequence[int | None]) -> Stream:
    """The stream with the log's own times, where its rows tell a date."""
    if not any(time is not None for time in times) or not len(starts):
        return stream
    index = np.maximum(np.searchsorted(stream.starts, starts, "right") - 1, 0)
    return replace(
        stream,
        starts=starts,
        offsets=stream.offsets[index] + starts - stream.starts[index],
        frames=stream.frames[index],
        times=np.array([NO_TIME if time is None else time for time in times], np.int64),
    )
