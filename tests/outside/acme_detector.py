"""A worked example of another package, part two: a detector that asks one question of what was stored."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.detect.detector import Scene
from iotwatch.model import Confidence, Finding, Severity
from iotwatch.words.findings import FindingKind, Reason


class AcmeDetector:
    """One finding for an asset in which the decoder read anything."""

    name = "acme"
    version = 1
    asks = "Does a device of Acme report?"
    false_alarms = "Anybody can send such lines."

    def look(self, scene: Scene) -> Iterator[Finding]:
        rows = [row for row in scene.view.positions if row.position.dialect == "acme"]
        if rows:
            yield Finding(
                detector=self.name,
                kind=FindingKind.VENDOR,
                subject="Acme",
                key="acme",
                title="Acme device reports",
                severity=Severity.LOW,
                confidence=Confidence.LIKELY,
                reasons=(Reason.MESSAGES(n=len(rows), dialect="acme", stated=len(rows)),),
                evidence=(rows[0].position.evidence,),
            )


DETECTOR = AcmeDetector()
