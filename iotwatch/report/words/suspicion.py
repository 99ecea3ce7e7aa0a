"""What a finding that says no place gives reason to look at, as a clause for page one.

Chosen by the finding's kind and its typed facts alone: a clause asserts no more than they do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iotwatch.report.document.model import Finding
from iotwatch.words.findings import FindingKind, Pattern
from iotwatch.words.said import Sentence, Word

FACTS = ("pattern", "reads_position", "sent")
"""The facts that choose a clause."""


class Suspicion(Word):
    """Clauses, to stand behind "In this car,"."""

    BY_A_CLOCK = Sentence("a device gets in touch with the same place again and again, as by a clock")
    AGAIN_AND_AGAIN = Sentence("a device gets in touch with the same place again and again")
    WITHOUT_A_PAUSE = Sentence("a device sends to the same place without a pause")
    HIDDEN_DATA = Sentence("a device asks for names that look like hidden data")
    NUMBER_SENT = Sentence("a device sent out a number that tells it apart from all others")
    NUMBER_HELD = Sentence("a device holds a number that tells it apart from all others")
    READS_POSITION = Sentence("a unit holds software with code that reads its position and could send it")
    READS_NUMBER = Sentence(
        "a unit holds software with code that reads a number that tells it apart from all others and could send it"
    )
    SECRET = Sentence("a unit holds a password or a key that others could use")
    MODEM = Sentence("there is a mobile modem")
    UNNAMED = Sentence("something was found that needs a closer look")


def suspicion(finding: Finding) -> Suspicion:
    """The clause for a finding."""
    choose = _CHOICES.get(finding.kind)
    return choose(finding.facts, finding.confidence) if choose else Suspicion.UNNAMED


_Facts = Mapping[str, Any]


def _beacon(facts: _Facts, confidence: str) -> Suspicion:
    pattern = facts.get("pattern")
    if pattern == Pattern.DATA_IN_NAMES:
        return Suspicion.HIDDEN_DATA
    if pattern == Pattern.DENSE:
        return Suspicion.WITHOUT_A_PAUSE
    sure = pattern == Pattern.BEAT and confidence != "possible"
    return Suspicion.BY_A_CLOCK if sure else Suspicion.AGAIN_AND_AGAIN


_CHOICES: dict[str, Callable[[_Facts, str], Suspicion]] = {
    FindingKind.BEACON: _beacon,
    FindingKind.IDENTITY: lambda facts, _: Suspicion.NUMBER_SENT if facts.get("sent") else Suspicion.NUMBER_HELD,
    FindingKind.PROGRAM: lambda facts, _: (
        Suspicion.READS_POSITION if facts.get("reads_position") else Suspicion.READS_NUMBER
    ),
    FindingKind.SECRET: lambda *_: Suspicion.SECRET,
    FindingKind.MODULE: lambda *_: Suspicion.MODEM,
}
