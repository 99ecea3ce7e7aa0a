"""Writing a judgement: what was found of one asset, in place of what was found before."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain, count
from operator import attrgetter, itemgetter
from typing import Any

import msgspec

from iotwatch.model import Confidence, Evidence, Finding, Severity, Verdict, iso
from iotwatch.store import tables
from iotwatch.store.connection import Database
from iotwatch.store.packing import microseconds, now, to_json
from iotwatch.store.places import PlaceWriter
from iotwatch.store.rows import EndpointRow


def _within(span: tuple[int, int] | None, time: int) -> bool:
    return span is None or span[0] <= time <= span[1]


def stable_id(finding: Finding, asset: str) -> str:
    """The stable id of ``finding`` as one of ``asset``."""
    return fingerprint(finding.detector, finding.kind, asset, finding.key)


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
        verdict: Verdict,
        span: tuple[int | None, int | None],
        findings: Sequence[Finding],
        far_ends: Sequence[EndpointRow],
        reached: tuple[tuple[str, ...], tuple[str, ...]],
        versions: dict[str, int],
    ) -> None:
        """Replace what was judged of ``asset``: findings with their evidence, beacons, modules, endpoints, verdict.

        ``far_ends`` are those of which no finding tells; ``reached`` is what all of them are counted under in the fleet.
        """
        with self._database.transaction():
            self.remove(asset)
            if findings:
                self._write_findings(asset, findings, versions)
            tables.ENDPOINTS.insert(self._connection, far_ends, asset=asset)
            self._connection.execute(
                "UPDATE assets SET verdict = ?, verdict_reason = ?, verdict_ground = ?, verdict_findings = ?, judged_at = ?,"
                " first_seen = ?, last_seen = ?, reached = ? WHERE name = ?",
                (
                    *(verdict.word, verdict.reason, verdict.ground.word.name, to_json(verdict.findings)),
                    *(now(), iso(span[0]), iso(span[1]), to_json(reached), asset),
                ),
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

        query = "SELECT id, first_seen, last_seen FROM sources WHERE asset = ? AND first_seen != '' AND last_seen != ''"
        ran = {
            row: (microseconds(first) or 0, microseconds(last) or 0)
            for row, first, last in self._connection.execute(query, (asset,))
        }

        numbers = count(first)
        # A wrong clock gave what lies before the first or behind the last time of its source.
        times = [
            [one.time for one in finding.evidence if one.time is not None and _within(ran.get(one.source), one.time)]
            for finding in findings
        ]
        firsts = (min(some, default=None) for some in times)
        lasts = (max(some, default=None) for some in times)
        tables.FINDINGS.insert(
            self._connection,
            findings,
            id=lambda _: next(numbers),
            asset=asset,
            fingerprint=lambda one: fingerprint(one.detector, one.kind, asset, one.key),
            aliases=lambda one: [fingerprint(one.detector, one.kind, asset, key) for key in one.former_keys],
            reasons=lambda one: [reason.text for reason in one.reasons],
            doubts=lambda one: [doubt.text for doubt in one.doubts],
            detector_version=lambda one: versions.get(one.detector, 0),
            first_seen=lambda _: next(firsts),
            last_seen=lambda _: next(lasts),
        )
        owners = iter([number for number, one in enumerate(findings, first) for _ in one.evidence])
        tables.EVIDENCE.insert(
            self._connection,
            chain.from_iterable(one.evidence for one in findings),
            finding_id=lambda _: next(owners),
            source_id=attrgetter("source"),
            place_id=place_of,
        )
        tables.FINDING_POSITIONS.insert(
            self._connection,
            [(number, position) for number, one in enumerate(findings, first) for position in one.positions],
            finding_id=itemgetter(0),
            position_id=itemgetter(1),
        )
        for number, one in enumerate(findings, first):
            for name, values in one.rows:
                table = tables.TABLES[name]
                link = {"finding_id": number} if "finding_id" in table.columns else {}
                table.add(self._connection, asset=asset, **values, **link)
        made.flush()

    def levels(self, assets: Collection[str]) -> list[tuple[Severity, Confidence, bool]]:
        """Severity and confidence of every stored finding of ``assets``, and whether a decision explains it."""
        rows = self._connection.execute(
            "SELECT severity, confidence, json_extract(facts, '$.decision') IS NOT NULL FROM findings"
            " WHERE asset IN (SELECT value FROM json_each(?))",
            (to_json(sorted(set(assets))),),
        )
        return [
            (Severity[severity.upper()], Confidence[confidence.upper()], bool(decided))
            for severity, confidence, decided in rows
        ]

    def known(self, asset: str) -> Iterator[tuple[str, list[str], str, str, str]]:
        """(fingerprint, aliases, title, severity, confidence) of what was found of ``asset``, in the order stored."""
        query = "SELECT fingerprint, aliases, title, severity, confidence FROM findings WHERE asset = ? ORDER BY id"
        for name, aliases, *told in self._connection.execute(query, (asset,)):
            yield name, msgspec.json.decode(aliases), *told

    def fingerprint_of(self, row: int) -> str:
        """The stable id of the finding with a row id."""
        query = "SELECT fingerprint FROM findings WHERE id = ?"
        return str(self._connection.execute(query, (row,)).fetchone()[0])

    def versions(self) -> dict[str, int]:
        """The version of every detector that judged, by name."""
        return dict(self._connection.execute("SELECT name, version FROM detectors"))

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
