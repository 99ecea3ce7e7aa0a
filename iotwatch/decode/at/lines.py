"""A serial log cut into what was said on the wire: lines without their stamps, with direction and port where the log tells.

Real logs carry stamps of many styles, names of log levels and functions, direction marks, and write CR and LF as
control pictures, as ``<CR><LF>`` or as escapes (reference facts: serial corpus README; public logs of ModemManager,
quectel-CM, wvdial, ESP-IDF, Zephyr, minicom, picocom). A prefix is taken off piece by piece until none is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARK = re.compile(r" -- |<CR>|<LF>|<cr>|<lf>|<ln>|\xe2\x90\x8d|\xe2\x90\x8a|\\r|\\n|\x00|\x08")
_LINE = re.compile(rb"[^\r\n]+")
_PIECES = 10
_LINE_LIMIT = 4096
_WRAPPED = 3

# One prefix piece each. What ends a piece keeps bare answers (a revision, an IMEI) from being taken for a stamp.
_PREFIX = re.compile(
    r"\s*(?:"
    r"\[(?P<bracket>[^\[\]]{0,64})\]-?"  # [15:02:10:278], [INFO], [ril.proatc]
    r"|(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}[-/]\d{1,2})[ T_,]+(?=\d\d?:\d\d)"
    r"|\d{1,2}:\d{2}:\d{2}(?:[.,:]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?(?:\s*(?:->|[:>|,;-]))?(?=\s|$|[A-Z+^\x27\"])"
    r"|\d{1,10}\.\d{1,9}(?:s|ms)?[ \t:|>,;]+(?=\S)"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? [\w.-]{1,64} (?:[\w./@-]{1,48}(?:\[\d{1,10}\])?: )"
    r"|[IDWEV] \(\d{1,12}\) [\w.-]{1,48}: "
    r"|\*\* (?:\([\w.-]{1,40}:\d{1,10}\): |(?=Message))|\((?P<port>(?:tty|cdc-wdm|wwan|COM|\w{1,16}/tty)\w{1,16}(?:/at)?)\):?"
    r"|\([\w.:-]{1,40}\):"
    r"|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|TRACE|Message|debug|info|message)(?:: |\]| - )"
    r"|<(?:debug|dbg|info|inf|warn|wrn|message|msg)>"
    r"|[A-Za-z_]\w{0,48}\(\)?: (?=\S)"
    r"|(?P<tty>tty[A-Z]{2,4}\d{1,3}|COM\d{1,3})(?:<[\w*]{1,8}>)?(?::|>| )"
    r"|(?P<sent>AT>|-->|>>>?(?!\w)|=>|->|(?:TX|Tx|tx|SEND|Send|send|SENT|Sent|sent|WRITE|write|Host|DTE|OUT|"
    r"AT TX)(?: ?\([ \d]{1,6}\))?(?: ?[:>=]| ?->| ?\|)+)"
    r"|(?P<got>AT<|<--|<<<?(?!\w)|<=|<-|(?:RX|Rx|rx|RECV|Recv|recv|RCV|READ|read|RECEIVED|Received|received|Modem|"
    r"Module|DCE|IN|AT RX)(?: ?\([ \d]{1,6}\))?(?: ?[:<>=]| ?<-| ?\|)+)"
    r"|[#|>]\s+|\$\s+(?=[Aa][Tt])|>(?=[Aa][Tt])"
    r")\s*"
)
_SENT_WORD = re.compile(r"(?i)^\s*(?:tx|send|sent|write|out|host|>+|-+>|=>)\s*$")
_GOT_WORD = re.compile(r"(?i)^\s*(?:rx|recv|rcv|read|in|modem|<+|<-+|<=)\s*$")
_QUOTED = re.compile(r"b?(?P<quote>['\"])(?=AT|at|[<\\\r+^$]|.*(?:<CR>|\\r))")
# A command that stands behind other words: an echo without a line end, a program's message that quotes it.
_INNER = re.compile(r"(?<![A-Za-z0-9_\"'/\\])(?:AT|at)(?=[+^$#!*%][A-Za-z]{2,}[A-Za-z0-9_]*(?:[=?\"'\s;]|$))|(?<=[.\d])AT(?=\+[A-Z]{3,}[?=]?)")


@dataclass(frozen=True, slots=True)
class Line:
    """What one side said: ``text`` (latin-1, one character a byte) stands at ``start`` to ``end`` of the stream.

    ``sent`` is the log's own word on the direction (``None``: not told), ``port`` the name of the serial port or empty.
    """

    text: str
    start: int
    end: int
    sent: bool | None = None
    port: str = ""


@dataclass(slots=True)
class _Half:
    text: str
    start: int


def lines(data: bytes) -> Iterator[Line]:
    """Yield the lines of ``data`` in order; a chunk that a log cut in the middle of a line is joined to the next one."""
    halves: dict[tuple[str, bool | None], _Half] = {}
    physical = list(_LINE.finditer(data))
    index = 0
    while index < len(physical):
        start, end = physical[index].span()
        index += 1
        text = data[start : min(end, start + _LINE_LIMIT)].decode("latin-1")
        at, sent, port = _prefix(text)
        quoted = _QUOTED.match(text, at)
        if quoted is None:
            yield from _pieces(text, at, start, sent, port)
            continue
        for _ in range(_WRAPPED):
            if text.rstrip().endswith(quoted["quote"]) or index >= len(physical):
                break
            # A mail program wrapped the line at a blank: the break stands for it.
            end = physical[index].end()
            index += 1
            text = data[start : min(end, start + _LINE_LIMIT)].decode("latin-1").replace("\n", " ").replace("\r", " ")
        body = text.rstrip()
        body = body[: -1 if body.endswith(quoted["quote"]) else None]
        yield from _chunk(body, quoted.end(), start, sent, port, halves)
    for (port, sent), half in halves.items():
        yield Line(half.text, half.start, half.start + len(half.text), sent, port)


def _prefix(text: str) -> tuple[int, bool | None, str]:
    """Where the content begins, and what the prefix says of direction and port."""
    at, sent, port = 0, None, ""
    for _ in range(_PIECES):
        found = _PREFIX.match(text, at)
        if found is None or found.end() == at:
            break
        bracket = found["bracket"] or ""
        if found["sent"] or _SENT_WORD.match(bracket):
            sent = True
        elif found["got"] or _GOT_WORD.match(bracket):
            sent = False
        elif bracket.startswith(("tty", "COM")):
            port = bracket.partition("/")[0]
        port = found["port"] or found["tty"] or port
        at = found.end()
    return at, sent, port.partition("/")[0] if port.endswith("/at") else port.rpartition("/")[2]


def _pieces(text: str, at: int, base: int, sent: bool | None, port: str) -> Iterator[Line]:
    """The content from ``at`` on, cut at written-out line ends, at the dashes of wvdial and before commands inside it."""
    borders = [(at, at)]
    borders += [found.span() for found in _MARK.finditer(text, at)]
    borders.append((len(text), len(text)))
    for (_, start), (end, _) in zip(borders, borders[1:], strict=False):
        here = start
        inner = [found.start() for found in _INNER.finditer(text, start + 1, end)]
        for stop in (*inner, end):
            line = _line(text, here, stop, base, sent, port)
            if line is not None:
                yield line
            here = stop


def _line(text: str, start: int, end: int, base: int, sent: bool | None, port: str) -> Line | None:
    content = text[start:end]
    shown = content.strip(" \t\x00")
    if not shown:
        return None
    begin = start + content.index(shown[0])
    return Line(shown, base + begin, base + begin + len(shown), sent, port)


def _chunk(
    text: str, at: int, base: int, sent: bool | None, port: str, halves: dict[tuple[str, bool | None], _Half]
) -> Iterator[Line]:
    """One chunk that was read from a port, in quotes: its last line may go on in the next chunk."""
    pieces: list[tuple[int, int]] = []
    here = at
    for found in _MARK.finditer(text, at):
        pieces.append((here, found.start()))
        here = found.end()
    half = halves.pop((port, sent), None)
    if half is not None:
        first_end = pieces[0][1] if pieces else len(text)
        joined = half.text + text[at:first_end]
        if not pieces:
            halves[port, sent] = _Half(joined[:_LINE_LIMIT], half.start)
            return
        yield Line(joined, half.start, base + first_end, sent, port)
        pieces = pieces[1:]
    for start, end in pieces:
        line = _line(text, start, end, base, sent, port)
        if line is not None:
            yield line
    if here < len(text):
        halves[port, sent] = _Half(text[here:], base + here)
