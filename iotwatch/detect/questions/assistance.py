"""Is a GNSS receiver being helped to its first fix? That shows that somebody wants the place, not that it was sent."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.patterns import regex
from iotwatch.signatures import Match
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

_EVIDENCE_KEPT = 4
_SHOWN = 80
_HOSTS = {Kind.DNS_QUERY: "dns", Kind.TLS_SNI: "sni", Kind.HTTP_HOST: "host"}


def _clue(kind: Kind, pattern: str, says: str) -> tuple[Kind, re.Pattern[str], str]:
    return kind, regex(pattern, re.IGNORECASE), says


CLUES: tuple[tuple[Kind, re.Pattern[str], str], ...] = (
    _clue(Kind.HTTP_URL, r"/xtra\d?[a-z0-9]{0,8}\.bin$", "XTRA orbits (Qualcomm)"),
    _clue(Kind.HTTP_URL, r"/lto\d?\.dat$|/lto\d?/", "LTO orbits (Broadcom)"),
    _clue(
        Kind.HTTP_URL, r"/(?:epo(?:_[a-z0-9_]{1,16})?|qg_r|mtk\d+)\.(?:dat|epo)$|/epo(?:/|$)", "EPO orbits (MediaTek)"
    ),
    _clue(Kind.HTTP_URL, r"/get(?:online|offline)data\.ashx$|/mga(?:online|offline)", "AssistNow (u-blox)"),
    _clue(Kind.HTTP_URL, r"/v1/location/(?:agnss|agps|pgps)", "A-GNSS (nRF Cloud)"),
    _clue(Kind.HTTP_URL, r"/packedephemeris\.ee$|/eeday|\.(?:pgps|lle)$|/cep_pak\.bin$", "predicted orbits"),
    _clue(Kind.HTTP_AGENT, r"^NTRIP\b", "NTRIP corrections: the client tells the caster where it is"),
    _clue(Kind.GNSS_ASSISTANCE, r"", "assistance data by their own shape"),
    _clue(Kind.SUPL_MESSAGE, r"", "SUPL messages"),
    _clue(
        Kind.AT_COMMAND,
        r"AT[+^$][A-Z]{0,8}(?:XTRA|EPO|AGPS|AGNSS|SUPL|ASSIST|UGAOP)",
        "an AT command that turns assistance on",
    ),
)
"""Observation kind, what its value looks like, and what that says. Names of files and paths are those of the services."""


class AssistanceDetector:
    """One finding per service or form of assistance."""

    name = "assistance"
    version = 1
    asks = "Does a GNSS receiver fetch assistance data (XTRA, LTO, EPO, AssistNow, A-GNSS, SUPL)?"
    false_alarms = (
        "Every phone and every car with a navigation system fetches orbits. A name asked in DNS may come from a phone in range."
        " Assistance shows that a receiver is used, never that its position is sent."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        groups: dict[str, list[tuple[Observation, Said]]] = defaultdict(list)
        for kind, pattern, says in CLUES:
            for observation in scene.view.of(kind):
                if pattern.search(observation.value):
                    groups[says].append((observation, Reason.TRACE(because=says, value=observation.value[:_SHOWN])))
        for kind, field in _HOSTS.items():
            for observation in scene.view.of(kind):
                known = _serving(scene, field, observation.value)
                if known is not None:
                    value, purpose = observation.value, known.purpose
                    said = Reason.SERVICE_KNOWN(name=value, purpose=purpose, value=value[:_SHOWN])
                    groups[f"{known.vendor} {purpose}"].append((observation, said))
        for name in sorted(groups):
            yield self._finding(name, groups[name])

    def _finding(self, name: str, found: Sequence[tuple[Observation, Said]]) -> Finding:
        observations = [observation for observation, _ in found]
        clients = sorted({one.subject for one in observations if one.subject})
        return Finding(
            detector=self.name,
            kind=FindingKind.ASSISTANCE,
            subject=clients[0] if len(clients) == 1 else name,
            key=keyed("assistance", name),
            title=f"Assistance for a GNSS receiver: {name}",
            severity=Behaviour.ASSISTANCE.severity,
            confidence=Confidence.LIKELY
            if any(one.kind not in _HOSTS for one in observations)
            else Confidence.POSSIBLE,
            reasons=tuple(dict.fromkeys(said for _, said in found))[:10],
            doubts=(Doubt.NO_POSITION_SENT(),),
            evidence=tuple(one.evidence for one in observations[:_EVIDENCE_KEPT]),
            facts={"clients": clients[:16], "service": name, "count": sum(one.count for one in observations)},
        )


def _serving(scene: Scene, field: str, value: str) -> Match | None:
    return next((one for one in scene.signatures.match(field, value) if "agps" in one.serves), None)
