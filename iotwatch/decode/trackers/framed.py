"""What all dialects of framed binary messages share: walking streams, learning the sender, judging the checksum.

A dialect gives two functions. ``measure`` says from the first bytes how long the frame that starts there is;
``read`` takes exactly one frame and says what it states, in offsets of that frame. Both answer ``None``, or raise
``DecodeError``, for bytes that are not theirs; the walk then goes on at the next anchor.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec
from msgspec.structs import replace

from iotwatch.decode.message import AccessPoint, Cell, Fix, Message, Trait
from iotwatch.decode.trackers.fields import is_imei, on_globe
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream

KNOT = 1.852
MISSES = 512
"""Places of one stream (or datagram) that look like a frame's start and are none, before the walk gives up."""

Span = tuple[int, int]
_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")


@dataclass(slots=True)
class Session:
    """What the frames of one stream have said so far: the sender of the later ones, and a dialect's own notes."""

    up: bool = True
    device: str = ""
    notes: dict[str, Any] = field(default_factory=dict)


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What one frame states; spans count from the frame's first byte.

    ``device`` is the id that this frame carries itself and ``device_at`` where it stands; ``aliases`` are other ids of
    it. ``confidence`` is told only where it differs from what the checksum gives.
    """

    kind: str
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
    doubts: tuple[str, ...] = ()


Measure = Callable[[bytes], int | None]
Read = Callable[[bytes, Session], Frame | None]


@dataclass(frozen=True, slots=True)
class FramedDialect:
    """A ``Decoder`` of one frame grammar. ``limit`` is the longest frame in bytes.

    A ``weak`` grammar has a head that proves nothing: it claims whole frames only. One that cannot ``resync`` is read
    from the start of a stream or datagram alone.
    """

    name: str
    anchors: tuple[bytes, ...]
    measure: Measure
    read: Read
    limit: int = 4096
    weak: bool = False
    resync: bool = True

    def claims(self, head: bytes, flow: Flow | None) -> bool:  # noqa: ARG002 - a port is never evidence
        """Whether a frame starts here; one that goes on after ``head`` is judged by its header alone."""
        if not _sync(self.anchors).match(head):
            return False
        size, frame = self._frame(head[: self.limit], Session())
        return frame is not None or (not self.weak and size is not None and size > len(head))

    def messages(self, stream: Stream) -> Iterator[Message]:
        """Every frame of the stream, whatever stands between them."""
        session = Session(up=stream.up)
        ranges = stream.segments() if stream.datagram else iter([(0, len(stream.data))])
        for start, end in ranges:
            yield from self._walk(stream, start, end, session)

    def _walk(self, stream: Stream, start: int, end: int, session: Session) -> Iterator[Message]:
        pattern = _sync(self.anchors)
        find = pattern.search if self.resync else pattern.match
        misses = 0
        while misses < MISSES and (found := find(stream.data, start, end)):
            start = found.start()
            size, frame = self._frame(stream.data[start : min(end, start + self.limit)], session)
            if size is None or frame is None:
                if not self.resync:
                    break
                misses += 1
                start += 1
                continue
            yield self._message(stream, start, size, frame, session)
            start += size

    def _frame(self, window: bytes, session: Session) -> tuple[int | None, Frame | None]:
        size = None
        try:
            size = self.measure(window)
            if size is None or not 0 < size <= self.limit:
                return None, None
            return size, self.read(window[:size], session) if size <= len(window) else None
        except DecodeError:
            return None, None

    def _message(self, stream: Stream, at: int, size: int, frame: Frame, session: Session) -> Message:
        fixes = tuple(replace(fix, span=_moved(fix.span, at)) for fix in frame.fixes)
        traits = tuple(replace(trait, span=_moved(trait.span, at)) for trait in frame.traits)
        if frame.device:
            session.device = frame.device
            span = _moved(frame.device_at or (0, size), at)
            traits += tuple(Trait("imei", name, span) for name in (frame.device, *frame.aliases) if is_imei(name))
        vin = frame.vin if _VIN.fullmatch(frame.vin) and len(set(frame.vin)) > 1 else ""
        if vin:
            traits += (Trait("vin", vin, (at, at + size)),)
        confidence, doubts = _proof(frame)
        return Message(
            protocol=self.name,
            stream=stream,
            span=(at, at + size),
            time=frame.time if frame.time is not None else next((fix.time for fix in fixes if fix.time), None),
            fields={"type": frame.kind, **frame.fields},
            fixes=fixes,
            cells=frame.cells,
            access_points=frame.access_points,
            traits=traits,
            device_ids=tuple(dict.fromkeys(name for name in (session.device, *frame.aliases) if name)),
            vin=vin,
            checksum=frame.checksum,
            confidence=confidence,
            doubts=doubts,
        )


def _moved(span: Span, by: int) -> Span:
    return span[0] + by, span[1] + by


def _proof(frame: Frame) -> tuple[Confidence, tuple[str, ...]]:
    """How sure we are that we read the frame right, and what speaks against it."""
    if frame.checksum == "bad":
        return Confidence.POSSIBLE, (*frame.doubts, "the checksum is wrong")
    if frame.confidence is not None:
        return frame.confidence, frame.doubts
    return (Confidence.CERTAIN if frame.checksum == "ok" else Confidence.LIKELY), frame.doubts


@lru_cache(maxsize=128)
def _sync(anchors: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(b"|".join(anchors), re.DOTALL)


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
