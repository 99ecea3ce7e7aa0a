"""What goes into the database and what comes out: frozen values, and the packing of times, places and JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from iotwatch.files.case import Case
from iotwatch.files.drive import Drive
from iotwatch.model import Artefact, Count, Coverage, Damage, Evidence, Observation, Place, Position, Stretch
from iotwatch.words.kinds import Kind
from iotwatch.words.trouble import Trouble


class ContactRow(msgspec.Struct, frozen=True):
    """One row per (client, server, port, transport, kind), with columns of its events as ``contact_events`` packs them.

    ``times`` are microseconds; ``offsets`` and ``lengths`` are the bytes of the first and of the last packet in what
    ``origin`` gives (a view has no lengths: no detector asks), ``first_bytes`` and ``last_bytes`` their beginnings.
    """

    client: str
    server: str
    server_port: int
    transport: str
    kind: str
    events: int
    times: bytes
    sizes: bytes
    frames: bytes
    offsets: bytes
    first_bytes: bytes
    last_bytes: bytes
    server_name: str = ""
    client_mac: str = ""
    origin: Place | None = None
    source: int = 0
    lengths: bytes = b""

    @property
    def first_seen(self) -> int:
        """The time of the first event, microseconds."""
        return int.from_bytes(self.times[:8], "little", signed=True)


class SourceRow(msgspec.Struct, frozen=True):
    """The row of ``sources``: one input file, as an asset's source."""

    sha256: str
    path: str
    asset: str
    vantage: str
    kind: str
    format: str
    bytes: int
    status: str
    packets: int = 0
    link_types: dict[str, int] = {}
    first: int | None = None
    last: int | None = None
    complete: bool = True
    damage: tuple[Damage, ...] = ()
    seconds: float = 0.0
    options_hash: str = ""
    version: str = ""
    signatures_version: str = ""
    reason: str = ""
    trouble: Trouble = Trouble.NONE
    id: int = 0


class FlowRow(msgspec.Struct, frozen=True):
    """One conversation, its times as ISO-8601: they are written by the column."""

    transport: str
    client: str
    client_port: int
    server: str
    server_port: int
    first_seen: str | None
    last_seen: str | None
    packets_up: int
    packets_down: int
    bytes_up: int
    bytes_down: int
    protocol: str = ""
    server_name: str = ""
    ja4: str = ""
    client_mac: str = ""
    server_mac: str = ""
    tunnel: str = ""


class Volume(msgspec.Struct, frozen=True):
    """Bytes on the wire, client to far end (``up``) and back, of all conversations of one source between these ends."""

    client: str
    server: str
    server_port: int
    transport: str
    up: int
    down: int
    source: int = 0


class Analysis(msgspec.Struct, frozen=True):
    """All that observing one source gave; it is written whole or not at all. Contacts come in batches, one a capture."""

    source: SourceRow
    flows: Iterable[FlowRow] = ()
    contacts: tuple[Collection[ContactRow], ...] = ()
    positions: tuple[Position, ...] = ()
    observations: tuple[Observation, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    stretches: tuple[Stretch, ...] = ()


class PositionRow(msgspec.Struct, frozen=True):
    """A stored position with its row id."""

    id: int
    position: Position


class View(msgspec.Struct, frozen=True):
    """One asset as the detectors see it: its stored rows, no I/O."""

    asset: str
    sources: tuple[SourceRow, ...]
    observations: dict[str, tuple[Observation, ...]]
    positions: tuple[PositionRow, ...]
    contacts: tuple[ContactRow, ...]
    coverage: tuple[tuple[int, Coverage], ...]
    artefacts: tuple[tuple[int, Artefact], ...] = ()
    scope: tuple[str, ...] = ()
    case: Case | None = None
    stretches: tuple[tuple[int, Stretch], ...] = ()
    volumes: tuple[Volume, ...] = ()
    drives: tuple[Drive, ...] = ()

    def of(self, *kinds: Kind) -> tuple[Observation, ...]:
        """The observations of these kinds, in the order stored."""
        return tuple(observation for kind in kinds for observation in self.observations.get(kind, ()))

    def without(self, sources: Collection[int]) -> View:
        """The same without what came from ``sources`` (row ids)."""
        kept = {
            kind: tuple(row for row in rows if row.evidence.source not in sources)
            for kind, rows in self.observations.items()
        }
        return msgspec.structs.replace(
            self,
            sources=tuple(row for row in self.sources if row.id not in sources),
            observations={kind: rows for kind, rows in kept.items() if rows},
            positions=tuple(row for row in self.positions if row.position.evidence.source not in sources),
            contacts=tuple(row for row in self.contacts if row.source not in sources),
            coverage=tuple(row for row in self.coverage if row[0] not in sources),
            artefacts=tuple(row for row in self.artefacts if row[0] not in sources),
            stretches=tuple(row for row in self.stretches if row[0] not in sources),
            volumes=tuple(row for row in self.volumes if row.source not in sources),
        )


class EndpointRow(msgspec.Struct, frozen=True):
    """A far end by its name, its address or both; what is known of it beside them."""

    name: str = ""
    address: str = ""
    port: int | None = None
    country: str = ""
    as_name: str = ""
    vendor: str = ""
    purpose: str = ""


class Change(msgspec.Struct, frozen=True):
    """One difference. ``what`` is verdict, finding, module, endpoint, file or text; ``change`` is new, gone, changed or same."""

    what: str
    change: str
    name: str
    before: str = ""
    after: str = ""
    fingerprint: str = ""


class PackedEvidence(msgspec.Struct, frozen=True):
    """Evidence as the tables ``observations`` and ``positions`` keep it; ``excerpt`` is hex, ``place`` a row id."""

    excerpt: str
    frame: Count | None
    length: Count
    path: str
    place: Count
    time: int | None


def pack_evidence(evidence: Evidence, place: int) -> PackedEvidence:
    """Evidence with its place as the row id ``place``."""
    return PackedEvidence(
        excerpt=evidence.excerpt.hex(),
        frame=evidence.frame,
        length=evidence.length,
        path=evidence.path,
        place=place,
        time=evidence.time,
    )


def unpack_evidence(packed: PackedEvidence, place: Place, source: int) -> Evidence:
    """The inverse of ``pack_evidence``, as evidence of the source with the row id ``source``."""
    return Evidence(
        place=place,
        excerpt=bytes.fromhex(packed.excerpt),
        length=packed.length,
        frame=packed.frame,
        time=packed.time,
        path=packed.path,
        source=source,
    )
