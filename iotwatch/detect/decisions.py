"""Analysts' decisions over findings: shown beside them, weighed in the verdict, never silent, never deleting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from iotwatch.files.baseline import Decision
from iotwatch.model import Finding, iso
from iotwatch.store.judgements import fingerprint
from iotwatch.words.findings import Doubt

FACT = "decision"
_COLUMNS = ("detector", "kind", "subject", "title", "signature")


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
    columns = {name: getattr(finding, name) for name in _COLUMNS}
    columns["fingerprint"] = fingerprint(finding.detector, finding.kind, asset, finding.key)
    return _all_hold(decision, {**finding.facts, **columns})


def speaks_of_stored(decision: Decision, finding: Mapping[str, Any]) -> bool:
    """The same of a row of ``findings`` with its JSON columns as values; the decision's asset counts too."""
    return decision.asset in ("", finding["asset"]) and _all_hold(decision, {**finding["facts"], **finding})


def _all_hold(decision: Decision, fields: Mapping[str, Any]) -> bool:
    return all(_holds(fields.get(name, ""), wanted.casefold()) for name, wanted in decision.target.items())


def _holds(value: object, wanted: str) -> bool:
    """Whether a value, or one of a list, is what is ``wanted`` in lower case."""
    for one in value if isinstance(value, list | tuple) else (value,):
        text = str(one).casefold()
        if text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted:
            return True
    return False
