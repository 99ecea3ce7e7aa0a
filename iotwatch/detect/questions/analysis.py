"""What did other programs say of the same recording?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind

_EVIDENCE_KEPT = 4
_SHOWN = 100


class AnalysisDetector:
    """One finding for each thing that a program said, however often."""

    name = "analysis"
    version = 1
    asks = "Did a program that watches the mobile network (Rayhunter) note anything in the recording?"
    false_alarms = (
        "It is that program's word, quoted and not judged: networks ask for an IMSI in daily service too. It speaks of the network"
        " that the listeners' own hotspot met, not of what the car sends."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for one in scene.view.of(Kind.ANALYSIS):
            groups[str(one.facts.get("program", "")), one.value].append(one)
        for program, said in sorted(groups):
            yield _finding(program, said, groups[program, said])


def _finding(program: str, said: str, found: Sequence[Observation]) -> Finding:
    times = sum(one.count for one in found)
    level = str(found[0].facts.get("level", ""))
    return Finding(
        detector=AnalysisDetector.name,
        kind=FindingKind.ANALYSIS,
        subject=program,
        key=keyed("analysis", program, said),
        title=f"{program}: {said[:_SHOWN]}",
        severity=Behaviour.NOTED_BY_ANOTHER.severity,
        confidence=Confidence.LIKELY,
        reasons=(Reason.QUOTED(program=program, level=level or "without a level", n=times),),
        doubts=(Doubt.QUOTED_ALONE(program=program),),
        evidence=tuple(one.evidence for one in found[:_EVIDENCE_KEPT]),
        facts={"program": program, "said": said, "level": level, "count": times},
    )
