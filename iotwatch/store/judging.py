"""Writing a judgement: what was found of one asset, in place of what was found before."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.model import Confidence, Finding, Severity
from iotwatch.store.connected import Connected
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import iso, now, to_json

_FINDING = (
    *("id", "fingerprint", "aliases", "asset", "kind", "subject", "title", "severity", "confidence", "detector"),
    *("detector_version", "signature", "reasons", "doubts", "facts", "first_seen", "last_seen"),
)
_EVIDENCE = (
    *("finding_id", "source_id", "place_id", "frame", "path", "offset", "length", "excerpt", "display_filter", "time"),
)
_LINKED = frozenset({"beacons", "modules"})
_Row = tuple[object, ...]


def fingerprint(detector: str, kind: str, asset: str, key: str) -> str:
    """The stable id of a finding: what it is about, never what was measured."""
    return hashlib.sha256("\0".join((detector, kind, asset, key)).encode()).hexdigest()[:16]


class Judging(Connected):
    """The part of ``Store`` that writes judgements."""

    def write_judgement(
        self,
        asset: str,
        verdict: str,
        reason: str,
        span: tuple[int | None, int | None],
        findings: Sequence[Finding],
        versions: dict[str, int],
    ) -> None:
        """Replace what was judged of ``asset``: findings with their evidence, beacons, modules, endpoints, verdict."""
        with self.transaction():
            self._remove_judgement(asset)
            if findings:
                self._write_findings(asset, findings, versions)
            self.connection.execute(
                "UPDATE assets SET verdict = ?, verdict_reason = ?, judged_at = ?, first_seen = ?, last_seen = ?"
                " WHERE name = ?",
                (verdict, reason, now(), iso(span[0]), iso(span[1]), asset),
            )

    def _remove_judgement(self, asset: str) -> None:
        for table in ("evidence", "finding_positions"):
            self.connection.execute(
                f"DELETE FROM {table} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in ("findings", "beacons", "modules", "endpoints"):
            self.connection.execute(f"DELETE FROM {table} WHERE asset = ?", (asset,))  # noqa: S608

    def _write_findings(self, asset: str, findings: Sequence[Finding], versions: dict[str, int]) -> None:
        """All findings of an asset, one statement a table; their ids are given here, under the write lock."""
        first = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM findings").fetchone()[0])
        made = PlaceWriter(self.connection, reuse=True)
        numbered = list(enumerate(findings, first))
        self.insert(
            "findings", _FINDING, [_finding(row, asset, one, versions.get(one.detector, 0)) for row, one in numbered]
        )
        self.insert("evidence", _EVIDENCE, [row for number, one in numbered for row in self._proofs(number, one, made)])
        self.insert(
            "finding_positions",
            ("finding_id", "position_id"),
            [(row, position) for row, one in numbered for position in one.positions],
        )
        tables: dict[tuple[str, tuple[str, ...]], list[_Row]] = defaultdict(list)
        for number, one in numbered:
            for table, values in one.rows:
                link = ("finding_id",) if table in _LINKED else ()
                tables[table, ("asset", *values, *link)].append(
                    (asset, *values.values(), number)[: len(values) + 1 + len(link)]
                )
        for (table, columns), rows in tables.items():
            self.insert(table, columns, rows)
        made.flush()

    def _proofs(self, finding_id: int, finding: Finding, made: PlaceWriter) -> Iterator[_Row]:
        for one in finding.evidence:
            place_id = self.places.known_id(one.place)
            if place_id is None:
                # A judge may cut a new place (a packet of a contact); it stands beside the source's own.
                place_id = made.id(one.place, one.source)
            yield (
                *(finding_id, one.source, place_id, one.frame, one.path, one.offset, one.length),
                *(one.excerpt.hex(), one.display_filter, iso(one.time)),
            )


def _finding(row: int, asset: str, finding: Finding, version: int) -> _Row:
    times = [evidence.time for evidence in finding.evidence if evidence.time is not None]
    return (
        row,
        fingerprint(finding.detector, finding.kind, asset, finding.key),
        to_json([fingerprint(finding.detector, finding.kind, asset, key) for key in finding.former_keys]),
        asset,
        finding.kind,
        finding.subject,
        finding.title,
        Severity(finding.severity).name.lower(),
        Confidence(finding.confidence).name.lower(),
        finding.detector,
        version,
        finding.signature,
        to_json([reason.text for reason in finding.reasons]),
        to_json([doubt.text for doubt in finding.doubts]),
        to_json(finding.facts),
        iso(min(times, default=None)),
        iso(max(times, default=None)),
    )
