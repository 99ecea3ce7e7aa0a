"""Does an image hold a private key or a password that whoever has the image has too?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.contract import Scene
from iotwatch.detect.questions.known import project_of
from iotwatch.model import Confidence, Finding, Observation, Severity

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
        certificates = {str(one.facts.get("key_sha256", "")): one for one in scene.view.of("certificate")}
        keys: dict[str, list[Observation]] = defaultdict(list)
        files: dict[tuple[str, str], list[Observation]] = defaultdict(list)
        for one in scene.view.of("key.private"):
            if one.evidence.source in images:
                keys[one.value if one.facts.get("bits") else f"{one.value}|{one.evidence.path}"].append(one)
        for one in scene.view.of("credential"):
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
    reasons = [f"{form}, parsed: {shape}" if parsed else form]
    evidence = [one.evidence for one in found[:_EVIDENCE_KEPT]]
    if certificate is not None:
        reasons.append(f"it is the key of the certificate {certificate.value}")
        evidence.append(certificate.evidence)
    if encrypted:
        reasons.append("it is encrypted: the password is needed as well")
    projects = {project_of(one.evidence.path) for one in found}
    shared = "" not in projects
    if shared:
        reasons.append(
            f"lowered: every file that holds it is one of {', '.join(sorted(projects))}, which everybody has"
        )
    return Finding(
        detector=detector,
        kind="secret",
        subject=where[0],
        key=f"key|{key}",
        title=f"{'Encrypted private' if encrypted else 'Private'} key in {where[0]}"
        + (f" ({shape})" if parsed else ""),
        severity=Severity.LOW if encrypted or shared else Severity.MEDIUM,
        confidence=Confidence.LIKELY,
        reasons=tuple(reasons),
        doubts=("it may be a key for tests or an example",),
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
    hashed, project = form == "hash", project_of(path)
    return Finding(
        detector=detector,
        kind="secret",
        subject=path,
        key=f"password|{path}|{form}",
        title=f"{'Password hash' if hashed else 'Password in clear'} in {path}",
        severity=Severity.LOW if hashed or project else Severity.MEDIUM,
        confidence=Confidence.LIKELY if hashed else Confidence.POSSIBLE,
        reasons=(
            *(_reason(name, one) for name, one in list(named.items())[:_SHOWN]),
            *((f"lowered: the file is one of {project}, which everybody has",) if project else ()),
        ),
        doubts=(
            "a hash must be guessed first" if hashed else "the value may be a placeholder or a setting about passwords",
        ),
        evidence=tuple(one.evidence for one in found[:_EVIDENCE_KEPT]),
        facts={"names": list(named)[:32], "form": form, "path": path},
    )


def _reason(name: str, one: Observation) -> str:
    length = one.facts.get("length")
    return f"{name}: a value of {length} characters" if length else f"{name}: a user's name and password"
