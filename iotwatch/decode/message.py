"""What decoders yield, and the contract they keep."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Protocol

import msgspec

from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said


class Fix(msgspec.Struct, frozen=True):
    """One stated place: degrees (WGS-84 unless ``datum`` says otherwise), km/h, degrees from north, metres.

    ``span`` is the range of the message's stream that states it. ``valid`` is the receiver's own word (``None``: not said).
    ``whose`` names another owner than the sender (gateway, fence, operator ...), empty for the device itself.
    """

    latitude: float
    longitude: float
    span: tuple[int, int]
    time: int | None = None
    valid: bool | None = None
    speed: float | None = None
    course: float | None = None
    altitude: float | None = None
    datum: str = ""
    whose: str = ""


class Cell(msgspec.Struct, frozen=True):
    """A radio cell: mobile country and network code, area code, cell id."""

    mcc: int
    mnc: int
    lac: int
    cid: int


class AccessPoint(msgspec.Struct, frozen=True):
    """A Wi-Fi access point heard: BSSID as ``aa:bb:cc:dd:ee:ff``, signal in dBm when given."""

    bssid: str
    signal: int | None = None
    ssid: str = ""


class Trait(msgspec.Struct, frozen=True):
    """Something a message says of its sender or far end, to be stored as an observation of this ``kind``."""

    kind: Kind
    value: str
    span: tuple[int, int]
    facts: dict[str, Any] = {}


class Proof(IntEnum):
    """How well a claim or a reading is proven, the weakest first."""

    BROKEN = 0
    """The check value is wrong."""
    HEAD = 1
    """The first bytes alone, or an id behind them."""
    SHAPE = 2
    """Places by their shape, or a layout of which only a part is known."""
    EXACT = 3
    """The layout is known."""
    CHECKED = 4
    """The check value is right."""


class Message(msgspec.Struct, frozen=True):
    """One decoded application unit, at ``span`` of ``stream``.

    ``checksum`` is ok, bad or none; ``layout`` is how well the form is known, the check value apart.
    ``generic`` marks what was found by shape or key names and not by a dialect.
    ``body`` is what the message carries (an HTTP body, an MQTT payload): it goes back on the worklist.
    ``rivals`` are other dialects that claimed the same bytes.
    """

    protocol: str
    stream: Stream
    span: tuple[int, int]
    time: int | None = None
    fields: dict[str, Any] = {}
    fixes: tuple[Fix, ...] = ()
    cells: tuple[Cell, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    traits: tuple[Trait, ...] = ()
    device_ids: tuple[str, ...] = ()
    vin: str = ""
    checksum: str = "none"
    layout: Proof = Proof.EXACT
    confidence: Confidence = Confidence.LIKELY
    generic: bool = False
    doubts: tuple[Said, ...] = ()
    rivals: tuple[str, ...] = ()
    body: Stream | None = None

    @property
    def proof(self) -> Proof:
        """How well the reading is proven, the check value first."""
        return proof_of(self.checksum, self.layout)

    @property
    def explains(self) -> bool:
        """Whether the form of the bytes is known by it, or a place in them."""
        return not self.generic or bool(self.fixes or self.cells or self.access_points)


def proof_of(checksum: str, layout: Proof) -> Proof:
    """How well what has this check value (ok, bad or none) and whose layout is known so well is proven."""
    return Proof.CHECKED if checksum == "ok" else Proof.BROKEN if checksum == "bad" else layout


class Claim(msgspec.Struct, frozen=True):
    """A decoder's word that bytes are its own, and what it read to find that out (``None``: nothing that helps later).

    ``seen`` is the length of the head that was read: a unit that goes on behind it has to be read again.
    """

    decoder: Reader
    proof: Proof = Proof.HEAD
    parse: Any = None
    seen: int = 0


def by_head(decoder: Decoder, fits: object) -> Claim | None:
    """The claim of a decoder that knows its messages by their first bytes: made when these fit."""
    return Claim(decoder) if fits else None


class Reader(Protocol):
    """Reads the messages of a stream that is known to be its own.

    ``messages`` yields only what says something; it reads the same without a claim.
    "Not mine" yields nothing; "mine but broken" raises ``DecodeError``.
    """

    @property
    def name(self) -> str: ...

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]: ...


class Decoder(Reader, Protocol):
    """One protocol. The order in ``decode.DECODERS`` decides between equals, and ``rank`` between dialects.

    ``anchors`` are bytes regular expressions (google-re2 syntax, latin-1, matched at the start of a message) that are
    compiled for all decoders into one matcher, so that nobody tries them in turn: cheap, and allowed to be too generous.
    ``claims`` looks closer (content first; a port is a hint, never evidence) and hands what it parsed on with the claim.
    """

    @property
    def anchors(self) -> tuple[bytes, ...]: ...

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None: ...


UNRANKED = 50
"""The rank of a dialect that only its structure proves. A check value of 16 bits makes it 10, one of 8 bits 30, a loose form
``LOOSE``."""
LOOSE = 70
"""From this rank on little proves a dialect's form: it speaks on its own transport, and where it explains most of the bytes."""


TRIED = 2
"""The samples behind a dialect whose layout was held against several messages."""


class Dialect(Decoder, Protocol):
    """A tracker's wire form. Of two dialects that read bytes equally well the one of lower ``rank`` is believed.

    ``samples``: how many messages its layout was held against: 0 (a description alone), 1, or ``TRIED`` for several.
    """

    @property
    def rank(self) -> int: ...

    @property
    def samples(self) -> int: ...
