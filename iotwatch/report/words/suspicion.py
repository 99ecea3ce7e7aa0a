"""What a finding that says no place gives reason to look at, as the first sentence of page one.

Chosen by the finding's kind and its typed facts alone: it asserts no more than they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iotwatch.report.document.model import Finding
from iotwatch.report.words.statements import Suspicion
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import FindingKind
from iotwatch.words.tags import OwnerState

FACTS = ("pattern", "while_driving", "reads_position", "sent", "follows", "state", "in_step")
"""The facts that choose it."""


def suspicion(finding: Finding) -> Suspicion:
    """The sentence for a finding."""
    choose = _CHOICES.get(finding.kind)
    return choose(finding.facts, finding.confidence) if choose else Suspicion.UNNAMED


_Facts = Mapping[str, Any]


def _beacon(facts: _Facts, confidence: str) -> Suspicion:
    pattern = facts.get("pattern")
    if pattern == Pattern.DATA_IN_NAMES:
        return Suspicion.HIDDEN_DATA
    if "while_driving" in facts:
        return Suspicion.WHILE_DRIVING
    if pattern == Pattern.DENSE:
        return Suspicion.WITHOUT_A_PAUSE
    sure = pattern == Pattern.CLOCK and confidence != "possible"
    return Suspicion.BY_A_CLOCK if sure else Suspicion.AGAIN_AND_AGAIN


def _tag(facts: _Facts, _confidence: str) -> Suspicion:
    if not facts.get("follows"):
        return Suspicion.TAG_NEAR
    return Suspicion.TAG_ALONG if facts.get("state") == OwnerState.SEPARATED else Suspicion.TAG_SILENT


_CHOICES: dict[str, Callable[[_Facts, str], Suspicion]] = {
    FindingKind.BEACON: _beacon,
    FindingKind.FOLLOWS: lambda *_: Suspicion.FOLLOWS,
    FindingKind.IDENTITY: lambda facts, _: Suspicion.NUMBER_SENT if facts.get("sent") else Suspicion.NUMBER_HELD,
    FindingKind.PROGRAM: lambda facts, _: (
        Suspicion.READS_POSITION if facts.get("reads_position") else Suspicion.READS_NUMBER
    ),
    FindingKind.SECRET: lambda *_: Suspicion.SECRET,
    FindingKind.MODULE: lambda *_: Suspicion.MODEM,
    FindingKind.TAG: _tag,
    FindingKind.TIE: lambda *_: Suspicion.TIE,
    FindingKind.TRANSMITTER: lambda facts, _: (
        Suspicion.RADIO_IN_STEP if facts.get("in_step") else Suspicion.RADIO_CLOCK
    ),
    FindingKind.SIM_REPORT: lambda facts, _: Suspicion.CARD_SENDS if facts.get("sent") else Suspicion.CARD_TELLS,
}
