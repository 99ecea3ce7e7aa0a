"""The nouns: frozen values that pass between the stages. No I/O, no numpy, nothing of ours but words.

A ``Place`` says where bytes stand as a chain of operations applied in turn to a file's bytes: cuts (ordered
spans whose join is the result) and named pure steps (gzip, base64, squashfs ...). Chains share their beginnings
and so form a tree; two cuts in a row are always merged into one, so a value in plain TCP payload is a chain of
one cut, which ``dd`` can show.

Times are integers: microseconds since 1970-01-01 UTC.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from functools import lru_cache
from itertools import accumulate
from typing import Annotated, Any

import msgspec

from iotwatch.words.findings import FindingKind
from iotwatch.words.measures import Measure
from iotwatch.words.said import Said
from iotwatch.words.verdicts import VerdictWord, reason_of

EXCERPT_BYTES = 256
KNOWN_POSITION = "known-position"
BLIND = "blind"
"""The method of positions that were found because they are known, and their dialect, which nobody knows."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE = 60_000_000


class Severity(IntEnum):
    """How bad a finding is if it is true."""

    INFO = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class Confidence(IntEnum):
    """How sure we are. ``certain`` needs two independent traces or a proof in the bytes."""

    POSSIBLE = 0
    LIKELY = 1
    CERTAIN = 2


class Direction(StrEnum):
    """Which way a statement travels: ``UP`` leaves the device over a network, ``LOCAL`` stays on a wire or inside it."""

    UP = "up"
    DOWN = "down"
    LOCAL = "local"
    BROADCAST = "broadcast"


LARGEST = 1 << 44
"""Sixteen terabytes: half a million such counts still add up in 64 bits."""
Count = Annotated[int, msgspec.Meta(ge=0, le=LARGEST)]
"""Bytes or frames, where they are read from what others may have written."""


class Cut(msgspec.Struct, frozen=True, tag="cut"):
    """Ordered spans ``(offset, length)`` whose join is the result; ``frames`` has one note per span, or is empty."""

    spans: tuple[tuple[Count, Count], ...]
    frames: tuple[Count, ...] = ()

    def __post_init__(self) -> None:
        # That no span is negative is checked where cuts are read: as many are made here as there are positions.
        if self.frames and len(self.frames) != len(self.spans):
            raise ValueError("a cut has one frame note per span or none")

    @property
    def length(self) -> int:
        return sum(length for _, length in self.spans)

    def slice(self, start: int, length: int) -> Cut:
        """Return the cut of ``length`` bytes from byte ``start`` of this cut's result (shorter at its end)."""
        ends = list(accumulate(span[1] for span in self.spans))
        spans: list[tuple[int, int]] = []
        frames: list[int] = []
        index = bisect_right(ends, start)
        while length > 0 and index < len(ends):
            offset, size = self.spans[index]
            skip = start - (ends[index] - size)
            take = min(length, size - skip)
            spans.append((offset + skip, take))
            if self.frames:
                frames.append(self.frames[index])
            start += take
            length -= take
            index += 1
        return Cut(tuple(spans), tuple(frames))


class Step(msgspec.Struct, frozen=True, tag="step"):
    """A named pure transformation of all bytes so far, for example ``gzip`` or ``squashfs`` with a path."""

    name: str
    argument: str = ""


Operation = Cut | Step


class Place(msgspec.Struct, frozen=True):
    """Where bytes stand: ``operation`` applied to what ``parent`` gives (``None`` is the whole file)."""

    operation: Operation
    parent: Place | None = None

    def chain(self) -> tuple[Operation, ...]:
        """Return the operations from the file inwards."""
        operations: list[Operation] = []
        place: Place | None = self
        while place is not None:
            operations.append(place.operation)
            place = place.parent
        return tuple(reversed(operations))

    @property
    def file_offset(self) -> int | None:
        """Offset of the first byte in the outer file; ``None`` after a step."""
        if self.parent is None and isinstance(self.operation, Cut) and self.operation.spans:
            return self.operation.spans[0][0]
        return None

    @property
    def frames(self) -> tuple[int, ...]:
        """The frame notes of the innermost cut that has any, each once and in order."""
        place: Place | None = self
        while place is not None:
            if isinstance(place.operation, Cut) and place.operation.frames:
                return tuple(dict.fromkeys(place.operation.frames))
            place = place.parent
        return ()


def cut(parent: Place | None, spans: Iterable[tuple[int, int]], frames: Sequence[int] = ()) -> Place:
    """Return the place of ``spans`` within what ``parent`` gives, merged with the parent when that is a cut."""
    if parent is None or isinstance(parent.operation, Step):
        return Place(Cut(tuple(spans), tuple(frames)), parent)
    pieces = [parent.operation.slice(offset, length) for offset, length in spans]
    return Place(
        Cut(
            tuple(span for piece in pieces for span in piece.spans),
            tuple(frame for piece in pieces for frame in piece.frames),
        ),
        parent.parent,
    )


def step(parent: Place | None, name: str, argument: str = "") -> Place:
    """Return the place that the named step makes of what ``parent`` gives."""
    return Place(Step(name, argument), parent)


class Evidence(msgspec.Struct, frozen=True):
    """Where a statement stands. ``excerpt`` is the first bytes of what ``place`` gives over the source.

    ``source`` is the row id of the source in the store (0 until it is stored); ``path`` names the artefact inside an image.
    """

    place: Place
    excerpt: bytes
    length: int
    frame: int | None = None
    time: int | None = None
    path: str = ""
    source: int = 0

    def __post_init__(self) -> None:
        if len(self.excerpt) > EXCERPT_BYTES or len(self.excerpt) > self.length:
            raise ValueError("an excerpt is at most its evidence and at most 256 bytes")

    @property
    def offset(self) -> int | None:
        """Offset in the outer file; ``None`` after a step."""
        return self.place.file_offset

    @property
    def display_filter(self) -> str:
        """Wireshark's filter for the frames that hold the bytes; empty outside captures."""
        frames = self.place.frames or ((self.frame,) if self.frame is not None else ())
        if not frames:
            return ""
        if len(frames) == 1:
            return f"frame.number == {frames[0]}"
        return "frame.number in {" + ", ".join(str(frame) for frame in frames[:64]) + "}"


class Observation(msgspec.Struct, frozen=True):
    """What was seen, once per (kind, subject, value) of a source; ``count`` says how often.

    ``kind`` is a dotted word (``usb.id``, ``at.identity``, ``imei``, ``dns.query``, ``tls.sni``, ``http.host``,
    ``http.agent``, ``mqtt.client``, ``text`` ...); ``subject`` is whom it is about, a device key such as
    ``ip:192.0.2.7``, ``mac:...``, ``usb:1-2``, ``path:/bin/x`` or empty; ``facts`` are small extras, JSON values only.
    """

    kind: str
    subject: str
    value: str
    evidence: Evidence
    time: int | None = None
    count: int = 1
    facts: dict[str, Any] = {}


class Position(msgspec.Struct, frozen=True):
    """A place that was stated on the wire or in a log; coordinates are ``None`` for cell and Wi-Fi lists.

    ``method`` is decoded, generic, known-position, blind, cell or wifi; degrees are WGS-84 unless ``facts`` say otherwise.
    """

    latitude: float | None
    longitude: float | None
    direction: Direction
    dialect: str
    method: str
    evidence: Evidence
    confidence: Confidence = Confidence.LIKELY
    time: int | None = None
    valid: bool | None = None
    reported_id: str = ""
    checksum: str = "none"
    flow: int | None = None
    client: str = ""
    server: str = ""
    server_port: int | None = None
    server_name: str = ""
    transport: str = ""
    doubts: tuple[Said, ...] = ()
    facts: dict[str, Any] = {}

    def __post_init__(self) -> None:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("a position has both coordinates or none")
        if self.latitude is None or self.longitude is None:
            return
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError("a position's coordinates are on the globe")


class Artefact(msgspec.Struct, frozen=True):
    """A file or part inside an image. ``status`` is ok, encrypted, unknown, damaged, no-reader, limit or skipped."""

    path: str
    size: int
    type: str
    status: str
    sha256: str = ""
    note: str = ""


class Coverage(msgspec.Struct, frozen=True):
    """One row of what was, or was not, looked at."""

    measure: Measure
    value: float
    note: str = ""
    subject: str = ""


# Longer than what an idle network repeats by itself (IGMP asks every 125 s, RFC 3376 section 8.2; whoever is behind a NAT speaks
# more often than every 5 minutes, RFC 4787 REQ-5), and a third of what a sentence about absence needs of each phase.
PAUSE_US = 300 * 1_000_000


class Stretch(msgspec.Struct, frozen=True):
    """A time during which packets came without a pause of more than ``PAUSE_US``: microseconds of its first and last one."""

    first: int
    last: int

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a stretch ends after it begins")


class Damage(msgspec.Struct, frozen=True):
    """Bytes ``start`` to ``end`` of a source that could not be read as what they should be."""

    start: int
    end: int
    reason: str


class Verdict(msgspec.Struct, frozen=True):
    """One asset's verdict: the word, what it rests on, and the ids of the findings that it rests on, the leading one first.

    ``compared`` says that a finding of the asset stands in a list of factory-fit equipment.
    """

    word: VerdictWord
    ground: Said
    findings: tuple[str, ...] = ()
    compared: bool = False

    @property
    def reason(self) -> str:
        """The ground in the analyst's words."""
        return reason_of(self.ground, compared=self.compared)


class Finding(msgspec.Struct, frozen=True):
    """What observations mean; evidence is never empty.

    ``key`` is the canonical subject that makes the stable id (device id, else MAC, else address, with the far end's key),
    never a measured number; ``former_keys`` are weaker keys of the same subject, kept as aliases. ``positions`` are row ids;
    ``rows`` are the rows of ``beacons``, ``modules`` or ``endpoints`` that the finding stands behind, as (table, columns).
    """

    detector: str
    kind: FindingKind
    subject: str
    key: str
    title: str
    severity: Severity
    confidence: Confidence
    reasons: tuple[Said, ...]
    evidence: tuple[Evidence, ...]
    doubts: tuple[Said, ...] = ()
    facts: dict[str, Any] = {}
    signature: str = ""
    former_keys: tuple[str, ...] = ()
    positions: tuple[int, ...] = ()
    rows: tuple[tuple[str, dict[str, Any]], ...] = ()

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"the finding {self.title!r} has no evidence")
        if not self.reasons:
            raise ValueError(f"the finding {self.title!r} gives no reason")


def iso(time: int | None) -> str | None:
    """Microseconds since 1970 as ISO-8601 in UTC with microseconds; ``None`` stays, years outside 1..9999 are ``None``."""
    if time is None:
        return None
    minutes, rest = divmod(time, _MINUTE)
    text = _iso_minute(minutes)
    return f"{text}:{rest // 1_000_000:02d}.{rest % 1_000_000:06d}Z" if text else None


@lru_cache(maxsize=8192)
def _iso_minute(minutes: int) -> str:
    try:
        return (_EPOCH + timedelta(minutes=minutes)).isoformat()[:16]
    except OverflowError:
        return ""
