"""What a database holds as typed, frozen values, for programs that ask in Python and not in SQL.

Everything passes the ``Reader`` and so is masked unless the caller says otherwise: numbers lose their tails, degrees are
rounded to 0.01 and an excerpt is the word ``masked``. Times are UTC, ISO-8601 with microseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from iotwatch.model import Confidence, Severity
from iotwatch.report.reader import Reader, Row
from iotwatch.store import Store

_T = TypeVar("_T", bound=msgspec.Struct)


class StoredEvidence(msgspec.Struct, frozen=True):
    """Where a finding stands: ``frame`` of a capture, ``path`` in an image, ``offset`` and ``length`` in bytes.

    ``excerpt`` is hex of at most 256 bytes; ``offset`` is ``None`` where the bytes had to be opened first (gzip, TLS ...).
    """

    source_path: str
    source_sha256: str
    length: int
    frame: int | None = None
    path: str = ""
    offset: int | None = None
    excerpt: str = ""
    display_filter: str = ""
    time: str | None = None


class StoredFinding(msgspec.Struct, frozen=True):
    """What was found, how bad it is if true, how sure that is, and why; ``fingerprint`` is the same on every scan."""

    fingerprint: str
    asset: str
    kind: str
    subject: str
    title: str
    severity: Severity
    confidence: Confidence
    detector: str
    reasons: tuple[str, ...]
    doubts: tuple[str, ...]
    facts: dict[str, Any]
    evidence: tuple[StoredEvidence, ...]
    signature: str = ""
    first_seen: str | None = None
    last_seen: str | None = None


class StoredPosition(msgspec.Struct, frozen=True):
    """A place that was stated: degrees (WGS-84), both ``None`` for lists of cells and access points.

    ``direction`` is up (leaves over a network), down, local or broadcast; ``valid`` is the receiver's own word, ``None``
    where it gave none.
    """

    asset: str
    direction: str
    dialect: str
    method: str
    latitude: float | None = None
    longitude: float | None = None
    time: str | None = None
    valid: bool | None = None
    reported_id: str = ""
    client: str = ""
    server: str = ""
    server_port: int | None = None
    checksum: str = "none"
    frame: int | None = None


class StoredVerdict(msgspec.Struct, frozen=True):
    """One asset's verdict (``words.verdicts.VerdictWord`` by its value), why, and how many findings and sources it has.

    All of them are empty while the asset is not judged.
    """

    asset: str
    verdict: str
    reason: str
    findings: int
    sources: int
    judged_at: str | None = None
    first_seen: str | None = None
    last_seen: str | None = None


class Results:
    """One database that ``open_results`` opened. An ``asset`` that it does not hold raises ``NotStored``."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def verdicts(self) -> Iterator[StoredVerdict]:
        """Each asset's verdict, by name."""
        for row in self._reader.assets():
            told = {"asset": row["name"], "verdict": row["verdict"] or "", "reason": row["verdict_reason"] or ""}
            yield _typed({**row, **told}, StoredVerdict)

    def findings(self, asset: str = "", *, kind: str = "") -> Iterator[StoredFinding]:
        """Findings with their evidence, worst and surest first; of one asset and one kind where those are given."""
        self._reader.check_asset(asset)
        for row in self._reader.findings(asset, kind=kind):
            evidence = tuple(_typed(one, StoredEvidence) for one in self._reader.evidence(row["id"]))
            levels = {
                "severity": Severity[row["severity"].upper()],
                "confidence": Confidence[row["confidence"].upper()],
            }
            yield _typed({**row, **levels, "evidence": evidence}, StoredFinding)

    def positions(self, asset: str = "") -> Iterator[StoredPosition]:
        """Every stated place, by asset and time; of one asset where that is given."""
        self._reader.check_asset(asset)
        for row in self._reader.table("position", asset=asset, limit=-1):
            yield _typed(row, StoredPosition)


@contextmanager
def open_results(database: str | Path = "iotwatch.db", *, masked: bool = True) -> Iterator[Results]:
    """Open what ``scan`` stored. ``NotStored`` where there is no such database, ``StoreError`` where it cannot be read."""
    with Store(database, create=False) as store:
        yield Results(Reader(store, masked=masked))


def _typed(row: Row, kind: type[_T]) -> _T:
    """The row's columns that ``kind`` has; SQLite's NULL in a column of text is the empty text, its flags are numbers."""
    fields = {field.name: field for field in msgspec.structs.fields(kind)}
    texts = {name for name, field in fields.items() if field.type is str}
    told = {name: "" if row[name] is None and name in texts else row[name] for name in fields if name in row}
    return msgspec.convert(told, kind, strict=False)
