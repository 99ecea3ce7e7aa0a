"""Analysts' decisions over findings: shown beside them, weighed in the verdict, never silent, never deleting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from iotwatch.files.baseline import Decision
from iotwatch.model import Finding, iso
from iotwatch.store.judgements import fingerprint
from iotwatch.words.findings import Doubt

FACT = "decision"


def decide(findings: Iterable[Finding], decisions: Sequence[Decision], asset: str, now: int) -> list[Finding]:
    """The findings with the decision that speaks of each in their facts; one that has expired is told as a doubt."""
    return [_decided(finding, decisions, asset, now) for finding in findings]


def is_decided(finding: Finding) -> bool:
    """Whether a decision in force explains the finding."""
    return FACT in finding.facts


def _decided(finding: Finding, decisions: Sequence[Decision], asset: str, now: int) -> Finding:
    for decision in decisions:
        if not speaks_of(decision, finding, asset):
            continue
        day = (iso(decision.created) or "")[:10]
        if decision.expires is not None and decision.expires <= now:
            expired = Doubt.DECISION_EXPIRED(day=day, word=decision.word, author=decision.author)
            finding = msgspec.structs.replace(finding, doubts=(*finding.doubts, expired))
            continue
        # No row id: the same decisions have other ones in another database.
        said = {"word": decision.word, "author": decision.author, "reason": decision.reason, "day": day}
        if decision.baseline:
            said["baseline"] = decision.baseline
        return msgspec.structs.replace(finding, facts={**finding.facts, FACT: said})
    return finding


def speaks_of(decision: Decision, finding: Finding, asset: str) -> bool:
    """Whether every part of the decision's target holds for the finding."""
    return all(_holds(_value(finding, name, asset), wanted) for name, wanted in decision.target.items())


def _value(finding: Finding, name: str, asset: str) -> str:
    if name == "fingerprint":
        return fingerprint(finding.detector, finding.kind, asset, finding.key)
    if name in ("detector", "kind", "subject", "title", "key", "signature"):
        return str(getattr(finding, name))
    return str(finding.facts.get(name, ""))


def _holds(value: str, wanted: str) -> bool:
    if wanted.endswith("*"):
        return value.casefold().startswith(wanted[:-1].casefold())
    return value.casefold() == wanted.casefold()
