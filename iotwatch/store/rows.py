"""What goes into the database and what comes out: frozen values, and the packing of times, places and JSON."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec

from iotwatch.model import Artefact, Case, Coverage, Damage, Evidence, Observation, Place, Position

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400_000_000


def iso(time: int | None) -> str | None:
    """Microseconds since 1970 as ISO-8601 in UTC with microseconds; ``None`` stays, years outside 1..9999 are ``None``."""
    if time is None:
        return None
    days, rest = divmod(time, _DAY)
    text = _iso_day(days)
    if not text:
        return None
    seconds, rest = divmod(rest, 1_000_000)
    minutes, seconds = divmod(seconds, 60)
    return f"{text}T{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}.{rest:06d}Z"


@lru_cache(maxsize=8192)
def _iso_day(days: int) -> str:
    try:
        return (_EPOCH + timedelta(days=days)).date().isoformat()
    except OverflowError:
        return ""


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
    first_seen: int | None = None


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
    """All that observing one source gave; it is written whole or not at all."""

    source: SourceRow
    flows: Iterable[FlowRow] = ()
    contacts: tuple[ContactRow, ...] = ()
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
