"""What files say of modules, chips and the software that drives them, and which of it is to be believed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from iotwatch.detect.severity import Behaviour
from iotwatch.detect.traces import Trace, because, mistakes
from iotwatch.model import Confidence, Finding
from iotwatch.words.findings import Doubt, FindingKind, keyed

TITLES = {"module": "cellular module", "host": "software for modules or receivers", "chipset": "cellular chipset"}
_EVIDENCE_KEPT = 8


def by_maker(found: Sequence[Trace]) -> dict[tuple[str, str], list[Trace]]:
    """Traces in files of images, by role and maker."""
    groups: dict[tuple[str, str], list[Trace]] = defaultdict(list)
    for trace in found:
        if trace.seen_in == "firmware" and trace.match.identifies in TITLES:
            groups[trace.match.identifies, trace.match.vendor].append(trace)
    return groups


def credible(found: Sequence[Trace]) -> Iterator[Trace]:
    """Drop what a file of known host software says of modules and chips, and chips that are only listed.

    A driver names what it drives; manuals, kernels and dissectors name one chip after the other.
    """
    hosts = {_file(trace) for trace in found if trace.match.identifies == "host" and trace.seen_in == "firmware"}
    listed = _listed(found)
    for trace in found:
        named = trace.seen_in == "firmware" and trace.match.identifies in ("module", "chipset")
        only_listed = trace.match.confidence == Confidence.POSSIBLE and _list(trace) in listed
        if not (named and (_file(trace) in hosts or only_listed)):
            yield trace


def _listed(found: Sequence[Trace]) -> set[tuple[int, str]]:
    """Sources and signatures of chips of which several are named, and nothing else speaks for one of them."""
    names: dict[tuple[int, str], set[str]] = defaultdict(set)
    proven: set[tuple[int, str]] = set()
    for trace in found:
        if trace.seen_in == "firmware" and trace.match.identifies == "chipset":
            names[_list(trace)].add(trace.observation.value.casefold())
            if trace.match.confidence > Confidence.POSSIBLE:
                proven.add(_list(trace))
    return {key for key, values in names.items() if len(values) > 1} - proven


def _file(trace: Trace) -> tuple[int, str]:
    return trace.observation.evidence.source, trace.observation.evidence.path


def _list(trace: Trace) -> tuple[int, str]:
    return trace.observation.evidence.source, trace.match.signature


def finding_of(detector: str, role: str, vendor: str, found: Sequence[Trace]) -> Finding:
    """What files of an image say of one maker: its own firmware, software that drives it, or its chip."""
    found = sorted(found, key=lambda trace: (-trace.match.confidence, not trace.match.version, not trace.match.product))
    best = found[0].match
    confidence = min(best.confidence, Confidence.LIKELY)
    model = next((trace.match.product for trace in found if trace.match.product), "")
    version = next((trace.match.version for trace in found if trace.match.version), "") if role == "module" else ""
    name = f"{vendor} {model}".strip()
    row = {
        "vendor": vendor,
        "model": model,
        "firmware_version": version,
        "role": role,
        "seen_in": "firmware",
        **dict.fromkeys(("imei", "iccid", "imsi"), ""),
        "confidence": confidence.name.lower(),
    }
    return Finding(
        detector=detector,
        kind=FindingKind.MODULE,
        subject=name,
        key=keyed(role, vendor),
        title=f"{name}: {TITLES[role]}",
        severity=Behaviour.MODULE.severity,
        confidence=confidence,
        reasons=tuple(because(found)[:12]),
        doubts=(*mistakes(found)[:6], Doubt.SELF_DECLARED()),
        evidence=tuple(trace.observation.evidence for trace in found[:_EVIDENCE_KEPT]),
        signature=best.signature,
        facts={"vendor": vendor, "model": model, "role": role, "seen_in": ["firmware"], "country": best.country},
        rows=(("modules", row),),
    )
