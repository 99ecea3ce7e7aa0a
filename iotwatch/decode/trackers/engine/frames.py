"""What all dialects of framed binary messages share: walking streams, learning the sender, judging the checksum.

A dialect gives two functions. ``measure`` says from the first bytes how long the frame that starts there is;
``read`` takes exactly one frame and says what it states, in offsets of that frame. Both answer ``None``, or raise
``DecodeError``, for bytes that are not theirs; the walk then goes on at the next anchor: after junk, after a broken frame,
with several frames in a segment or one split over segments, and at a bounded cost on hostile bytes.

A frame of few fixed fields is best written down as a ``Frame``. One of many optional parts is best filled into a
``Report`` (``report.py``), part by part.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

import msgspec
from msgspec.structs import replace

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import (
    LOOSE,
    TRIED,
    UNRANKED,
    AccessPoint,
    Cell,
    Claim,
    Fix,
    Message,
    Proof,
    Trait,
    proof_of,
)
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_imei, is_vin
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

KNOT = 1.852
HEAD_ENOUGH = 512
"""Bytes of a stream from which a header may speak for a frame that goes on behind them."""
_TRANSPORTS = frozenset({"tcp", "udp"})
_MISS = 64
_PATIENCE = 16 << 10  # work on what is no frame, in bytes: this, and twice the stream

Span = tuple[int, int]


class Session(msgspec.Struct):
    """What the frames of one stream have said so far: the sender of the later ones, and a dialect's own notes."""

    up: bool = True
    device: str = ""
    notes: dict[str, Any] = msgspec.field(default_factory=dict)


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What one frame states; spans count from the frame's first byte.

    ``device`` is the id that this frame carries itself and ``device_at`` where it stands; ``aliases`` are other ids of
    it. ``confidence`` is told only where it differs from what the checksum gives.
    """

    kind: str = ""
    fields: dict[str, Any] = {}
    fixes: tuple[Fix, ...] = ()
    cells: tuple[Cell, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    device: str = ""
    device_at: Span | None = None
    aliases: tuple[str, ...] = ()
    vin: str = ""
    traits: tuple[Trait, ...] = ()
    time: int | None = None
    checksum: str = "none"
    confidence: Confidence | None = None
    doubts: tuple[Said, ...] = ()


Measure = Callable[[bytes], int | None]
Read = Callable[[bytes, Session], Frame | None]


class _First(NamedTuple):
    """The frame at the start of a head, and what the session learned from it."""

    session: Session
    size: int
    frame: Frame


class FramedDialect(msgspec.Struct, frozen=True, dict=True):
    """A ``Dialect`` of one frame grammar. ``limit`` is the longest frame in bytes.

    A ``weak`` grammar has a head that proves nothing: it claims whole frames only. One that cannot ``resync`` is read
    from the start of a stream or datagram alone; ``sync`` tells where a frame may begin after junk, when the anchors say too
    little for that.
    """

    name: str
    anchors: tuple[bytes, ...]
    measure: Measure
    read: Read
    limit: int = 4096
    weak: bool = False
    resync: bool = True
    sync: bytes = b""
    rank: int = UNRANKED
    samples: int = TRIED
    transport: str = ""

    @cached_property
    def _anchored(self) -> re.Pattern[bytes]:
        return re.compile(b"|".join(self.anchors), re.DOTALL)

    @cached_property
    def _begins(self) -> re.Pattern[bytes]:
        return re.compile(self.sync, re.DOTALL) if self.sync else self._anchored

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        """A frame that starts here; one that goes on after ``head`` is judged by its header alone."""
        elsewhere = self.rank >= LOOSE and flow is not None and flow.transport in _TRANSPORTS - {self.transport}
        if elsewhere or not self._anchored.match(head):
            return None
        session = Session()
        size, frame = self._frame(head[: self.limit], session)
        if frame is not None:
            return Claim(self, proof_of(frame.checksum, _layout(frame)), _First(session, size, frame), len(head))
        return Claim(self) if not self.weak and size > len(head) >= HEAD_ENOUGH else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        """Every frame of the stream, whatever stands between them."""
        session = Session(up=stream.up)
        first: _First | None = claim.parse if claim and stream.up else None
        seen = claim.seen if claim else 0
        for start, end in units(stream):
            # A frame that ends before its head does is the same frame when more follows.
            if first and start == 0 and (first.size < seen <= end or seen == end):
                session = Session(notes={**first.session.notes})
                yield self._message(stream, 0, first.size, first.frame, session)
                start = first.size
            yield from self._walk(stream, start, end, session)

    def _walk(self, stream: Stream, at: int, end: int, session: Session) -> Iterator[Message]:
        budget = _PATIENCE + 2 * (end - at)
        follows = True  # a frame, or nothing at all, ends at ``at``
        before: tuple[bytes, Frame] | None = None
        while at < end and budget > 0:
            found = self._anchored.match(stream.data, at, end) if follows else None
            if found is None and self.resync:
                found = self._begins.search(stream.data, at, end)
            if found is None:
                return
            at = found.start()
            size, frame = self._frame(stream.data[at : min(end, at + self.limit)], session, before)
            follows = frame is not None
            if frame is None:
                budget -= _MISS + (size if at + size <= end else 0)
                at += 1
            else:
                yield self._message(stream, at, size, frame, session)
                before = None if frame.fixes else (stream.data[at : at + size], frame)
                at += size

    def _frame(
        self, window: bytes, session: Session, before: tuple[bytes, Frame] | None = None
    ) -> tuple[int, Frame | None]:
        """Size of the frame at the start of ``window`` (0: none begins there), and what it says when it is whole.

        ``before`` is the frame before it, where that tells no place: keep-alives come by the thousand, each the same.
        """
        size = 0
        try:
            size = self.measure(window) or 0
            if not 0 < size <= self.limit:
                return 0, None
            if before is not None and size == len(before[0]) and window.startswith(before[0]):
                return size, before[1]
            return size, self.read(window[:size], session) if size <= len(window) else None
        except DecodeError:
            return size, None

    def _message(self, stream: Stream, at: int, size: int, frame: Frame, session: Session) -> Message:
        fixes, traits = frame.fixes, [*frame.traits]
        if at:
            fixes = tuple([replace(fix, span=_moved(fix.span, at)) for fix in fixes])
            traits = [replace(trait, span=_moved(trait.span, at)) for trait in traits]
        if frame.device:
            session.device = frame.device
            if is_imei(frame.device) and not any(trait.value == frame.device for trait in traits):
                traits.append(Trait(Kind.IMEI, frame.device, _moved(frame.device_at or (0, size), at)))
        vin = frame.vin if is_vin(frame.vin) else ""
        if vin:
            traits.append(Trait(Kind.VIN, vin, (at, at + size)))
        confidence, doubts = _trust(frame)
        return Message(
            protocol=self.name,
            stream=stream,
            span=(at, at + size),
            time=frame.time if frame.time is not None else next((fix.time for fix in fixes if fix.time), None),
            fields={"type": frame.kind, **frame.fields} if frame.kind else frame.fields,
            fixes=fixes,
            cells=frame.cells,
            access_points=frame.access_points,
            traits=tuple(traits),
            device_ids=_named(session.device, frame.aliases),
            vin=vin,
            checksum=frame.checksum,
            layout=_layout(frame),
            confidence=confidence,
            doubts=doubts,
        )


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _named(device: str, aliases: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of a sender, each once."""
    if aliases:
        return tuple(dict.fromkeys(filter(None, (device, *aliases))))
    return (device,) if device else ()


def _layout(frame: Frame) -> Proof:
    """A frame is of known length; one of which its dialect is less sure than usual may be another's."""
    return Proof.SHAPE if frame.confidence is Confidence.POSSIBLE else Proof.EXACT


def _trust(frame: Frame) -> tuple[Confidence, tuple[Said, ...]]:
    """How sure we are that we read the frame right, and what speaks against it."""
    if frame.checksum == "bad":
        return Confidence.POSSIBLE, (*frame.doubts, ReadingDoubt.CHECKSUM_WRONG())
    if frame.confidence is not None:
        return frame.confidence, frame.doubts
    return (Confidence.CERTAIN if frame.checksum == "ok" else Confidence.LIKELY), frame.doubts


def checked(*, good: bool) -> str:
    """The word for a checksum that was compared."""
    return "ok" if good else "bad"


def fix_at(
    latitude: float,
    longitude: float,
    span: Span,
    time: int | None,
    *,
    valid: bool | None = None,
    speed: float | None = None,
    course: float | None = None,
    altitude: float | None = None,
) -> Fix:
    """A fix on the globe, or ``DecodeError``; zero/zero is what receivers say before their first fix: never valid."""
    if not on_globe(latitude, longitude):
        raise DecodeError(f"{latitude:g}, {longitude:g} is no place on earth")
    if latitude == 0 and longitude == 0:
        valid = False
    if course is not None and not 0 <= course <= 360:
        course = None
    return Fix(latitude, longitude, span, time, valid, speed, course, altitude)
