"""Does an image hold a private key or a password that whoever has the image has too?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.detector import Scene
from iotwatch.detect.questions.known import everybodys
from iotwatch.detect.severity import Behaviour
from iotwatch.model import Confidence, Finding, Observation
from iotwatch.words.findings import Doubt, FindingKind, Reason, keyed
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

_EVIDENCE_KEPT = 6
_SHOWN = 6


class SecretDetector:
    """One finding per private key and one per file with passwords. What the secret is, is neither stored nor shown."""

    name = "secret"
    version = 1
    asks = "Does an image hold a private key or a password?"
    false_alarms = (
        "Keys and passwords of tests, examples and documents stand in many packages. A value under the name password may be a"
        " setting about passwords. A key of this one device is no key of all: the image does not say."
    )

    def look(self, scene: Scene) -> Iterator[Finding]:
        sources = [one for one in scene.view.sources if one.kind == "firmware" or one.format == "text"]
        images = {source.id: source.path.rpartition("/")[2] for source in sources}
        certificates = {str(one.facts.get("key_sha256", "")): one for one in scene.view.of(Kind.CERTIFICATE)}
        keys: dict[str, list[Observation]] = defaultdict(list)
        files: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for one in scene.view.of(Kind.KEY_PRIVATE):
            if one.evidence.source in images:
                keys[one.value if one.facts.get("bits") else keyed(one.value, one.evidence.path)].append(one)
        for one in scene.view.of(Kind.CREDENTIAL):
            if one.evidence.source in images:
                path = one.evidence.path or images[one.evidence.source]
                files[path.rpartition("!")[2], str(one.facts.get("form", "clear"))].append(one)
        for key in sorted(keys):
            yield _key(self.name, key, keys[key], certificates.get(key))
        for path, form in sorted(files):
            yield _password(self.name, path, form, files[path, form])


def _key(detector: str, key: str, found: Sequence[Observation], certificate: Observation | None) -> Finding:
    first = found[0]
    encrypted = bool(first.facts.get("encrypted"))
    form, parsed = str(first.facts.get("form", "key")), bool(first.facts.get("bits"))
    shape = f"{first.facts.get('algorithm', '')} {first.facts.get('bits', '')}".strip()
    where = list(dict.fromkeys(one.evidence.path.rpartition("!")[2] or "the file" for one in found))
    reasons = [Reason.KEY_PARSED(form=form, shape=shape) if parsed else Reason.KEY(form=form)]
    evidence = [one.evidence for one in found[:_EVIDENCE_KEPT]]
    if certificate is not None:
        reasons.append(Reason.KEY_OF_CERTIFICATE(certificate=certificate.value))
        evidence.append(certificate.evidence)
    if encrypted:
        reasons.append(Reason.KEY_ENCRYPTED())
    projects = {everybodys(one.evidence.path) for one in found}
    shared = "" not in projects
    if shared:
        reasons.append(Reason.KEY_OF_PROJECT(projects=", ".join(sorted(projects))))
    return Finding(
        detector=detector,
        kind=FindingKind.SECRET,
        subject=where[0],
        key=keyed("key", key),
        title=f"{'Encrypted private' if encrypted else 'Private'} key in {where[0]}"
        + (f" ({shape})" if parsed else ""),
        severity=(Behaviour.SECRET_GUARDED if encrypted or shared else Behaviour.SECRET).severity,
        confidence=Confidence.LIKELY,
        reasons=tuple(reasons),
        doubts=(Doubt.TEST_KEY(),),
        evidence=tuple(evidence),
        facts={
            "form": form,
            "algorithm": first.facts.get("algorithm", ""),
            "bits": first.facts.get("bits", 0),
            "encrypted": encrypted,
            "paths": where[:16],
            "certificate": certificate.value if certificate is not None else "",
        },
    )


def _password(detector: str, path: str, form: str, found: Sequence[Observation]) -> Finding:
    named = {one.value: one for one in found}
    hashed, project = form == "hash", everybodys(path)
    return Finding(
        detector=detector,
        kind=FindingKind.SECRET,
        subject=path,
        key=keyed("password", path, form),
        title=f"{'Password hash' if hashed else 'Password in clear'} in {path}",
        severity=(Behaviour.SECRET_GUARDED if hashed or project else Behaviour.SECRET).severity,
        confidence=Confidence.LIKELY if hashed else Confidence.POSSIBLE,
        reasons=(
            *(_reason(name, one) for name, one in list(named.items())[:_SHOWN]),
            *((Reason.PASSWORD_OF_PROJECT(project=project),) if project else ()),
        ),
        doubts=(Doubt.HASH() if hashed else Doubt.PLACEHOLDER(),),
        evidence=tuple(one.evidence for one in found[:_EVIDENCE_KEPT]),
        facts={"names": list(named)[:32], "form": form, "path": path},
    )


def _reason(name: str, one: Observation) -> Said:
    length = one.facts.get("length")
    return Reason.PASSWORD_LENGTH(name=name, length=length) if length else Reason.PASSWORD_OF_USER(name=name)
