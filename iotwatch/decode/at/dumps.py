"""Serial bytes written as hex or one character a row: hex dumps in logs, tables of logic analysers.

Forms: ``hexdump -C``, ``xxd``, ESP-IDF and Zephyr hex dumps (offset, pairs, text in bars), gammu (``41A|54T|0D``), Mbed's
trace, Saleae Logic tables (one row a byte, ``0x41``, ``A`` or ``'A'``, ``CR`` for line ends), sigrok (``uart-1: 41``). The
bytes are put together again and go on as text; each keeps its place: hex through the step ``hex``, characters as cuts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

import re2
from msgspec.structs import replace

from iotwatch.decode.message import Claim, Message, Proof
from iotwatch.errors import LimitReached
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream

Span = tuple[int, int]
Form = Callable[[bytes], list[Span]]

_PAIRS = regex(
    rb"^(?P<head>[^\r\n]{0,80}?)(?<![0-9A-Za-z.:])(?P<hex>[0-9A-Fa-f]{2}(?:[ \t]{1,3}[0-9A-Fa-f]{2}){1,63})"
    rb"(?![0-9A-Za-z:.])(?:[ \t]*\|[^\r\n]{0,80}|[ \t]{2,}[^\r\n]{0,80}|[ \t]*)$",
    re.MULTILINE,
)
_GROUPS = regex(
    rb"^[0-9a-fA-F]{4,8}:? (?P<hex>[0-9a-f]{4}(?: (?:[0-9a-f]{2}){1,2}){0,7})(?: {1,60}[^\r\n]{0,40})?$", re.MULTILINE
)
_BARS = regex(
    rb"^[^\r\n|]{0,40}?(?P<hex>(?:[0-9A-F]{2}[^|\r\n]?\|){2,64}(?:[0-9A-F]{2}[^|\r\n]?)?)[ \t]*$", re.MULTILINE
)
_SIGROK = regex(rb"^uart-\d{1,2}: (?:[RT]X data: )?(?P<hex>[0-9A-F]{2})[ \t]*$", re.MULTILINE)
_BAR = regex(rb"(?P<hex>[0-9A-F]{2})[^|]?(?:\||$)")
_TABLE = regex(rb"(?i)^[\"']?(?:name|time|start)[^\r\n]{0,120}(?:value|data|char|start_time)[^\r\n]{0,120}\r?\n")
_ROW_HEX = regex(rb"^[^\r\n]{0,120}?,\"?0x(?P<hex>[0-9A-Fa-f]{2})\"?(?:,[^\r\n]{0,60})?\r?$", re.MULTILINE)
_ROW_CHARACTER = regex(
    rb"^[-\d.eE+]{1,24}(?P<comma>,)(?:[\w ]{0,20},)?"
    rb"(?:'(?P<quoted>[^\r\n])'|\"(?P<double>[^\r\n\"])\"|(?P<named>\\[rn]|CR|LF|COMMA)|(?P<plain>[^,\r\n]))"
    rb"(?:,[^\r\n]{0,40})?\r?(?P<end>\n|\Z)",
    re.MULTILINE,
)
# Mbed's trace of a modem: what is sent as a line, what is read one character a row.
_TRACED = regex(
    rb"^[^\r\n]{0,60}?AT (?:TX|RX) ?\([ \d]{1,6}\): (?P<plain>[^\r\n]*?)(?P<named><cr>|<ln>|(?:<cr><ln>))?\r?(?P<end>\n|\Z)",
    re.MULTILINE,
)
_SPOKEN = regex(rb"(?:^|[\r\n])(?:AT|OK|ERROR|[+^$][A-Z]{2,}:|\$G[PN])")
MAX_BYTES = 8 << 20
_SAMPLE = 65_536
_ROW = 256
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t"


# Six pairs in a row, bars, rows of a table or a trace: what no prose holds, on the fast engine.
_SIGN = re2.compile(
    rb"(?:[0-9A-Fa-f]{2}[ \t]{1,3}){6}|(?:[0-9A-F]{2}[^|\r\n]?\|){2}|(?:[0-9a-f]{4} ){3}|uart-\d|AT [RT]X ?\("
    rb"|(?i:^[\"']?(?:name|time|start))"
)


class SerialDump:
    """The bytes behind a dump, as one text."""

    name = "serial-dump"
    anchors = (
        rb"(?s:.*)(?:[0-9A-Fa-f]{2} {1,3}){3}",
        rb"(?s:.*)(?:[0-9A-F]{2}.?\|){3}",
        rb"(?i)[\"']?(?:name|time|start)[^\n]*(?:value|data|char)",
        rb"(?s:.*)(?:uart-\d|AT RX ?\()",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow is not None or not _SIGN.search(head[:_SAMPLE]):
            return None
        read = _read(head[:_SAMPLE])
        return Claim(self, Proof.EXACT, read, min(len(head), _SAMPLE)) if read is not None else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        whole = claim is not None and claim.seen == len(stream.data)
        read = claim.parse if claim and whole else _read(stream.data[:MAX_BYTES])
        if read is None:
            return
        ranges, data, is_hex, touched = read
        joined = stream.join(ranges)
        body = joined.through("hex", data, kind="text") if is_hex else replace(joined, kind="text")
        yield Message("serial-dump", stream, touched, stream.time_at(touched[0]), body=body)
        if len(stream.data) > MAX_BYTES:
            raise LimitReached(f"of a dump the first {MAX_BYTES} bytes were read")


def _read(data: bytes) -> tuple[list[Span], bytes, bool, Span] | None:
    """Where the bytes stand, what they are, whether in hex, and the span of the dump; ``None`` when it is none.

    The form is told by the beginning of the text, or else by any of it.
    """
    for form in _FORMS:
        known = _spoken(data[:_SAMPLE], form)
        if known is not None:
            return known if len(data) <= _SAMPLE else _spoken(data, form)
    return None


def _spoken(data: bytes, form: Form) -> tuple[list[Span], bytes, bool, Span] | None:
    ranges = form(data)
    if not ranges:
        return None
    joined = b"".join([data[start:end] for start, end in ranges])
    is_hex = form not in (_table, _traced)
    spoken = bytes.fromhex(joined.decode("ascii")) if is_hex else joined
    if not _SPOKEN.search(spoken) or len(spoken.translate(None, _PRINTABLE)) * 10 > len(spoken):
        return None
    return ranges, spoken, is_hex, (ranges[0][0], ranges[-1][1])


def without_dumps(data: bytes) -> bytes:
    """The same bytes with blanks for the rows of a dump: what they say is read from what they hold."""
    read = _read(data[:MAX_BYTES]) if _SIGN.search(data[:_SAMPLE]) else None
    if read is None:
        return data
    masked = bytearray(data)
    for start, end in read[0]:
        first = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", max(0, start - _ROW), start)) + 1
        last = min(
            (at for at in (data.find(b"\n", end), data.find(b"\r", end, end + _ROW)) if at >= 0), default=len(data)
        )
        masked[first:last] = b" " * (last - first)
    return bytes(masked)


def _hex(data: bytes, pattern: re.Pattern[bytes]) -> list[Span]:
    """The hex of each row; the step passes over the blanks in it."""
    return [found.span("hex") for found in pattern.finditer(data)]


def _rows(data: bytes) -> list[Span]:
    return _hex(data, _ROW_HEX) if _TABLE.match(data) else []


def _bars(data: bytes) -> list[Span]:
    return [bar.span("hex") for found in _BARS.finditer(data) for bar in _BAR.finditer(data, *found.span("hex"))]


def _traced(data: bytes) -> list[Span]:
    """What Mbed's trace shows; the end of a row stands for the end of a line where the trace names one."""
    groups = ((found, group) for found in _TRACED.finditer(data) for group in ("plain", "end"))
    return [found.span(group) for found, group in groups if found[group] and (group == "plain" or found["named"])]


def _table(data: bytes) -> list[Span]:
    """Characters of a logic analyser's table; a row that names a line end or a comma gives its own for it."""
    ranges: list[Span] = []
    for found in _ROW_CHARACTER.finditer(data) if _TABLE.match(data) else ():
        if found["named"]:
            if found["named"] == b"COMMA":
                ranges.append(found.span("comma"))
            elif found["end"]:
                ranges.append(found.span("end"))
            continue
        group = next(name for name in ("quoted", "double", "plain") if found[name] is not None)
        ranges.append(found.span(group))
    return ranges


_FORMS: tuple[Form, ...] = (
    _table,
    _traced,
    _rows,
    *(partial(_hex, pattern=pattern) for pattern in (_SIGROK, _GROUPS, _PAIRS)),
    _bars,
)
SERIAL_DUMP = SerialDump()
