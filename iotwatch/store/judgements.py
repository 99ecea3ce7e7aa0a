"""Writing a judgement: what was found of one asset, in place of what was found before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import Any

import msgspec

from iotwatch.model import Confidence, Evidence, Finding, Severity
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import iso, now
from iotwatch.store.places import PlaceWriter


def fingerprint(detector: str, kind: str, asset: str, key: str) -> str:
    """The stable id of a finding: what it is about, never what was measured."""
    return hashlib.sha256("\0".join((detector, kind, asset, key)).encode()).hexdigest()[:16]


class Judgements:
    """Findings with all that hangs on them, asset by asset."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection = database.connection

    def write(
        self,
        asset: str,
        verdict: str,
        reason: str,
        span: tuple[int | None, int | None],
        findings: Sequence[Finding],
        versions: dict[str, int],
    ) -> None:
        """Replace what was judged of ``asset``: findings with their evidence, beacons, modules, endpoints, verdict."""
        with self._database.transaction():
            self.remove(asset)
            if findings:
                self._write_findings(asset, findings, versions)
            self._connection.execute(
                "UPDATE assets SET verdict = ?, verdict_reason = ?, judged_at = ?, first_seen = ?, last_seen = ?"
                " WHERE name = ?",
                (verdict, reason, now(), iso(span[0]), iso(span[1]), asset),
            )

    def remove(self, asset: str) -> None:
        """Remove what was found of ``asset``."""
        for table in tables.OF_FINDING:
            self._connection.execute(
                f"DELETE FROM {table.name} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in tables.JUDGED:
            self._connection.execute(f"DELETE FROM {table.name} WHERE asset = ?", (asset,))  # noqa: S608

    def _write_findings(self, asset: str, findings: Sequence[Finding], versions: dict[str, int]) -> None:
        """All findings of an asset; their ids are given here, under the write lock."""
        first = self._database.next_id("findings")
        made = PlaceWriter(self._connection, reuse=True)

        def place_of(one: Evidence) -> int:
            # A judge may cut a new place (a packet of a contact); it stands beside the source's own.
            known = self._database.places.known_id(one.place)
            return made.id(one.place, one.source) if known is None else known

        for number, one in enumerate(findings, first):
            times = [evidence.time for evidence in one.evidence if evidence.time is not None]
            tables.FINDINGS.insert(
                self._connection,
                [one],
                id=number,
                asset=asset,
                fingerprint=fingerprint(one.detector, one.kind, asset, one.key),
                aliases=[fingerprint(one.detector, one.kind, asset, key) for key in one.former_keys],
                reasons=[reason.text for reason in one.reasons],
                doubts=[doubt.text for doubt in one.doubts],
                detector_version=versions.get(one.detector, 0),
                first_seen=min(times, default=None),
                last_seen=max(times, default=None),
            )
            tables.EVIDENCE.insert(
                self._connection, one.evidence, finding_id=number, source_id=attrgetter("source"), place_id=place_of
            )
            tables.FINDING_POSITIONS.insert(
                self._connection, one.positions, finding_id=number, position_id=lambda position: position
            )
            for name, values in one.rows:
                table = tables.TABLES[name]
                link = {"finding_id": number} if "finding_id" in table.columns else {}
                table.add(self._connection, asset=asset, **values, **link)
        made.flush()

    def levels(self, assets: Sequence[str]) -> list[tuple[Severity, Confidence]]:
        """Severity and confidence of every stored finding of ``assets``."""
        wanted = frozenset(assets)
        rows = self._connection.execute("SELECT asset, severity, confidence FROM findings")
        return [
            (Severity[severity.upper()], Confidence[confidence.upper()])
            for asset, severity, confidence in rows
            if asset in wanted
        ]

    def facts(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(asset, facts) of all stored findings of one kind."""
        for asset, text in self._connection.execute("SELECT asset, facts FROM findings WHERE kind = ?", (kind,)):
            yield asset, msgspec.json.decode(text)

    def write_detectors(self, detectors: Iterable[tuple[str, int, str, str]]) -> None:
        """Note name, version, question and false-alarm notes of every detector."""
        with self._database.transaction():
            self._connection.executemany(
                "INSERT INTO detectors (name, version, asks, false_alarms) VALUES (?, ?, ?, ?) ON CONFLICT (name)"
                " DO UPDATE SET version = excluded.version, asks = excluded.asks, false_alarms = excluded.false_alarms",
                list(detectors),
            )
