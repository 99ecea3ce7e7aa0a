"""Which bytes of the wire a prompt was answered with.

Of what is typed beyond the announced length nothing is sent. Where a logger dropped the CR of line ends the length still counts
them.
"""

from __future__ import annotations

import re

from iotwatch.decode.at.sockets.conversation import Span, Unit
from iotwatch.decode.at.sockets.parameters import Value
from iotwatch.decode.at.sockets.tables import Command
from iotwatch.decode.at.sockets.wire import Wire
from iotwatch.patterns import regex

END = regex(rb"\x1a|\^Z|<CTRL[+-]Z>|<SUB>|\\x1[aA]|\xe2\x86\x92(?=[\r\n]|$)")
"""Ctrl-Z, which sends (3GPP TS 27.005 section 3.5.1), and how terminals show it."""
_ESCAPE = b"\x1b"
_MOST = 1 << 20
_MARK_BYTES = 64
_REPORTS = 8
"""How many unsolicited reports may stand between a prompt and the bytes."""
_BEHIND = regex(
    rb"\s*(?:$|\x1a|\^Z|<CTRL[+-]Z>|--EOF--Pattern--|\+\+\+)|[ \t]*[\r\n]|(?:AT|at)[+^#$*][A-Za-z]{2}"
    rb"|(?<=[\r\n])(?:OK|SEND OK|(?:AT)?[+^#$*][A-Z]{2,})"
)
_RESULT = regex(
    rb"(?:^|(?<=[\r\n]))(?:\d{1,2}, ?)?(?:SEND OK|SEND FAIL|OK|ERROR|CLOSED|NO CARRIER|\+CM[SE] ERROR:|\+CMGS:|DATA ACCEPT:)"
    rb"|(?:^|(?<=[\r\n]))(?i:AT)[+^#$*][A-Z]"
)
_FINAL = regex(rb"[\r\n]*(?:OK|ERROR|\+CME ERROR: ?\w+|SEND OK|SEND FAIL)[ *]*(?=[\r\n]|$)")
_COMMAND = regex(rb"(?:^|(?<=[\r\n]))(?:AT|at)[+^#$*][A-Za-z]{3,}(?:[=?\r\n])")
_LINE_END = regex(rb"\r?\r?\n|\r")
_ROW = regex(rb"[^\r\n]+")
_PATTERN = regex(rb"--EOF--Pattern--")
_REPORT = regex(rb"[+^#$*][A-Z]{3,}: [^\r\n]{0,200}(?:\r\n|\n)")


def counted(wire: Wire, at: int, length: int, *, prompted: bool) -> tuple[Unit | None, int]:
    """``length`` bytes from ``at`` on, and where the dialogue goes on; ``None`` when the log does not show them."""
    for start in _starts(wire, at) if prompted else (at,):
        if _FINAL.match(wire.stream.data, start):
            return None, start
        for dropped in (False, True):
            ranges, end = _take(wire, start, length, dropped=dropped)
            if ranges and _fits(wire, ranges, end):
                return _unit(ranges, length, dropped=dropped), _behind_echo(wire, ranges, end)
    if not prompted:
        return None, at
    start = _starts(wire, at)[0]
    ranges, end = _take(wire, start, length, dropped=False)
    if not ranges or _RESULT.search(_joined(wire, ranges)):
        # Fewer bytes than announced stand before the result: whoever published the log took out of them what names somebody.
        return until_end(wire, start, prompted=True, most=length)
    if wire.stream.data[end - 1 : end + 1] == b"\r\n":
        ranges[-1] = (ranges[-1][0], end - 1)  # the line end is the log's
    # More was typed than announced: the module takes what it asked for.
    return _unit(ranges, length, dropped=False), _line_behind(wire, end)


def until_end(wire: Wire, at: int, *, prompted: bool, most: int = _MOST) -> tuple[Unit | None, int]:
    """The bytes up to Ctrl-Z, or to the answer where the log does not show it; ``None`` for what Esc took back."""
    data = wire.stream.data
    start = _starts(wire, at)[0] if prompted else at
    limit = min(len(data), start + most + _MARK_BYTES)
    result = _RESULT.search(data, start, limit)
    stop = END.search(data, start, result.start() if result else limit)
    if stop is None and (not prompted or (result is None and limit < len(data))):
        return None, at
    end = stop.start() if stop else len(data[start : result.start() if result else limit].rstrip(b"\r\n")) + start
    ranges = _sent_only(wire, start, end)
    joined = _joined(wire, ranges)
    follows = stop.end() if stop else end
    if _ESCAPE in joined:
        return None, start + joined.index(_ESCAPE) + 1
    return (Unit(ranges), follows) if joined.strip() else (None, follows)


def inline(command: Command, found: dict[str, Value], text: str, start: int) -> Unit | None:
    """The payload that stands in the command, which begins at ``start``: in hex, in quotes, or as long as it says itself."""
    value = found.get("hex") or found.get("data") or found.get("quoted")
    if value is None:
        return None
    length = int(found["length"].text) if "length" in found else 0
    if "hex" in found or (command.hex == "length" and length and value.end - value.start == 2 * length):
        return Unit([(start + value.start, start + value.end)], [("hex", "")], length=length)
    begin = value.start + (not value.quoted and text.startswith('"', value.start))
    end = value.end
    if length and begin + length <= len(text):
        end = begin + length  # quotes inside the quotes need no escape then
    elif begin > value.start:
        end = max(begin, text.rfind('"'))
    steps = [("unescape", command.escapes)] if command.escapes and "\\" in text[begin:end] else []
    return Unit([(start + begin, start + end)], steps, length=length) if end > begin else None


def delivered(wire: Wire, found: re.Match[bytes], row: int) -> tuple[Unit | None, int]:
    """What the far end sent: in the answer ``found`` itself, or behind it as many bytes as it announces, or the next row."""
    data, groups = wire.stream.data, found.groupdict()
    for name, steps in (("hex", [("hex", "")]), ("data", [])):
        if groups.get(name) is not None:
            return Unit([(row + found.start(name), row + found.end(name))], steps, up=False), row + found.end()
    at = row + found.end()
    line = _LINE_END.match(data, at)
    start = line.end() if line is not None else at
    length = int(groups["length"]) if groups.get("length") else 0
    if not length:
        whole = _ROW.match(data, start)
        end = start + len(_PATTERN.split(whole[0], maxsplit=1)[0]) if whole else start
        return (Unit([(start, end)], up=False) if end > start else None), (whole.end() if whole else at)
    final = _FINAL.match(data, start)
    if _COMMAND.match(data, start) or (final is not None and length > len(final[0])):
        return None, at  # the log does not show them
    bytes_here = data[start : start + length]
    cut = _COMMAND.search(bytes_here) or _PATTERN.search(bytes_here)
    end = start + len(bytes_here[: cut.start()].rstrip(b"\r\n") if cut else bytes_here)
    return (Unit([(start, end)], up=False, length=length) if end > start else None), max(at, end)


def _starts(wire: Wire, at: int) -> list[int]:
    """Where the bytes behind a prompt may begin: behind its blank, and behind the line end that a logger put there."""
    data = wire.stream.data
    blank = at + (data[at : at + 1] == b" ")
    line = _LINE_END.match(data, blank)
    starts = [line.end()] if line is not None else []
    while starts and len(starts) < _REPORTS and (report := _REPORT.match(data, starts[-1])) is not None:
        starts.append(report.end())
    return list(dict.fromkeys((*starts, blank, at)))


def _take(wire: Wire, start: int, length: int, *, dropped: bool) -> tuple[list[Span], int]:
    """Ranges of ``length`` bytes that the host sent; ``dropped`` counts each bare LF as CR LF. Empty when there are fewer."""
    data, left, here = wire.stream.data, length, start
    ranges: list[Span] = []
    while left > 0 and here < len(data):
        piece = wire.piece(here)
        stop = wire.end_of(piece)
        if wire.sided and wire.sent[piece] is False:
            here = stop
            continue
        end = min(stop, here + left)
        if dropped:
            end = _with_dropped(data, here, stop, left)
            if end == here:  # a bare LF counts as two bytes where one is left
                break
            left -= data.count(b"\n", here, end) - data.count(b"\r\n", here, end)
        left -= end - here
        ranges.append((here, end))
        here = end
    return (ranges, here) if left == 0 and ranges else ([], start)


def _with_dropped(data: bytes, start: int, stop: int, length: int) -> int:
    """Where ``length`` bytes end when each bare LF stands for two."""
    end = min(stop, start + length)
    while end > start:
        over = (end - start) + data.count(b"\n", start, end) - data.count(b"\r\n", start, end) - length
        if over <= 0:
            break
        end -= max(1, over // 2)
    return end


def _fits(wire: Wire, ranges: list[Span], end: int) -> bool:
    """Whether what follows is no more of the same, and the bytes hold no command of the dialogue."""
    data = wire.stream.data
    if data[end - 1 : end + 1] == b"\r\n":
        return False
    bound = end == len(data) or wire.piece(end) != wire.piece(end - 1) or _BEHIND.match(data, end) is not None
    return bound and _COMMAND.search(_joined(wire, ranges)) is None


def _unit(ranges: list[Span], length: int, *, dropped: bool) -> Unit:
    return Unit(ranges, [("crlf", "")] if dropped else [], length=length)


def _joined(wire: Wire, ranges: list[Span]) -> bytes:
    return b"".join(wire.stream.data[start:end] for start, end in ranges)


def _sent_only(wire: Wire, start: int, end: int) -> list[Span]:
    if not wire.sided:
        return [(start, end)]
    first, last = wire.piece(start), wire.piece(max(start, end - 1))
    pieces = [piece for piece in range(first, last + 1) if wire.sent[piece] is not False]
    return [(max(start, wire.starts[piece]), min(end, wire.end_of(piece))) for piece in pieces] or [(start, start)]


def _behind_echo(wire: Wire, ranges: list[Span], end: int) -> int:
    """Where the dialogue goes on when the module repeated the bytes."""
    said, data = _joined(wire, ranges), wire.stream.data
    for gap in (b"", b"\r\n", b"\n", b"\r"):
        if data.startswith(gap + said, end):
            return end + len(gap) + len(said)
    return end


def _line_behind(wire: Wire, end: int) -> int:
    found = _LINE_END.search(wire.stream.data, end)
    return found.end() if found else len(wire.stream.data)
