"""Does it send numbers that name the device, the SIM or the car in clear?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import FindingKind, Reason
from iotwatch.words.kinds import Kind

_KINDS = {Kind.IMEI: "IMEI", Kind.IMSI: "IMSI", Kind.ICCID: "ICCID", Kind.EID: "EID", Kind.VIN: "VIN"}
_SENT = frozenset({"up", "broadcast"})
_EVIDENCE_KEPT = 4
_MODEM = frozenset({"at", "host-log", "usb", "qmi", "mbim", "ppp-chat", "sim-card"})
_NETWORK = frozenset(
    {
        "gsmtap",
        "diag",
        "nas",
        "s1ap",
        "ngap",
        "gtp",
        "gtp-c",
        "gtpv1",
        "gtpv2",
        "pfcp",
        "diameter",
        "radius",
        "supl",
        "sip",
    }
)


class IdentityDetector:
    """One finding per identity number."""

    name = "identity"
    version = 2
    asks = "Which identity numbers of device, SIM or car stand in the traces, and do they leave in clear?"
    false_alarms = (
        "A 15-digit number that passes its check digit is one in ten by chance. Identities can be rewritten or forged."
        " A number in a log stays in the car until something sends it."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        for kind, word in _KINDS.items():
            groups: dict[str, list[Observation]] = defaultdict(list)
            for observation in scene.view.of(kind):
                groups[observation.value].append(observation)
            for value in sorted(groups):
                yield self._finding(kind, word, value, groups[value])

    def _finding(self, kind: str, word: str, value: str, found: list[Observation]) -> Finding:
        sent = [observation for observation in found if observation.facts.get("direction") in _SENT]
        shown = sent or found
        protocols = sorted({str(observation.facts.get("protocol", "text")) for observation in found})
        return Finding(
            detector=self.name,
            kind=FindingKind.IDENTITY,
            subject=f"{kind}:{value}",
            key=f"{kind}:{value}",
            title=f"{word} sent in clear" if sent else f"{word} seen",
            severity=(Behaviour.IDENTITY_SENT if sent else Behaviour.IDENTITY_SEEN).severity,
            confidence=_confidence(found),
            reasons=(
                # Not how often: several readings of the same bytes each count.
                Reason.NUMBER_SEEN(number=word, protocols=", ".join(protocols)),
            ),
            evidence=tuple(observation.evidence for observation in shown[:_EVIDENCE_KEPT]),
            facts={"kind": kind, "value": value, "protocols": protocols, "sent": bool(sent)},
        )


def _confidence(found: Sequence[Observation]) -> Confidence:
    """Certain when two independent kinds of traces say the number; a bare number with a right check digit is possible."""
    said = {_witness(one) for one in found if one.facts.get("confidence") != "possible"}
    if len(said) > 1:
        return Confidence.CERTAIN
    return Confidence.LIKELY if said else Confidence.POSSIBLE


def _witness(one: Observation) -> str:
    """Who says it: the modem to its host, the network, a file, or the device in what it sends, by however many protocols."""
    protocol = str(one.facts.get("protocol", "text"))
    if protocol in _MODEM:
        return "modem"
    if protocol.split(".")[0] in _NETWORK:
        return "network"
    return "file" if protocol == "text" and not one.facts.get("server") else "traffic"
