"""Findings of one asset -> one verdict. The rules are the table below, read from the top; the first that holds decides.

Verdicts name behaviour, not intent. "Nothing seen" is never "clean": a tap sees only what passes it. Evidence that is added
never lowers a verdict that rests on a transmission, and a decision never raises one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import chain

from iotwatch.detect.decisions import FACT, is_decided
from iotwatch.model import Confidence, Finding, Severity, Stretch, Verdict
from iotwatch.store import SourceRow, View
from iotwatch.store.judgements import stable_id
from iotwatch.store.listening import seconds, within
from iotwatch.words.disclosing import sends_place
from iotwatch.words.findings import FindingKind
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from iotwatch.words.phases import PhaseName
from iotwatch.words.said import Said
from iotwatch.words.vantage import UNNAMED
from iotwatch.words.verdicts import Ground, VerdictWord

_NEEDED_PHASES = (PhaseName.PARKED, PhaseName.DRIVING)
_NEEDED_MINUTES = 15
_WEIGHTY = frozenset({FindingKind.MODULE, FindingKind.LOCATION})
# Numbers that a device with a mobile modem bears; a car's own number (VIN) says nothing of one.
_OF_A_MODEM = frozenset({Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.EID})
_OF_A_CARD = frozenset({FindingKind.SIM_REPORT, FindingKind.SIM_PLACE})
_OF_ONE_DEVICE = (Kind.IMEI, Kind.IMSI, Kind.ICCID, Kind.EID, Kind.VIN)


_Grounded = tuple[Said, tuple[Finding, ...]]


class _Case:
    """Findings, worst and surest first: ``decided`` are those that an analyst's decision explains, ``open`` the others."""

    def __init__(self, view: View, findings: Sequence[Finding]) -> None:
        self.view = view
        self.open = [finding for finding in findings if not is_decided(finding)]
        self.decided = [finding for finding in findings if is_decided(finding)]

    def is_own(self, finding: Finding) -> bool:
        """Whether bystanders' devices are out of question: a scope was given, or one of the finding's own sources, or
        one that names the very device, is no network that others share."""
        if self.view.scope:
            return True
        supporting = {one.source for one in finding.evidence}
        supporting |= {self._source_of[row] for row in finding.positions if row in self._source_of}
        return not supporting <= self._shared or str(finding.facts.get("device_id") or "") in self._own_numbers

    @cached_property
    def _shared(self) -> frozenset[int]:
        return frozenset(source.id for source in self.view.sources if _is_shared(source))

    @cached_property
    def _source_of(self) -> dict[int, int]:
        return {row.id: row.position.evidence.source for row in self.view.positions}

    @cached_property
    def _own_numbers(self) -> frozenset[str]:
        """Numbers of devices that were seen where no bystander's device is."""
        seen = self.view.of(*_OF_ONE_DEVICE)
        return frozenset(one.value for one in seen if one.evidence.source not in self._shared)


def _is_shared(source: SourceRow) -> bool:
    return source.kind == "capture" and source.vantage in UNNAMED


def _senders(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in findings if sends_place(one.kind, one.facts)]


def _transmissions(findings: Sequence[Finding]) -> list[Finding]:
    return [one for one in _senders(findings) if one.confidence >= Confidence.LIKELY]


def _own_sent(case: _Case) -> _Grounded | None:
    found = [one for one in _transmissions(case.open) if case.is_own(one)]
    return _on(Ground.OWN_SENT, found, n=len(found))


def _sent_among_others(case: _Case) -> _Grounded | None:
    return _on(Ground.SENT_AMONG_OTHERS, _transmissions(case.open))


def _weighty(case: _Case) -> _Grounded | None:
    return _on(Ground.WEIGHTY, [one for one in case.open if one.severity >= Severity.MEDIUM])


def _sent_explained(case: _Case) -> _Grounded | None:
    return _explained_by(Ground.SENT_EXPLAINED, _senders(case.decided))


def _may_have_sent(case: _Case) -> _Grounded | None:
    return _on(Ground.MAY_HAVE_SENT, _senders(case.open))


def _module(case: _Case) -> _Grounded | None:
    seen = [one for one in case.open if one.kind is FindingKind.MODULE and one.facts.get("role") == "module"]
    # That it is a cellular modem may be sure where its maker is not.
    return _on(Ground.MODULE, [one for one in seen if one.confidence >= Confidence.LIKELY or one.facts.get("cellular")])


def _knows_place(case: _Case) -> _Grounded | None:
    """A place that was stated on a wire, or data for a receiver; a doubtful reading without a place is none."""
    stated = [
        one
        for one in case.open
        if one.kind is FindingKind.LOCATION and (one.confidence >= Confidence.LIKELY or one.facts.get("area"))
    ]
    return _on(Ground.KNOWS_PLACE, [*stated, *_sure(case, FindingKind.ASSISTANCE)])


def _modem_software(case: _Case) -> _Grounded | None:
    return _on(
        Ground.MODEM_SOFTWARE,
        sorted(_sure(case, FindingKind.MODULE), key=lambda one: one.facts.get("role") != "chipset"),
    )


def _identity(case: _Case) -> _Grounded | None:
    found = _sure(case, FindingKind.IDENTITY)
    return _on(Ground.IDENTITY, [one for one in found if one.facts.get("kind") in _OF_A_MODEM])


def _card(case: _Case) -> _Grounded | None:
    """A SIM card, its files or an application for one."""
    return _on(Ground.CARD, [one for one in case.open if one.kind in _OF_A_CARD])


def _all_explained(case: _Case) -> _Grounded | None:
    weighty = [one for one in case.decided if one.kind in _WEIGHTY or one.severity >= Severity.MEDIUM]
    return _explained_by(Ground.ALL_EXPLAINED, weighty)


def _no_source(case: _Case) -> _Grounded | None:
    sources = case.view.sources
    return None if any(source.status != "unreadable" for source in sources) else (Ground.NO_SOURCE(), ())


def _not_whole(case: _Case) -> _Grounded | None:
    opened, total = _opened(case.view)
    left = [source.reason for source in case.view.sources if not source.complete]
    if not left and opened >= total:
        return None
    why = next(filter(None, left), "not all of it could be read")
    return Ground.NOT_WHOLE(why=why, opened=opened, total=total), ()


def _not_listened(case: _Case) -> _Grounded | None:
    if not any(source.kind == "capture" for source in case.view.sources):
        return None
    minutes = _listened(case.view)
    if all(minutes[name] >= _NEEDED_MINUTES for name in _NEEDED_PHASES) and all(minutes.values()):
        return None
    heard = ", ".join(f"{int(time)} min {name}" for name, time in minutes.items())
    needed = ", ".join(f"{_NEEDED_MINUTES} min {name}" for name in _NEEDED_PHASES)
    return Ground.NOT_LISTENED(heard=heard, needed=needed), ()


def _nothing(case: _Case) -> _Grounded:
    opened, total = _opened(case.view)
    return Ground.OPENED(opened=opened, total=total), ()


def _opened(view: View) -> tuple[int, int]:
    """Bytes opened, and bytes there are."""
    told = {source: int(row.value) for source, row in view.coverage if row.measure is Measure.BYTES_OPENED}
    opened = sum(told.get(source.id, source.bytes) for source in view.sources)
    return opened, sum(source.bytes for source in view.sources)


def _sure(case: _Case, kind: FindingKind) -> list[Finding]:
    return [one for one in case.open if one.kind is kind and one.confidence >= Confidence.LIKELY]


def _on(ground: Ground, found: Sequence[Finding], **values: int) -> _Grounded | None:
    return (ground(title=found[0].title, **values), tuple(found)) if found else None


def _explained_by(ground: Ground, found: Sequence[Finding]) -> _Grounded | None:
    if not found:
        return None
    said = found[0].facts[FACT]
    told = ground(title=found[0].title, word=said["word"], author=said["author"], why=said["reason"], n=len(found))
    return told, tuple(found)


def _listened(view: View) -> dict[str, float]:
    """Minutes that captures listened, by the name of what the car did; none where a phase of the name was not heard at all."""
    captures = {source.id for source in view.sources if source.kind == "capture"}
    heard = [stretch for source, stretch in view.stretches if source in captures]
    parts: dict[str, list[tuple[Stretch, ...]]] = {name: [] for name in _NEEDED_PHASES}
    for phase in view.case.phases if view.case else ():
        if phase.name == PhaseName.AWAY:
            continue
        parts.setdefault(phase.name, []).append(within(heard, phase))
    return {name: seconds(chain.from_iterable(found)) / 60 if all(found) else 0.0 for name, found in parts.items()}


RULES: tuple[tuple[VerdictWord, Callable[[_Case], _Grounded | None]], ...] = (
    (VerdictWord.REPORTS_LOCATION, _own_sent),
    (VerdictWord.SUSPICIOUS, _sent_among_others),
    (VerdictWord.SUSPICIOUS, _weighty),
    (VerdictWord.EXPLAINED, _sent_explained),
    (VerdictWord.CAPABLE, _may_have_sent),
    (VerdictWord.CAPABLE, _module),
    (VerdictWord.CAPABLE, _knows_place),
    (VerdictWord.CAPABLE, _modem_software),
    (VerdictWord.CAPABLE, _identity),
    (VerdictWord.CAPABLE, _card),
    (VerdictWord.EXPLAINED, _all_explained),
    (VerdictWord.NOT_ENOUGH_DATA, _no_source),
    (VerdictWord.NOT_ENOUGH_DATA, _not_whole),
    (VerdictWord.NOT_ENOUGH_DATA, _not_listened),
    (VerdictWord.NOTHING_SEEN, _nothing),
)


def verdict(view: View, findings: Sequence[Finding]) -> Verdict:
    """The first rule of ``RULES`` that holds."""
    case = _Case(view, sorted(findings, key=lambda finding: (-finding.severity, -finding.confidence, finding.title)))
    for word, rule in RULES:
        grounded = rule(case)
        if grounded is not None:
            ground, found = grounded
            compared = any(one.facts[FACT].get("baseline") for one in case.decided)
            return Verdict(word, ground, tuple(stable_id(one, view.asset) for one in found), compared)
    raise AssertionError("the last rule always holds")
