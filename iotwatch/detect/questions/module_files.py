"""What files say of modules, chips and the software that drives them, and which of it is to be believed."""

from __future__ import annotations

from collections import Counter, defaultdict
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


def by_model(found: Sequence[Trace]) -> dict[str, list[Trace]]:
    """Traces of one role and maker by the model that they name, the best supported first; "" where none is named well.

    Several models are told of modules alone: host software and lists of chips name many. A trace of no model speaks for all
    of them, a shorter form or a guess for the first that it fits.
    """
    named = Counter(
        trace.match.product
        for trace in found
        if trace.match.product and trace.match.identifies == "module" and trace.match.confidence >= Confidence.LIKELY
    )
    models = [one for one, _ in sorted(named.items(), key=lambda item: (-item[1], item[0]))]
    models = [one for one in models if not any(one != other and one in other for other in models)]
    if not models:
        return {"": list(found)}
    groups: dict[str, list[Trace]] = {one: [] for one in models}
    for trace in found:
        product = trace.match.product
        fitting = [one for one in models if is_same_model(one, product)]
        for one in fitting[:1] if product else models:
            groups[one].append(trace)
        if not fitting:
            groups[models[0]].append(trace)
    return groups


def is_same_model(one: str, other: str) -> bool:
    """Whether two names can be of one model: one is the longer form of the other, or one of them is not known."""
    return one.casefold() in other.casefold() or other.casefold() in one.casefold()


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


def finding_of(detector: str, role: str, vendor: str, found: Sequence[Trace], *, mark: str = "") -> Finding:
    """What files of an image say of one maker: its own firmware, software that drives it, or its chip.

    ``mark`` is the model where the maker has several.
    """
    found = sorted(found, key=lambda trace: (-trace.match.confidence, not trace.match.version, not trace.match.product))
    best = found[0].match
    confidence = min(best.confidence, Confidence.LIKELY)
    model = mark or next((trace.match.product for trace in found if trace.match.product), "")
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
        key=keyed(role, vendor, mark) if mark else keyed(role, vendor),
        former_keys=(keyed(role, vendor),) if mark else (),
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
