"""Does what stands in an image also stand on the wire of the same asset?

The image says what a device can do, the wire what one did: together they say which program it was. A tie is one finding with
both evidences, one step of severity higher than the worst that either side is by itself (severity table: the same thing in an
image and on the wire).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from iotwatch.detect.detector import Scene
from iotwatch.detect.severity import higher
from iotwatch.enrich import scope
from iotwatch.files.contact_events import first_and_last, unpack
from iotwatch.model import Confidence, Evidence, Finding, Observation, Severity, cut
from iotwatch.patterns import regex
from iotwatch.store import ContactRow
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.hosts import read_host
from iotwatch.words.kinds import Kind
from iotwatch.words.subjects import Subject, SubjectKind

_EVIDENCE_KEPT = 4
# What is raised where both sides say it, in the order in which it is told.
_RAISED = (
    FindingKind.PROGRAM, FindingKind.SECRET, FindingKind.LOCATION, FindingKind.COMMAND, FindingKind.BEACON,
    FindingKind.IDENTITY,
)  # fmt: skip
_TITLES = {
    "server": "server name", "address": "server address", "apn": "access point name", "imei": "IMEI", "imsi": "IMSI",
    "iccid": "ICCID", "certificate": "certificate", "key": "key", "agent": "user agent", "topic": "MQTT topic",
    "dialect": "tracker dialect",
}  # fmt: skip
_ON_BOTH = {"apn": (Kind.APN,), "imei": (Kind.IMEI,), "imsi": (Kind.IMSI,), "iccid": (Kind.ICCID,)}
# What -> the kinds of observations that carry it on the wire. Names of servers come in many protocols.
_ON_WIRE: dict[str, tuple[Kind, ...]] = {
    "server": (Kind.DNS_QUERY, Kind.TLS_SNI, Kind.DTLS_SNI, Kind.HTTP_HOST, Kind.AT_SERVER),
    **_ON_BOTH,
    "agent": (Kind.HTTP_AGENT, Kind.SIP_AGENT, Kind.SSDP_AGENT),
    "topic": (Kind.MQTT_TOPIC,),
    "dialect": (Kind.DIALECT,),
}
_IN_IMAGE: dict[str, tuple[Kind, ...]] = {
    **_ON_BOTH,
    "agent": (Kind.FILE_AGENT,),
    "topic": (Kind.FILE_TOPIC,),
    "dialect": (Kind.DIALECT_CONSTANT,),
}
# What a program fills in as it runs: printf's directives and the shell's variables.
_DIRECTIVE = regex(r"%[-0-9.]*l{0,2}[a-zA-Z]|\$\{\w+\}|\$\w+|\{\w*\}|\+|#")
_LITERAL = 3


class _Seen(NamedTuple):
    """One side of a tie: the value as it was seen, its evidence, and whom it is about."""

    value: str
    evidence: Evidence
    subject: str


class CorrelationDetector:
    """One finding per value that both sides share."""

    name = "tie"
    version = 1
    asks = "Does the same server, number, certificate, agent, topic or dialect stand in an image and on the wire of one asset?"
    false_alarms = (
        "Names that everybody uses (time servers, a cloud's front door) tie an image to any device. The image and the capture must"
        " be of the same device: the asset was named by who scanned them. A shared library's user agent ties only that library."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        images = {source.id for source in scene.view.sources if source.kind == "firmware"}
        wires = {source.id for source in scene.view.sources if source.kind in ("capture", "log")}
        if not images or not wires:
            return
        inside, outside = _inside(scene, images), _outside(scene, wires)
        shared = [(what, value) for what, value in inside if (what, value) in outside]
        patterns = [
            (key, _pattern(key[1])) for key in inside if key[0] in ("topic", "agent") and _DIRECTIVE.search(key[1])
        ]
        for (what, form), pattern in patterns:
            for kind, value in [key for key in outside if key[0] == what and key not in inside]:
                if pattern is not None and pattern.fullmatch(value):
                    inside[kind, value] += inside[what, form]
                    shared.append((kind, value))
        if not shared:
            return
        bases = [finding for kind in _RAISED for finding in scene.found if finding.kind is kind]
        for what, value in sorted(dict.fromkeys(shared)):
            yield _finding(self.name, what, value, inside[what, value], outside[what, value], bases)


def _inside(scene: Scene, images: set[int]) -> dict[tuple[str, str], list[_Seen]]:
    """What images hold, by what it is and its comparable value."""
    found: dict[tuple[str, str], list[_Seen]] = defaultdict(list)

    def add(what: str, value: str, one: Observation) -> None:
        if value and one.evidence.source in images:
            found[what, value].append(_Seen(one.value, one.evidence, one.subject))

    for one in scene.view.of(Kind.TEXT_URL, Kind.FILE_HOST):
        host = str(one.facts.get("host", "")).lower()
        if not one.facts.get("inactive") and not one.facts.get("mention"):
            add("address" if host[-1:].isdigit() else "server", host, one)
    for what, kinds in _IN_IMAGE.items():
        for one in scene.view.of(*kinds):
            add(what, _plain(what, one.value), one)
    for one in scene.view.of(Kind.CERTIFICATE):
        add("certificate", str(one.facts.get("sha256", "")), one)
        add("key", str(one.facts.get("key_sha256", "")), one)
    for one in scene.view.of(Kind.KEY_PRIVATE):
        add("key", one.value, one)
    return found


def _outside(scene: Scene, wires: set[int]) -> dict[tuple[str, str], list[_Seen]]:
    """What the wires showed, by the same."""
    found: dict[tuple[str, str], list[_Seen]] = defaultdict(list)
    for what, kinds in _ON_WIRE.items():
        for one in scene.view.of(*kinds):
            if one.evidence.source in wires and not one.evidence.path:
                value = str(one.facts.get("host", "")) if one.kind == Kind.AT_SERVER else one.value
                found[what, _plain(what, value)].append(_Seen(one.value, one.evidence, one.subject))
    for one in scene.view.of(Kind.TLS_CERTIFICATE):
        if one.evidence.source in wires:
            for what, fact in (("certificate", "sha256"), ("key", "key_sha256")):
                if one.facts.get(fact):
                    found[what, str(one.facts[fact])].append(_Seen(one.value, one.evidence, one.subject))
    for row in scene.view.contacts:
        if row.source in wires and row.kind != "dns" and scope(row.server) in ("public", "documentation", "private"):
            found["address", row.server].append(
                _Seen(row.server, _first_packet(row), str(Subject(SubjectKind.ADDRESS, row.client)))
            )
    return found


def _first_packet(row: ContactRow) -> Evidence:
    offset, _ = first_and_last(row.offsets)
    frame = int(unpack([row.frames], np.array([row.events]))[0])
    place = cut(row.origin, [(offset, len(row.first_bytes))], [frame])
    return Evidence(place, row.first_bytes, len(row.first_bytes), frame, row.first_seen, source=row.source)


def _plain(what: str, value: str) -> str:
    if what in ("server", "apn"):
        return read_host(value).name.rstrip(".")
    return value


def _pattern(form: str) -> re.Pattern[str] | None:
    """A format string as a pattern of what it can become; ``None`` where too little of it is fixed to say anything."""
    fixed = _DIRECTIVE.split(form)
    if max((len(re.sub(r"\W", "", part)) for part in fixed), default=0) < _LITERAL or len(fixed) > 9:
        return None
    return re.compile("[^/]{1,128}".join(re.escape(part) for part in fixed))


def _finding(
    detector: str, what: str, value: str, inside: Sequence[_Seen], outside: Sequence[_Seen], bases: Iterable[Finding]
) -> Finding:
    base = [finding for finding in bases if _speaks_of(finding, what, value, inside, outside)]
    worst = max((finding.severity for finding in base), default=Severity.INFO)
    files = list(dict.fromkeys(one.evidence.path.rpartition("!")[2] or "the image" for one in inside))
    clients = sorted({one.subject for one in outside if one.subject})
    shown = value if what not in ("certificate", "key") else outside[0].value
    reasons = [
        Reason.IN_IMAGE(files=", ".join(files[:4])),
        Reason.ON_WIRE(who=", ".join(clients[:4]) or "a log", n=len(outside)),
        *(Reason.RAISED(title=finding.title) for finding in sorted(base, key=lambda one: -one.severity)[:3]),
    ]
    return Finding(
        detector=detector,
        kind=FindingKind.TIE,
        subject=shown,
        key=keyed(what, value),
        title=f"The same {_TITLES[what]} in an image and on the wire: {shown}",
        severity=higher(worst),
        confidence=Confidence.CERTAIN if what in ("certificate", "key") else Confidence.LIKELY,
        reasons=tuple(reasons),
        doubts=(Doubt.SAME_DEVICE(),),
        evidence=(*_evidence(inside), *_evidence(outside)),
        facts={
            "what": what,
            "value": value,
            "files": files[:16],
            "clients": clients[:16],
            "raises": [finding.key for finding in base[:16]],
        },
    )


def _evidence(seen: Sequence[_Seen]) -> tuple[Evidence, ...]:
    return tuple(dict.fromkeys(one.evidence for one in seen))[:_EVIDENCE_KEPT]


def _speaks_of(finding: Finding, what: str, value: str, inside: Sequence[_Seen], outside: Sequence[_Seen]) -> bool:
    """Whether a finding is about the shared value: it says it, or its evidence stands in the very same bytes."""
    facts = finding.facts
    names = ("server_name", "server", "far_end", "value", "dialect", "device_id")
    said = {str(facts.get(name, "")).lower() for name in names}
    said |= {str(name).lower() for name in facts.get("far_ends", ())} | set(map(str, facts.get("dialects", ())))
    if value.lower() in said:
        return True
    if what in ("certificate", "key") and finding.kind is FindingKind.SECRET:
        return finding.key == keyed("key", value) or facts.get("certificate", "-") in {one.value for one in outside}
    if what not in ("agent", "topic", "dialect") or finding.kind is not FindingKind.PROGRAM:
        return False
    files = {(one.evidence.source, one.evidence.path) for one in inside}
    return any((one.source, one.path) in files for one in finding.evidence)
