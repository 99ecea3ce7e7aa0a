"""One asset's stored observations -> findings and verdict, in one transaction that replaces the asset's old ones."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from iotwatch.detect import DETECTORS, Scene, Verdict, decide, verdict
from iotwatch.model import Finding
from iotwatch.signatures import Signatures
from iotwatch.store import Store, View
from iotwatch.store.rows import microseconds, now


class Judgement(msgspec.Struct, frozen=True):
    """What was judged of one asset."""

    asset: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    before: str = ""


def judge(store: Store, asset: str, signatures: Signatures) -> Judgement:
    """Judge one asset from the store alone and store the judgement; reading and writing are one transaction."""
    with store.transaction():
        before = store.verdict(asset)
        view = store.view(asset)
        findings = decide(look(view, signatures), store.decisions(asset), asset, microseconds(now()) or 0)
        decided = verdict(view, findings)
        store.write_judgement(asset, decided.word, decided.reason, _span(view), findings, _versions())
    return Judgement(asset, decided, tuple(findings), before)


def judge_all(store: Store, assets: Iterable[str], signatures: Signatures) -> list[Judgement]:
    """Judge several assets; small ones share a transaction, since a commit costs more than a small asset."""
    store.write_detectors((one.name, one.version, one.asks, one.false_alarms) for one in DETECTORS)
    judged: list[Judgement] = []
    names = list(assets)
    for start in range(0, len(names), 200):
        with store.transaction():
            judged += [judge(store, name, signatures) for name in names[start : start + 200]]
    return judged


def look(view: View, signatures: Signatures) -> list[Finding]:
    """What every detector finds, worst and surest first."""
    scene = Scene(view, signatures)
    findings = [finding for detector in DETECTORS for finding in detector.look(scene)]
    findings.sort(key=lambda finding: (-finding.severity, -finding.confidence, finding.kind, finding.key))
    return findings


def _versions() -> dict[str, int]:
    return {detector.name: detector.version for detector in DETECTORS}


def _span(view: View) -> tuple[int | None, int | None]:
    first = min((source.first for source in view.sources if source.first is not None), default=None)
    last = max((source.last for source in view.sources if source.last is not None), default=None)
    return first, last
