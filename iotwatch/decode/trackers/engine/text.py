"""Text dialects as data: one TOML file in ``dialects/`` is one dialect, this is the engine that reads them all.

A file says how its messages begin (``anchors``) and end (``end``), and lists patterns that are tried in turn; how they are written
stands in ``text_pattern``, what their groups mean in ``text_fields``.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from iotwatch.decode.expression import Expression, Spans
from iotwatch.decode.message import AccessPoint, Cell, Claim, Fix, Message, Proof
from iotwatch.decode.trackers.engine import files
from iotwatch.decode.trackers.engine import text_fields as words
from iotwatch.decode.trackers.engine.checksums import BY_NAME
from iotwatch.decode.trackers.engine.text_pattern import Compiled, DialectFile, Pattern
from iotwatch.decode.trackers.engine.text_shape import SHAPED, by_shape
from iotwatch.decode.trackers.engine.text_times import Fields, time_of
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

FOLDER = files.DIALECTS / "text"

LONGEST = 8192
"""A message that has not ended after this many bytes ends there."""

MISSES = 64
"""After so many beginnings in a row that led to no message, a stretch of bytes is given up: it is another protocol's."""

_LINE = regex(rb"[^\r\n]+")
_BLANKS = rb"[\x00-\x20]{0,8}"


class _Unit(NamedTuple):
    """A stretch of bytes that begins like a message, and the pattern that it matches with the spans of its groups."""

    start: int
    end: int
    pattern: Pattern | None = None
    spans: Spans = ()


class TextDialect:
    """A ``Dialect`` that a TOML file describes."""

    def __init__(self, file: DialectFile) -> None:
        self.file = file
        self.name = file.name
        self.rank = file.rank
        self.samples = file.samples
        self.anchors = tuple(_BLANKS + b"(?:" + anchor.encode("latin-1") + b")" for anchor in file.anchors)
        self._anchor = b"|".join(anchor.encode("latin-1") for anchor in (*file.anchors, *file.inside))

    @cached_property
    def _start(self) -> Expression:
        return Expression(self._anchor)

    @cached_property
    def _border(self) -> Expression:
        """The end of a message is its first group; the beginning of the next one has none of its own."""
        return Expression(b"(" + self.file.end.encode("latin-1") + b")|" + self._anchor)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        """What begins like a message; the pattern that it matches says how much of its layout is known."""
        data = head[:LONGEST]
        unit = self._unit(data, 0)
        if unit is None:
            return None
        return Claim(self, unit.pattern.layout if unit.pattern else Proof.HEAD, unit, len(data))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        """Every message in each datagram, or in the whole of any other stream.

        Within a stream, a message that names no device is that of the device that logged in before.
        """
        first, seen = (claim.parse, claim.seen) if claim else (None, 0)
        for start, end in units(stream):
            data = stream.data[start:end]
            # A unit that ends before its head does is the same unit when more follows.
            known = first if start == 0 and first and (first.end < seen <= end or seen == end) else None
            session: tuple[str, ...] = ()
            misses = here = 0
            while here < len(data) and misses < MISSES and (unit := known or self._unit(data, here)):
                known = None
                if unit.pattern is None:
                    misses += 1
                    here = unit.end if self.file.lines else unit.start + 1
                    continue
                misses, here = 0, unit.end
                text, offset = data[unit.start : unit.end], start + unit.start
                message = _read(self.name, stream, unit.pattern, text, unit.spans, offset)
                if unit.pattern.carries in SHAPED and not message.fixes:
                    message = by_shape(message, text, offset)
                session = message.device_ids or session
                yield message if message.device_ids == session else msgspec.structs.replace(message, device_ids=session)

    def _unit(self, data: bytes, here: int) -> _Unit | None:
        """The next stretch from ``here`` that begins like a message."""
        span = self._line(data, here) if self.file.lines else self._span(data, here)
        if span is None:
            return None
        text = data[slice(*span)]
        for pattern in self.file.pattern:
            if (spans := pattern.compiled.expression.match(text)) is not None:
                return _Unit(*span, pattern, spans)
        return _Unit(*span)

    def _line(self, data: bytes, here: int) -> tuple[int, int] | None:
        spans = (line.span() for line in _LINE.finditer(data, here))
        return next((span for span in spans if self._start.match(data, *span)), None)

    def _span(self, data: bytes, here: int) -> tuple[int, int] | None:
        """To the message's end, the next beginning or ``LONGEST``, whatever comes first."""
        found = self._start.search(data, here)
        if found is None:
            return None
        start, end = found[0]
        limit = min(len(data), start + LONGEST)
        border = self._border.search(data, max(end, start + 1), limit)
        if border is None:
            return start, limit
        return start, border[0][0] if border[1] == (-1, -1) else border[0][1]


def check_value(pattern: Pattern, fields: Fields) -> str:
    """``ok`` or ``bad`` when the message brought a checksum, else ``none``."""
    if "check" not in fields or "covered" not in fields:
        return "none"
    value = BY_NAME[pattern.checksum](fields["covered"].text.encode("latin-1"))
    return "ok" if value == int(fields["check"].text, 16) else "bad"


def _fix(pattern: Pattern, fields: Fields) -> Fix | None:
    return words.fix_of(fields, scale=pattern.scale, bits=pattern.flags, yes=pattern.valid, zone=pattern.zone)


class Reading:
    """What the groups of one message say. What a repeated expression does not say itself, it takes from the whole."""

    __slots__ = ("cells", "fields", "fixes", "points")

    def __init__(self, pattern: Pattern, unit: bytes, spans: Spans, offset: int) -> None:
        compiled = pattern.compiled
        text = unit.decode("latin-1")
        self.fields = fields = compiled.fields(text, spans, offset)
        self.fixes: list[Fix] = []
        self.cells: list[Cell] = []
        self.points: list[AccessPoint] = []
        if compiled.places and (fix := _fix(pattern, fields)) is not None:
            self.fixes.append(fix)
        if compiled.cells and (cell := words.cell_of(fields)) is not None:
            self.cells.append(cell)
        for within, repeated in pattern.repeats:
            if within in fields:
                self._repeat(pattern, within, repeated, unit, text, offset)

    def _repeat(self, pattern: Pattern, within: str, repeated: Compiled, unit: bytes, text: str, offset: int) -> None:
        common = {name: field for name, field in self.fields.items() if name not in words.PLACE}
        region = self.fields[within]
        for spans in repeated.expression.each(unit, region.start - offset, region.end - offset):
            inner = {**common, **repeated.fields(text, spans, offset)}
            if within == "fixes" and (fix := _fix(pattern, inner)) is not None:
                self.fixes.append(fix)
            if within != "points" and (cell := words.cell_of(inner)) is not None:
                self.cells.append(cell)
            if within == "points" and (point := words.access_point_of(inner)) is not None:
                self.points.append(point)


def _read(name: str, stream: Stream, pattern: Pattern, unit: bytes, spans: Spans, offset: int) -> Message:
    """The message that a match makes."""
    reading = Reading(pattern, unit, spans, offset)
    fields, fixes, cells, points = reading.fields, reading.fixes, reading.cells, reading.points
    compiled = pattern.compiled
    said: dict[str, Any] = {"carries": _carries(pattern, fixes, heard=bool(cells or points))}
    for word in compiled.plain:
        if word in fields:
            said[word] = fields[word].text
    checksum = check_value(pattern, fields) if pattern.checksum else "none"
    confidence, doubts = _trust(pattern, checksum)
    return Message(
        protocol=name,
        stream=stream,
        span=(offset, offset + len(unit)),
        time=fixes[0].time if fixes else time_of(fields, pattern.zone),
        fields=said,
        fixes=tuple(fixes),
        cells=tuple(dict.fromkeys(cells)) if cells else (),
        access_points=tuple({point.bssid: point for point in points}.values()) if points else (),
        traits=words.traits_of(fields, compiled.identities) if compiled.identities else (),
        device_ids=words.device_ids_of(fields) if compiled.identities else (),
        vin=fields["vin"].text if "vin" in fields else "",
        checksum=checksum,
        layout=pattern.layout,
        confidence=confidence,
        doubts=doubts,
    )


def _carries(pattern: Pattern, fixes: list[Fix], *, heard: bool) -> str:
    if pattern.carries != "position" or fixes:
        return pattern.carries
    return "cells" if heard else "heartbeat"


def _trust(pattern: Pattern, checksum: str) -> tuple[Confidence, tuple[Said, ...]]:
    """How sure the reading is: a good checksum lifts it by one step, a bad one leaves it possible."""
    if checksum == "bad":
        return Confidence.POSSIBLE, (*pattern.doubts, ReadingDoubt.CHECKSUM_WRONG())
    if checksum == "ok":
        return Confidence(min(pattern.trust + 1, Confidence.CERTAIN)), pattern.doubts
    return pattern.trust, pattern.doubts


def load(path: Path) -> TextDialect:
    """The dialect of one TOML file."""
    return TextDialect(files.read(path, DialectFile))


def load_all(folder: Path = FOLDER) -> tuple[TextDialect, ...]:
    """All dialects of a folder, by file name."""
    return tuple(map(TextDialect, files.read_all(folder, DialectFile).values()))
