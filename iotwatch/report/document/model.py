"""The report as one value: what HTML, Markdown and JSON are made of, and what ``iotwatch schema`` publishes.

Everything is in an order that its content decides and holds no row ids, so that the same input and version give the same
bytes; only ``run`` tells of this run, and a reproducible report leaves it out. Times are ISO-8601 in UTC, degrees WGS-84.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from iotwatch.model import Cut, Damage, Step
from iotwatch.report.document.page_one import Part, Sending, Summary


class Detector(Part, frozen=True):
    """A question that was asked, and what answers it falsely."""

    name: str
    version: int
    asks: str
    false_alarms: str


class Tool(Part, frozen=True):
    """What made the report: versions that a second run needs to come to the same. ``databases`` told countries and networks."""

    version: str
    signatures_versions: tuple[str, ...]
    detectors: tuple[Detector, ...]
    databases: tuple[str, ...] = ()


class Run(Part, frozen=True):
    """What differs from run to run: the only part that a reproducible report does not have."""

    written: str
    database: str
    last_judged: str | None
    scans: int


class Source(Part, frozen=True):
    """One input file."""

    path: str
    sha256: str
    vantage: str
    kind: str
    format: str
    bytes: int
    packets: int
    link_types: dict[str, int]
    first_seen: str | None
    last_seen: str | None
    complete: bool
    status: str
    reason: str
    damage: tuple[Damage, ...]


class Evidence(Part, frozen=True):
    """Where a statement stands. ``excerpt`` is hex, or the word ``masked``; ``place`` is the chain from the file inwards."""

    sha256: str
    path: str
    inner_path: str
    frame: int | None
    time: str | None
    offset: int | None
    length: int
    excerpt: str
    display_filter: str
    command: str
    place: tuple[Cut | Step, ...]


class Finding(Part, frozen=True):
    """What observations mean, with its evidence. ``cars`` of the database have the like of it, this one among them."""

    fingerprint: str
    aliases: tuple[str, ...]
    kind: str
    subject: str
    title: str
    severity: Literal["info", "low", "medium", "high", "critical"]
    confidence: Literal["possible", "likely", "certain"]
    detector: str
    detector_version: int
    signature: str
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    facts: dict[str, Any]
    first_seen: str | None
    last_seen: str | None
    evidence: tuple[Evidence, ...]
    cars: int = 1


class Position(Part, frozen=True):
    """A place that was stated; no coordinates for lists of cells or Wi-Fi stations. ``sha256`` and ``frame`` name where.

    ``sender`` numbers the senders of the asset, which masked names may not tell apart; 0 is one that gives no name.
    """

    time: str | None
    latitude: float | None
    longitude: float | None
    valid: bool | None
    direction: str
    dialect: str
    method: str
    confidence: str
    reported_id: str
    client: str
    server: str
    server_name: str
    server_port: int | None
    transport: str
    checksum: str
    sha256: str
    frame: int | None
    sender: int = 0


class Module(Part, frozen=True):
    """A cellular module or what speaks of one."""

    vendor: str
    model: str
    firmware_version: str
    role: str
    seen_in: str
    imei: str
    iccid: str
    imsi: str
    confidence: str


class Beacon(Part, frozen=True):
    """Repeated outbound contact; ``interval_s`` in seconds, ``chance`` that it is accidental.

    ``pattern`` is the finding's word (``clock``, ``sessions`` ...), ``second_interval_s`` the period of another clock to the same
    far end, ``cars`` how many of the database contact it regularly, this one among them.
    """

    client: str
    server: str
    server_name: str
    port: int | None
    transport: str
    kind: str
    pattern: str
    events: int
    interval_s: float
    second_interval_s: float | None
    jitter: float
    chance: float
    cars: int
    first_seen: str | None
    last_seen: str | None


class Contact(Part, frozen=True):
    """A pair that spoke. ``ticks`` are times of its events, milliseconds since 1970, thinned to a few hundred."""

    client: str
    server: str
    server_port: int | None
    server_name: str
    transport: str
    kind: str
    events: int
    ticks: tuple[int, ...]


class FarEnd(Part, frozen=True):
    """Whom the asset spoke to. ``country`` is where the address is registered, empty when nothing on this host says."""

    address: str
    name: str
    port: int | None
    protocol: str
    country: str
    as_name: str
    vendor: str
    purpose: str
    positions: int
    bytes_up: int
    bytes_down: int
    first_seen: str | None
    last_seen: str | None


class Trace(Part, frozen=True):
    """One thing that a device said or showed of itself; all of it can be forged."""

    kind: str
    value: str
    count: int


class Device(Part, frozen=True):
    """The traces of one subject: an address, a USB port, a file of an image."""

    subject: str
    traces: tuple[Trace, ...]


class Coverage(Part, frozen=True):
    """What was, or was not, looked at in one source."""

    path: str
    measure: str
    value: float
    note: str
    subject: str = ""


class Unopened(Part, frozen=True):
    """A part of an image that was not opened, with the reason."""

    path: str
    part: str
    type: str
    status: str
    size: int
    note: str


class VantageNote(Part, frozen=True):
    """What listening from one place cannot see, and what law to ask about; ``minutes`` were listened there."""

    vantage: str
    sources: int
    minutes: float
    cannot_see: str
    ask_about: str


class Period(Part, frozen=True):
    """What the car did meanwhile, as the people noted it; ``minutes`` of it were listened to."""

    name: str
    start: str
    end: str
    minutes: float = 0.0


class Notes(Part, frozen=True):
    """What the people said of the sweep; empty text is "not stated". ``sites`` are names alone."""

    operator: str = ""
    place: str = ""
    legal_basis: str = ""
    notes: str = ""
    scope: tuple[str, ...] = ()
    phases: tuple[Period, ...] = ()
    sites: tuple[str, ...] = ()


class Change(Part, frozen=True):
    """A finding that is new, changed or gone with the latest sweep; ``before`` and ``after`` say how bad and how sure."""

    change: Literal["new", "changed", "gone"]
    name: str
    before: str
    after: str
    fingerprint: str


class Since(Part, frozen=True):
    """What the latest sweep changed, against all before it; ``sweep`` counts from 1, ``began`` is its first packet."""

    sweep: int
    began: str
    verdict_before: str
    changes: tuple[Change, ...]


class Asset(Part, frozen=True):
    """One car or device under test. ``since`` is left out for a first sweep and in a reproducible report.

    ``minutes`` were listened in all: what several captures shared counts once.
    ``ground`` is the rule that decided, empty before the first judgement; ``grounds`` are the findings that it rests on.
    """

    name: str
    verdict: str
    verdict_reason: str
    ground: str
    grounds: tuple[str, ...]
    summary: Summary
    first_seen: str | None
    last_seen: str | None
    notes: Notes
    sources: tuple[Source, ...]
    findings: tuple[Finding, ...]
    positions: tuple[Position, ...]
    modules: tuple[Module, ...]
    beacons: tuple[Beacon, ...]
    contacts: tuple[Contact, ...]
    far_ends: tuple[FarEnd, ...]
    devices: tuple[Device, ...]
    lists: tuple[str, ...]
    minutes: float
    vantages: tuple[VantageNote, ...]
    coverage: tuple[Coverage, ...]
    unopened: tuple[Unopened, ...]
    since: Since | None = None
    sending: Sending | None = None


class Shared(Part, frozen=True):
    """The same number, key or far end in several assets: common equipment, or one device that follows several cars.

    ``what`` is the kind of observation (imei, imsi, iccid, device.id, key.private ...) or ``far end``.
    """

    what: str
    value: str
    assets: tuple[str, ...]


class Spread(Part, frozen=True):
    """A finding, as bad as its worst, and the assets that have the like of it."""

    title: str
    severity: Literal["info", "low", "medium", "high", "critical"]
    assets: tuple[str, ...]


class Fleet(Part, frozen=True):
    """What only shows when assets are laid side by side: devices first; findings by how bad they are, then the rarest first."""

    verdicts: dict[str, int]
    shared: tuple[Shared, ...]
    findings: tuple[Spread, ...] = ()


class Document(Part, frozen=True):
    """A report of one asset, or of several with ``fleet``; ``cars`` are the assets of the whole database."""

    notice: str
    tool: Tool
    masked: bool
    assets: tuple[Asset, ...]
    format: Literal["iotwatch-report"] = "iotwatch-report"
    format_version: Literal[1] = 1
    cars: int = 1
    fleet: Fleet | None = None
    run: Run | UnsetType = UNSET


def to_json(document: Document) -> bytes:
    """The document as indented JSON that ends in a newline; the same document gives the same bytes."""
    return msgspec.json.format(msgspec.json.encode(document, order="deterministic"), indent=1) + b"\n"
