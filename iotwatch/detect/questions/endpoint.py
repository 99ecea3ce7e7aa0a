"""Which known far ends does it name or reach?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from iotwatch.detect.detector import Scene
from iotwatch.detect.far_end import far_end
from iotwatch.detect.severity import Behaviour
from iotwatch.detect.traces import Trace, because, listed_contacts, mistakes, traces
from iotwatch.model import Confidence, Finding
from iotwatch.words.findings import FindingKind, Reason, keyed
from iotwatch.words.hosts import is_host, read_host
from iotwatch.words.kinds import Kind

_EVIDENCE_KEPT = 4


class EndpointDetector:
    """One finding per known far end."""

    name = "endpoint"
    version = 2
    asks = "Is a known cloud, update or positioning service of a module maker named or contacted?"
    false_alarms = (
        "A name in an image is not a contact. A DNS question may come from a phone in range. Content of an encrypted"
        " session was not seen: a service that takes positions may have been asked for something else."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[Trace]] = defaultdict(list)
        for trace in chain(traces(scene), listed_contacts(scene)):
            if trace.match.identifies == "endpoint":
                groups[trace.match.vendor, _name(trace)].append(trace)
        for vendor, name in sorted(groups):
            yield self._finding(scene, vendor, name, groups[vendor, name])

    def _finding(self, scene: Scene, vendor: str, name: str, found: Sequence[Trace]) -> Finding:
        found = sorted(found, key=lambda trace: -trace.match.confidence)
        best = found[0].match
        seen_in = sorted({trace.seen_in for trace in found})
        confidence = best.confidence
        reasons = because(found)
        if best.sends_location:
            reasons.append(Reason.TAKES_POSITIONS())
            confidence = min(confidence, Confidence.POSSIBLE)
        said = {"vendor": vendor, "purpose": best.purpose}
        service = f"{vendor} {best.purpose}".strip()
        return Finding(
            detector=self.name,
            kind=FindingKind.ENDPOINT,
            subject=name or vendor,
            key=keyed(vendor, name),
            title=f"{name}: {service}" if name else service,
            severity=Behaviour.ENDPOINT.severity,
            confidence=confidence,
            reasons=tuple(reasons[:10]),
            doubts=tuple(mistakes(found)),
            evidence=tuple(trace.observation.evidence for trace in found[:_EVIDENCE_KEPT]),
            signature=best.signature,
            facts={**said, "seen_in": seen_in, "takes_positions": best.sends_location},
            rows=(("endpoints", _row(scene, found[0], name)),) if name else (),
        )


def _row(scene: Scene, trace: Trace, name: str) -> dict[str, Any]:
    """The row of ``endpoints``; country and network are those of the address that was seen, if one was.

    Of a name that was asked for none was: who answers is not who bears the name.
    """
    facts = {} if trace.observation.kind == Kind.DNS_QUERY else trace.observation.facts
    address = str(facts.get("server", ""))
    end = far_end(scene, address, "")
    return {
        "address": address,
        "name": name,
        "port": facts.get("server_port"),
        "country": end.country,
        "as_name": end.network,
        "vendor": trace.match.vendor,
        "purpose": trace.match.purpose,
    }


def _name(trace: Trace) -> str:
    """The far end's name; empty where a token or a topic tells whose service is used, and not where it is reached."""
    name = read_host(str(trace.observation.facts.get("host") or trace.observation.value)).name.rstrip(".")
    return name if is_host(name) else ""
