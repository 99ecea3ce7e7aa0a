"""Writing a judgement: what was found of one asset, in place of what was found before."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from operator import attrgetter

from iotwatch.model import Evidence, Finding
from iotwatch.store import tables
from iotwatch.store.connected import Connected
from iotwatch.store.packing import iso, now
from iotwatch.store.places import PlaceWriter


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
        for table in tables.OF_FINDING:
            self.connection.execute(
                f"DELETE FROM {table.name} WHERE finding_id IN (SELECT id FROM findings WHERE asset = ?)",  # noqa: S608
                (asset,),
            )
        for table in tables.JUDGED:
            self.connection.execute(f"DELETE FROM {table.name} WHERE asset = ?", (asset,))  # noqa: S608

    def _write_findings(self, asset: str, findings: Sequence[Finding], versions: dict[str, int]) -> None:
        """All findings of an asset; their ids are given here, under the write lock."""
        first = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM findings").fetchone()[0])
        made = PlaceWriter(self.connection, reuse=True)

        def place_of(one: Evidence) -> int:
            # A judge may cut a new place (a packet of a contact); it stands beside the source's own.
            known = self.places.known_id(one.place)
            return made.id(one.place, one.source) if known is None else known

        for number, one in enumerate(findings, first):
            times = [evidence.time for evidence in one.evidence if evidence.time is not None]
            tables.FINDINGS.insert(
                self.connection,
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
                self.connection, one.evidence, finding_id=number, source_id=attrgetter("source"), place_id=place_of
            )
            tables.FINDING_POSITIONS.insert(
                self.connection, one.positions, finding_id=number, position_id=lambda position: position
            )
            for name, values in one.rows:
                table = tables.TABLES[name]
                link = {"finding_id": number} if "finding_id" in table.columns else {}
                table.add(self.connection, asset=asset, **values, **link)
        made.flush()
