"""Whose equipment is it, beyond cellular modules?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from iotwatch.detect.detector import Scene
from iotwatch.detect.official_lists import with_listings
from iotwatch.detect.severity import Behaviour
from iotwatch.detect.traces import GNSS, Trace, because, mistakes, traces
from iotwatch.model import Confidence, Finding
from iotwatch.words.findings import Doubt, FindingKind, keyed
from iotwatch.words.kinds import Kind

_EVIDENCE_KEPT = 6


class VendorDetector:
    """One finding per maker: a fact, never a reason for a higher severity. A receiver's chip is told as such."""

    name = "vendor"
    version = 2
    asks = "Which makers' equipment shows itself by its own protocols, names or banners?"
    false_alarms = (
        "Many brands are rebadged, so a hit names the maker and not always the label on the box. A banner can be forged."
        " A network card's maker is not the maker of the device around it, nor is the maker of a receiver's chip."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[Trace]] = defaultdict(list)
        for trace in traces(scene):
            if trace.match.identifies == "vendor" or (trace.match.identifies == "chipset" and trace.seen_in == GNSS):
                groups[trace.match.vendor, trace.match.identifies].append(trace)
        for vendor, role in sorted(groups):
            found = sorted(groups[vendor, role], key=lambda trace: -trace.match.confidence)
            yield with_listings(self._finding(vendor, role, found), scene.signatures)

    def _finding(self, vendor: str, role: str, found: list[Trace]) -> Finding:
        best = found[0].match
        doubts = mistakes(found)
        if any(trace.observation.kind == Kind.NMEA_LABEL for trace in found):
            doubts.append(Doubt.COMMENT())
        product = next((trace.match.product for trace in found if trace.match.product), "")
        facts = {"vendor": vendor, "country": best.country}
        if role == "chipset":
            facts["role"] = role
        if product and any(trace.seen_in == GNSS for trace in found):
            facts["product"] = product
        return Finding(
            detector=self.name,
            kind=FindingKind.VENDOR,
            subject=vendor,
            key=vendor if role == "vendor" else keyed(role, vendor),
            title=f"{vendor} equipment" if role == "vendor" else f"{vendor} chip in a satellite receiver",
            severity=Behaviour.VENDOR.severity,
            confidence=min(best.confidence, Confidence.LIKELY),
            reasons=tuple(because(found)[:12]),
            doubts=tuple(doubts[:6]),
            evidence=tuple(trace.observation.evidence for trace in found[:_EVIDENCE_KEPT]),
            signature=best.signature,
            facts=facts,
        )
