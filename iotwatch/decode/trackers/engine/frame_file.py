"""Framed binary dialects as data: one TOML file in ``dialects/frame/`` is one dialect; this makes a ``FramedDialect`` of it.

How to write one down, key by key:

- ``name title sources transport``: as in a text dialect. ``anchors``: how a frame begins (google-re2 over bytes). ``rank``: see
  ``message.UNRANKED``; ``samples``: see ``message.Dialect``. ``limit weak resync sync``: see ``frames.FramedDialect``.
- ``[[size]]``: how long a frame is; of several, the first that gives a size. Those whose ``head`` (an expression) fits are
  tried: either ``fixed``, or ``field`` (``u16_le@2``: what stands at byte 2; ``digits2@2``) ``&mask * unit + plus``, or ``until``
  (an expression that ends it, from byte ``after`` or that of the ``field`` on), or ``match`` (an expression), or ``all`` of the
  bytes. ``least`` and ``most`` bound it, ``seen`` bytes must be there to say, ``end`` are its last bytes, ``whole``: it must have
  arrived, ``follows``: what may stand behind it.
- ``[[check]]``: the check value: ``kind`` (see ``checksums.BY_NAME``) of the bytes ``covers`` (a slice), standing at ``at``
  (``u16@-2``). Of several that fit a frame's ``head``, one must hold. ``wrong``: ``refuse`` the frame or ``tell`` it.
  ``weak``: 8 bits prove nothing alone. ``spare``: so many bytes more than the stated length are tried until it holds; ``parts``:
  (``u16_le``) more parts, which begin with their lengths, are.
- ``[escape]``: ``pairs`` of what was sent and what was meant, undone in this order; ``hex``: all is hexadecimal digits. With
  ``size`` (like a size's ``field``) and ``plus``: the length of the frame without escapes, which must be right.
- ``partial``: what was read before the frame breaks is told, and an impossible place is a doubt; the evidence is the whole
  frame. Otherwise one wrong part refuses it all, and each statement is its own evidence.
- ``confidence``: without a check value (``likely``). ``placed`` and ``unplaced``: the kind of a frame with and without a place.
  ``doubts``: in each, by their names in ``words.doubts``. ``[kinds]``: words for ``type``. ``tail``: bytes at the end that no
  layout sees.
- ``[layout]``: what stands where (``frame_layout``), begun with ``frame``. ``[pattern.NAME]``: texts inside, as in a text dialect.

Why not a library: Kaitai Struct, construct and dissect.cstruct (their words are borrowed) say where numbers stand and stop
there: degrees, hemispheres, clocks and what a frame proves would still be code for each dialect. None bounds a repeat by the
bytes that are left, and construct takes microseconds for each field.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec
from msgspec.structs import replace

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import TRIED, UNRANKED
from iotwatch.decode.trackers.engine import files
from iotwatch.decode.trackers.engine.checksums import BY_NAME
from iotwatch.decode.trackers.engine.frame_fields import Reader, reader
from iotwatch.decode.trackers.engine.frame_layout import Find, Layouts
from iotwatch.decode.trackers.engine.frame_names import State, tell_text
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, checked
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.decode.trackers.engine.text import Reading, check_value
from iotwatch.decode.trackers.engine.text_pattern import Example, Pattern
from iotwatch.errors import DecodeError, SignatureError
from iotwatch.model import Confidence
from iotwatch.words.doubts import ReadingDoubt

FOLDER = files.DIALECTS / "frame"
MOST_PARTS = 16


def _expression(written: str) -> re.Pattern[bytes]:
    return re.compile(written.encode("latin-1"), re.DOTALL)


def _number_at(written: str) -> Callable[[bytes], int | None]:
    """Reads a number like ``u16_le@2`` or ``digits2@2``; ``None`` where the bytes end before it."""
    kind, _, at = written.partition("@")
    read, start = reader(kind), int(at)

    def number(data: bytes) -> int | None:
        try:
            value = read(Cursor(data, start if start >= 0 else max(0, len(data) + start)), {})
        except DecodeError:
            return None
        return int(value) if isinstance(value, int) or (isinstance(value, str) and value.isdecimal()) else None

    return number


class Size(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """One way to see where a frame ends."""

    head: str = ""
    fixed: int = 0
    field: str = ""
    mask: int = 0xFFFFFFFF
    unit: int = 1
    plus: int = 0
    until: str = ""
    after: int = 0
    match: str = ""
    all: bool = False
    least: int = 1
    most: int = 1 << 20
    seen: int = 1
    end: str = ""
    whole: bool = False
    follows: str = ""

    @cached_property
    def _number(self) -> Callable[[bytes], int | None]:
        return _number_at(self.field)

    @cached_property
    def _expressions(self) -> tuple[re.Pattern[bytes], ...]:
        return tuple(map(_expression, (self.head, self.until, self.match, self.follows)))

    def of(self, window: bytes) -> int | None:
        """The size of the frame that ``window`` begins with; ``None`` when this is no such frame."""
        head, until, match, follows = self._expressions
        if len(window) < self.seen or not head.match(window):
            return None
        size: int | None = self.fixed
        if self.field:
            stated = self._number(window)
            size = None if stated is None else (stated & self.mask) * self.unit + self.plus
        if self.until or self.match:
            found = until.search(window, size or self.after) if self.until else match.match(window)
            size = found.end() if found else None
        elif self.all:
            size = len(window)
        if size is None or not self.least <= size <= self.most:
            return None
        if size > len(window):
            return None if self.whole else size
        ended = window.endswith(self.end.encode("latin-1"), 0, size)
        return size if ended and (size == len(window) or follows.match(window, size)) else None


class Check(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """A check value, and what a wrong one means."""

    kind: str
    covers: tuple[int, ...]
    at: str
    head: str = ""
    wrong: Literal["refuse", "tell"] = "refuse"
    weak: bool = False

    @cached_property
    def _parts(self) -> tuple[re.Pattern[bytes], Callable[[bytes], int], slice, Callable[[bytes], int | None]]:
        if self.kind not in BY_NAME:
            raise SignatureError(f"{self.kind!r} is no check value that is known")
        return _expression(self.head), BY_NAME[self.kind], slice(*(*self.covers, None)[:2]), _number_at(self.at)

    def word(self, frame: bytes) -> str:
        """``ok``, ``bad``, or ``none`` for a frame that it does not stand in."""
        head, calculate, covered, number = self._parts
        if not head.match(frame):
            return "none"
        return checked(good=calculate(frame[covered]) == number(frame))


class Escape(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """How bytes that would end a frame, or all of its bytes, are written in it."""

    pairs: tuple[tuple[str, str], ...] = ()
    hex: bool = False
    size: str = ""
    plus: int = 0

    @cached_property
    def _size(self) -> Callable[[bytes], int | None]:
        return _number_at(self.size)

    def undone(self, frame: bytes) -> bytes:
        """The frame as it was meant; ``DecodeError`` when it is not as long as it says."""
        plain = frame
        for sent, meant in self.pairs:
            plain = plain.replace(sent.encode("latin-1"), meant.encode("latin-1"))
        if self.hex:
            try:
                plain = bytes.fromhex(plain.decode("latin-1"))
            except ValueError as error:
                raise DecodeError("the frame is not written in hexadecimal digits") from error
        if not self.size:
            return plain
        for form in (frame, plain):  # a log may have the frame without its escapes
            if len(form) == (self._size(form) or 0) + self.plus:
                return form
        raise DecodeError("the frame is not as long as it says")


class FrameFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """What a TOML file says."""

    name: str
    title: str
    sources: tuple[str, ...]
    transport: str
    anchors: tuple[str, ...]
    size: tuple[Size, ...]
    layout: dict[str, str]
    check: tuple[Check, ...] = ()
    spare: int = 0
    parts: str = ""
    escape: Escape | None = None
    pattern: dict[str, Pattern] = {}
    kinds: dict[str, str] = {}
    placed: str = ""
    unplaced: str = ""
    confidence: Literal["possible", "likely"] = "likely"
    doubts: files.Doubts = files.Doubts()
    tail: int = 0
    partial: bool = False
    rank: int = UNRANKED
    samples: int = TRIED
    limit: int = 4096
    weak: bool = False
    resync: bool = True
    sync: str = ""
    example: tuple[Example, ...] = ()

    @cached_property
    def _unproven(self) -> Confidence:
        return Confidence[self.confidence.upper()]

    @cached_property
    def _layouts(self) -> Layouts:
        return Layouts(self.layout, {name: _find(pattern) for name, pattern in self.pattern.items()})

    def measure(self, window: bytes) -> int | None:
        """How long the frame at the start of ``window`` is; ``None`` when there is none."""
        stated = next((found for size in self.size if (found := size.of(window)) is not None), None)
        if stated is None or stated > len(window) or not (self.spare or self.parts):
            return stated
        sizes: Iterable[int] = range(stated, min(stated + self.spare, len(window)) + 1)
        if self.parts:
            sizes = islice(self._with_parts(window, stated), MOST_PARTS)
        right = (size for size in sizes if self._word(window[:size]) == "ok")
        return next(right, stated if self.parts else None)

    @cached_property
    def _part(self) -> Reader:
        return reader(self.parts)

    def _with_parts(self, window: bytes, size: int) -> Iterator[int]:
        """The frame's size with one part, with two ...: where the check value could stand begins the next part's length."""
        while size <= len(window):
            yield size
            cursor = Cursor(window, size - self.tail)
            try:
                cursor.skip(self._part(cursor, {}))
            except DecodeError:  # it ends here, or has not arrived
                return
            size = cursor.at + self.tail

    def _word(self, frame: bytes) -> str:
        words = [check.word(frame) for check in self.check]
        return "ok" if "ok" in words else "bad" if "bad" in words else "none"

    def read(self, frame: bytes, session: Session) -> Frame | None:
        """What one frame says; ``DecodeError`` when it is none of this dialect's."""
        plain = frame if self.escape is None else self.escape.undone(frame)
        checksum = self._word(plain)
        if checksum == "bad" and any(check.wrong == "refuse" for check in self.check):
            raise DecodeError("the check value is wrong")
        report = Report(len(frame))
        report.doubts.extend(self.doubts)
        exact = not self.partial and plain == frame
        state = State(Cursor(plain, 0, len(plain) - self.tail), report, session, checksum, self.kinds, exact=exact)
        try:
            self._layouts.run(state)
        except (DecodeError, ArithmeticError) as error:
            proven = checksum == "ok" and not any(check.weak for check in self.check)
            if not self.partial or not (report.fixes or proven):
                raise DecodeError(str(error)) from error
            report.doubts.append(ReadingDoubt.NOT_TO_THE_END(error=str(error)))
            if checksum == "none":
                report.confidence = Confidence.POSSIBLE
        if kind := self.placed if report.fixes else self.unplaced:
            report.fields["type"] = kind
        if state.checksum == "none" and report.confidence is None:
            report.confidence = self._unproven
        return report.frame(state.checksum)


def _find(pattern: Pattern) -> Find:
    """Reads a text inside a frame as a text dialect's pattern does."""

    def find(state: State, here: bool) -> bool:  # noqa: FBT001
        cursor, report, expression = state.cursor, state.report, pattern.compiled.expression
        spans = (expression.match if here else expression.search)(cursor.data, cursor.at, cursor.end)
        if spans is None:
            return False
        reading = Reading(pattern, cursor.data, spans, 0)
        span = tuple(spans[0]) if state.exact else state.whole
        time, valid = state.values.get("time"), state.values.get("valid")
        for fix in reading.fixes:
            said = fix.valid if fix.valid is not None or valid is None else bool(valid)
            report.fixes.append(replace(fix, span=span, time=time if fix.time is None else fix.time, valid=said))
        report.cells += reading.cells
        report.access_points += reading.points
        for name, field in reading.fields.items():
            tell_text(state, name, field.text, (field.start, field.end) if state.exact else state.whole)
        cursor.at = spans[0][1]
        if pattern.checksum:
            state.checksum = check_value(pattern, reading.fields)
        return True

    return find


def load(path: Path) -> FramedDialect:
    """The dialect of one TOML file."""
    return dialect(read_file(path))


def dialect(file: FrameFile) -> FramedDialect:
    """The dialect that a file describes."""
    return FramedDialect(
        name=file.name,
        anchors=tuple(anchor.encode("latin-1") for anchor in file.anchors),
        measure=file.measure,
        read=file.read,
        limit=file.limit,
        weak=file.weak,
        resync=file.resync,
        sync=file.sync.encode("latin-1"),
        rank=file.rank,
        samples=file.samples,
        transport=file.transport,
    )


def read_file(path: Path) -> FrameFile:
    """What a TOML file says."""
    return files.read(path, FrameFile)


def named(name: str) -> FramedDialect:
    """The dialect of this name."""
    return load(FOLDER / f"{name}.toml")


def load_all(folder: Path = FOLDER) -> tuple[FramedDialect, ...]:
    """All dialects of a folder, by file name."""
    return tuple(map(dialect, files.read_all(folder, FrameFile).values()))
