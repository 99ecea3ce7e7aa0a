"""What goes into the database and what comes out: frozen values, and the packing of times, places and JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from iotwatch.model import Artefact, Case, Coverage, Damage, Evidence, Observation, Place, Position
from iotwatch.model import iso as iso
from iotwatch.words.trouble import Trouble

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR, _LAST_YEAR = -62_135_596_800_000_000, 253_402_300_800_000_000


def isos(times: Sequence[int] | NDArray[np.int64]) -> list[str | None]:
    """``iso`` of many times at once."""
    import numpy as np

    known = np.asarray(times, np.int64)
    if len(known) and (known.min() < _FIRST_YEAR or known.max() >= _LAST_YEAR):
        return [iso(time) for time in known.tolist()]
    texts: list[str | None] = np.datetime_as_string(known.view("M8[us]"), unit="us", timezone="UTC").tolist()
    return texts


def now() -> str:
    """The present time as the tables write it."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def microseconds(text: str | None) -> int | None:
    """The inverse of ``iso``."""
    if not text:
        return None
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(microseconds=1)


def to_json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


class ContactRow(msgspec.Struct, frozen=True):
    """One row per (client, server, port, transport, kind): packed little-endian int64 arrays, one entry an event.

    ``times`` holds the first time and then differences, microseconds; ``offsets`` and ``lengths`` are the packets' bytes
    in what ``origin`` gives; ``first_bytes`` and ``last_bytes`` are the beginnings of the first and the last packet.
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
    lengths: bytes
    first_bytes: bytes
    last_bytes: bytes
    server_name: str = ""
    client_mac: str = ""
    origin: Place | None = None
    source: int = 0

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


FlowRow = tuple[Any, ...]
FLOW_COLUMNS = (
    "transport",
    "client",
    "client_port",
    "server",
    "server_port",
    "first_seen",
    "last_seen",
    "packets_up",
    "packets_down",
    "bytes_up",
    "bytes_down",
    "protocol",
    "server_name",
    "ja4",
    "client_mac",
    "server_mac",
    "tunnel",
)


class Analysis(msgspec.Struct, frozen=True):
    """All that observing one source gave; it is written whole or not at all. Contacts come in batches, one a capture."""

    source: SourceRow
    flows: Iterable[FlowRow] = ()
    contacts: tuple[Collection[ContactRow], ...] = ()
    positions: tuple[Position, ...] = ()
    observations: tuple[Observation, ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    coverage: tuple[Coverage, ...] = ()


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

    def of(self, *kinds: str) -> tuple[Observation, ...]:
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
        )


class Change(msgspec.Struct, frozen=True):
    """One difference. ``what`` is verdict, finding, module, endpoint, file or text; ``change`` is new, gone, changed or same."""

    what: str
    change: str
    name: str
    before: str = ""
    after: str = ""
    fingerprint: str = ""


def pack_evidence(evidence: Evidence, place_id: int) -> str:
    """Evidence as the JSON text that the tables ``observations`` and ``positions`` keep."""
    return to_json(
        {
            "place": place_id,
            "frame": evidence.frame,
            "path": evidence.path,
            "length": evidence.length,
            "excerpt": evidence.excerpt.hex(),
            "time": evidence.time,
        }
    )
