"""What decoders yield, and the contract they keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import msgspec

from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream


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

    kind: str
    value: str
    span: tuple[int, int]
    facts: dict[str, Any] = {}


class Message(msgspec.Struct, frozen=True):
    """One decoded application unit, at ``span`` of ``stream``.

    ``checksum`` is ok, bad or none. ``generic`` marks what was found by shape or key names and not by a dialect.
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
    confidence: Confidence = Confidence.LIKELY
    generic: bool = False
    doubts: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    body: Stream | None = None


class Decoder(Protocol):
    """One protocol. The order in ``decode.DECODERS`` decides between equals.

    ``anchors`` are bytes regular expressions (google-re2 syntax, latin-1, matched at the start of a message) that are
    compiled for all decoders into one matcher, so that nobody tries them in turn: cheap, and allowed to be too generous.
    ``claims`` looks closer (content first; a port is a hint, never evidence). ``messages`` yields only what says something.
    "Not mine" yields nothing; "mine but broken" raises ``DecodeError``.
    """

    @property
    def name(self) -> str: ...

    @property
    def anchors(self) -> tuple[bytes, ...]: ...

    def claims(self, head: bytes, flow: Flow | None) -> bool: ...

    def messages(self, stream: Stream) -> Iterator[Message]: ...
