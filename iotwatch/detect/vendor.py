"""Whose equipment is it, beyond cellular modules?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from iotwatch.detect.contract import Scene
from iotwatch.detect.listings import with_listings
from iotwatch.detect.traces import Trace, traces
from iotwatch.model import Confidence, Finding, Severity

_EVIDENCE_KEPT = 6


class VendorDetector:
    """One finding per maker: a fact, never a reason for a higher severity."""

    name = "vendor"
    version = 1
    asks = "Which makers' equipment shows itself by its own protocols, names or banners?"
    false_alarms = (
        "Many brands are rebadged, so a hit names the maker and not always the label on the box. A banner can be forged."
        " A network card's maker is not the maker of the device around it."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[str, list[Trace]] = defaultdict(list)
        for trace in traces(scene):
            if trace.match.identifies == "vendor":
                groups[trace.match.vendor].append(trace)
        for vendor in sorted(groups):
            found = sorted(groups[vendor], key=lambda trace: -trace.match.confidence)
            best = found[0].match
            finding = Finding(
                detector=self.name,
                kind="vendor",
                subject=vendor,
                key=vendor,
                title=f"{vendor} equipment",
                severity=Severity.INFO,
                confidence=min(best.confidence, Confidence.LIKELY),
                reasons=tuple(
                    dict.fromkeys(f"{trace.match.because}: {trace.observation.value[:80]!r}" for trace in found)
                )[:12],
                doubts=tuple(dict.fromkeys(trace.match.mistaken_for for trace in found if trace.match.mistaken_for))[
                    :6
                ],
                evidence=tuple(trace.observation.evidence for trace in found[:_EVIDENCE_KEPT]),
                signature=best.signature,
                facts={"vendor": vendor, "country": best.country},
            )
            yield with_listings(finding, scene.signatures)
