"""Serial bytes written as hex or one character a row: hex dumps in logs, tables of logic analysers.

Forms: ``hexdump -C``, ``xxd``, ESP-IDF and Zephyr hex dumps (offset, pairs, text in bars), gammu (``41A|54T|0D``), Mbed's trace, Saleae
Logic tables (one row a byte, ``0x41``, ``A`` or ``'A'``, ``\\r`` or ``CR`` for line ends), sigrok (``uart-1: 41``). The bytes are
put together again and go on as text; each keeps its place: hex through the step ``hex``, characters as cuts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from iotwatch.decode.message import Message
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream

Span = tuple[int, int]

_PAIRS = re.compile(
    rb"^(?P<head>[^\r\n]{0,80}?)(?<![0-9A-Za-z.:])(?P<hex>[0-9A-Fa-f]{2}(?:[ \t]{1,3}[0-9A-Fa-f]{2}){1,63})"
    rb"(?![0-9A-Za-z:.])(?:[ \t]*\|[^\r\n]{0,80}|[ \t]{2,}[^\r\n]{0,80}|[ \t]*)$",
    re.MULTILINE,
)
_GROUPS = re.compile(
    rb"^[0-9a-fA-F]{4,8}:? (?P<hex>[0-9a-f]{4}(?: [0-9a-f]{2,4}){0,7})(?: {1,60}[^\r\n]{0,40})?$", re.MULTILINE
)
_BARS = re.compile(
    rb"^[^\r\n|]{0,40}?(?P<hex>(?:[0-9A-F]{2}[^|\r\n]?\|){2,64}(?:[0-9A-F]{2}[^|\r\n]?)?)[ \t]*$", re.MULTILINE
)
_SIGROK = re.compile(rb"^uart-\d{1,2}: (?:[RT]X data: )?(?P<hex>[0-9A-F]{2})[ \t]*$", re.MULTILINE)
_PAIR = re.compile(rb"[0-9A-Fa-f]{2}")
_BAR = re.compile(rb"(?P<hex>[0-9A-F]{2})[^|]?(?:\||$)")
_TABLE = re.compile(rb"(?i)^[\"']?(?:name|time|start)[^\r\n]{0,120}(?:value|data|char|start_time)[^\r\n]{0,120}\r?\n")
_ROW_HEX = re.compile(rb"^[^\r\n]{0,120}?,\"?0x(?P<hex>[0-9A-Fa-f]{2})\"?(?:,[^\r\n]{0,60})?\r?$", re.MULTILINE)
_ROW_CHARACTER = re.compile(
    rb"^[-\d.eE+]{1,24}(?P<comma>,)(?:[\w ]{0,20},)?"
    rb"(?:'(?P<quoted>[^\r\n])'|\"(?P<double>[^\r\n\"])\"|(?P<named>\\[rn]|CR|LF|COMMA)|(?P<plain>[^,\r\n]))"
    rb"(?:,[^\r\n]{0,40})?\r?(?P<end>\n|\Z)",
    re.MULTILINE,
)
# Mbed's trace of a modem: what is sent as a line, what is read one character a row.
_TRACED = re.compile(
    rb"^[^\r\n]{0,60}?AT (?:TX|RX) ?\([ \d]{1,6}\): (?P<plain>[^\r\n]*?)(?P<named><cr>|<ln>|(?:<cr><ln>))?\r?(?P<end>\n|\Z)",
    re.MULTILINE,
)
_SPOKEN = re.compile(rb"(?:^|[\r\n])(?:AT|OK|ERROR|[+^$][A-Z]{2,}:|\$G[PN])")
MAX_BYTES = 8 << 20
_SAMPLE = 65_536
_PRINTABLE = bytes(range(32, 127)) + b"\r\n\t"


class SerialDump:
    """The bytes behind a dump, as one text."""

    name = "serial-dump"
    anchors = (
        rb"(?s:.*)(?:[0-9A-Fa-f]{2} {1,3}){3}",
        rb"(?s:.*)(?:[0-9A-F]{2}.?\|){3}",
        rb"(?i)[\"']?(?:name|time|start)[^\n]*(?:value|data|char)",
        rb"(?s:.*)(?:uart-\d|AT RX ?\()",
    )

    def claims(self, head: bytes, flow: Flow | None) -> bool:
        return flow is None and _read(head[:_SAMPLE]) is not None

    def messages(self, stream: Stream) -> Iterator[Message]:
        read = _read(stream.data[:MAX_BYTES])
        if read is None:
            return
        ranges, data, is_hex, touched = read
        joined = stream.join(ranges)
        body = joined.through("hex", data, kind="text") if is_hex else replace(joined, kind="text")
        yield Message(
            protocol="serial-dump",
            stream=stream,
            span=touched,
            time=stream.time_at(touched[0]),
            confidence=Confidence.LIKELY,
            body=body,
        )


def _read(data: bytes) -> tuple[list[Span], bytes, bool, Span] | None:
    """Where the bytes stand, what they are, whether in hex, and the span of the dump; ``None`` when it is none."""
    for ranges, is_hex in ((_table(data), False), *((pairs, True) for pairs in _hex(data))):
        if len(ranges) < 4:
            continue
        joined = b"".join(data[start:end] for start, end in ranges)
        spoken = bytes.fromhex(joined.decode("ascii")) if is_hex else joined
        if _SPOKEN.search(spoken) and len(spoken.translate(None, _PRINTABLE)) * 10 <= len(spoken):
            return ranges, spoken, is_hex, (ranges[0][0], ranges[-1][1])
    return None


def _hex(data: bytes) -> Iterator[list[Span]]:
    """The pairs of each form of dump."""
    if _TABLE.match(data):
        yield [found.span("hex") for found in _ROW_HEX.finditer(data)]
        return
    yield [found.span("hex") for found in _SIGROK.finditer(data)]
    for line, pair in ((_PAIRS, _PAIR), (_GROUPS, _PAIR), (_BARS, _BAR)):
        yield [
            one.span("hex") if "hex" in pair.groupindex else one.span()
            for found in line.finditer(data)
            for one in pair.finditer(data, *found.span("hex"))
        ]


def _table(data: bytes) -> list[Span]:
    """Characters of a logic analyser's table; a row that names a line end or a comma gives its own for it."""
    ranges: list[Span] = []
    if not _TABLE.match(data):
        for found in _TRACED.finditer(data):
            ranges += [
                found.span(group) for group in ("plain", "end") if found[group] and (group == "plain" or found["named"])
            ]
        return ranges
    for found in _ROW_CHARACTER.finditer(data):
        if found["named"]:
            if found["named"] == b"COMMA":
                ranges.append(found.span("comma"))
            elif found["end"]:
                ranges.append(found.span("end"))
            continue
        group = next(name for name in ("quoted", "double", "plain") if found[name] is not None)
        ranges.append(found.span(group))
    return ranges


SERIAL_DUMP = SerialDump()
