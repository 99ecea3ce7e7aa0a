"""Findings of one asset -> one verdict. The rules are the table below, read from the top; the first that holds decides.

Verdicts name behaviour, not intent. "Nothing seen" is never "clean": a tap sees only what passes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

import msgspec

from iotwatch.detect.decisions import FACT, is_decided
from iotwatch.model import Confidence, Finding, Severity, Stretch
from iotwatch.store import View
from iotwatch.store.listening import seconds, within
from iotwatch.words.findings import FindingKind
from iotwatch.words.measures import Measure
from iotwatch.words.phases import PhaseName
from iotwatch.words.vantage import SHARED

NOT_CHECKED = "factory-fit not checked"
NO_SCOPE = "no scope was given, so a bystander's device cannot be told from the car's"
_NEEDED_PHASES = (PhaseName.PARKED, PhaseName.DRIVING)
_NEEDED_MINUTES = 15
_WEIGHTY = frozenset({FindingKind.MODULE, FindingKind.LOCATION})
_ROLES = ("module", "chipset", "host")
_TRANSMISSIONS = frozenset({"up", "broadcast"})


class Verdict(msgspec.Struct, frozen=True):
    """One asset's verdict: a word and the sentence that says why."""

    word: str
    reason: str


class _Case(msgspec.Struct, frozen=True):
    """``decided`` are the findings that an analyst's decision explains; the rules look at the others."""

    view: View
    findings: Sequence[Finding]
    decided: Sequence[Finding] = ()

    @property
    def transmissions(self) -> list[Finding]:
        return [
            finding
            for finding in self.findings
            if finding.kind is FindingKind.LOCATION
            and finding.facts.get("direction") in _TRANSMISSIONS
            and finding.facts.get("disclosing", 0)
            and finding.confidence >= Confidence.LIKELY
        ]

    @property
    def shared(self) -> bool:
        """Whether bystanders' devices may be in it: a shared network was tapped and no scope was given."""
        return not self.view.scope and any(
            source.vantage in SHARED and source.kind == "capture" for source in self.view.sources
        )

    def of(self, *kinds: FindingKind) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind in kinds]


def _reports(case: _Case) -> str | None:
    found = case.transmissions
    if not found or case.shared:
        return None
    return f"{found[0].title}; {len(found)} such finding(s); {NOT_CHECKED}"


def _reports_without_scope(case: _Case) -> str | None:
    found = case.transmissions
    return f"{found[0].title}; {NO_SCOPE}; {NOT_CHECKED}" if found else None


def _suspicious(case: _Case) -> str | None:
    found = [finding for finding in case.findings if finding.severity >= Severity.MEDIUM]
    return f"{found[0].title}; {NOT_CHECKED}" if found else None


def _capable(case: _Case) -> str | None:
    modules = sorted(
        case.of(FindingKind.MODULE), key=lambda finding: _ROLES.index(finding.facts.get("role", "chipset"))
    )
    found = [*modules, *case.of(FindingKind.LOCATION), *case.of(FindingKind.ASSISTANCE)]
    if not found:
        return None
    return f"{found[0].title}; no transmission of a position was seen; {NOT_CHECKED}"


def _explained(case: _Case) -> str | None:
    weighty = [finding for finding in case.decided if finding.kind in _WEIGHTY or finding.severity >= Severity.MEDIUM]
    if not weighty:
        return None
    said = weighty[0].facts[FACT]
    return f"{weighty[0].title}: {said['word']} by {said['author']} ({said['reason']}); {len(weighty)} such finding(s)"


def _not_enough(case: _Case) -> str | None:
    left = [source for source in case.view.sources if not source.complete]
    if left:
        return f"{left[0].reason or 'not all of it could be read'}; {_opened(case.view)}"
    if any(source.kind == "capture" for source in case.view.sources):
        minutes = _listened(case.view)
        if any(minutes[name] < _NEEDED_MINUTES for name in _NEEDED_PHASES) or not all(minutes.values()):
            told = ", ".join(f"{int(time)} min {name}" for name, time in minutes.items())
            needed = ", ".join(f"{_NEEDED_MINUTES} min {name}" for name in _NEEDED_PHASES)
            return f"listened for {told}; a sentence about absence needs {needed}, and some of every phase of the case"
    if not case.view.sources or all(source.status == "unreadable" for source in case.view.sources):
        return "no source could be read"
    return None


def _listened(view: View) -> dict[str, float]:
    """Minutes that captures listened, by the name of what the car did; none where a phase of the name was not heard at all."""
    captures = {source.id for source in view.sources if source.kind == "capture"}
    heard = [stretch for source, stretch in view.stretches if source in captures]
    parts: dict[str, list[tuple[Stretch, ...]]] = {name: [] for name in _NEEDED_PHASES}
    for phase in view.case.phases if view.case else ():
        parts.setdefault(phase.name, []).append(within(heard, phase))
    return {name: seconds(chain.from_iterable(found)) / 60 if all(found) else 0.0 for name, found in parts.items()}


def _nothing(case: _Case) -> str:
    return f"{_opened(case.view)}; this is not proof of absence"


def _opened(view: View) -> str:
    told = {source: int(row.value) for source, row in view.coverage if row.measure is Measure.BYTES_OPENED}
    opened = sum(told.get(source.id, source.bytes) for source in view.sources)
    return f"{opened} of {sum(source.bytes for source in view.sources)} bytes opened"


RULES: tuple[tuple[str, Callable[[_Case], str | None]], ...] = (
    ("reports-location", _reports),
    ("suspicious", _reports_without_scope),
    ("suspicious", _suspicious),
    ("capable", _capable),
    ("explained", _explained),
    ("not-enough-data", _not_enough),
    ("nothing-seen", _nothing),
)


def verdict(view: View, findings: Sequence[Finding]) -> Verdict:
    """The first rule of ``RULES`` that holds."""
    ranked = sorted(findings, key=lambda finding: (-finding.severity, -finding.confidence, finding.title))
    case = _Case(
        view,
        [finding for finding in ranked if not is_decided(finding)],
        [finding for finding in ranked if is_decided(finding)],
    )
    for word, rule in RULES:
        reason = rule(case)
        if reason is not None:
            return Verdict(word, reason)
    raise AssertionError("the last rule always holds")
