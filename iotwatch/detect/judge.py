"""One asset's stored observations -> findings and verdict, in one transaction that replaces the asset's old ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from iotwatch.detect import DETECTORS, Scene, decide, verdict
from iotwatch.detect.changes import Known, compare, known, level
from iotwatch.detect.deduplication import ranked
from iotwatch.detect.far_ends import far_ends
from iotwatch.detect.fleet import MIN_CARS, Fleet, Reach, by_asset, fleet, of_beacon, reach
from iotwatch.model import Finding, Step, Verdict
from iotwatch.signatures import Signatures
from iotwatch.store import Store, View
from iotwatch.store.packing import microseconds, now
from iotwatch.store.rows import Change, EndpointRow
from iotwatch.store.sweeps import Sweep, sweeps, write_changes
from iotwatch.store.views import read_view

_BATCH = 200
NO_FLEET = Fleet()


class Judgement(msgspec.Struct, frozen=True):
    """What was judged of one asset, and what of it differs from its last judgement.

    ``asked`` is false for an asset that was judged because another one made its far ends more or less rare.
    """

    asset: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    before: str = ""
    changes: tuple[Change, ...] = ()
    asked: bool = True


Beside = Callable[[Sequence[str], Fleet], Sequence[Judgement]]
"""Judges assets of the same database in processes of its own."""


class _Weighed(msgspec.Struct, frozen=True):
    """A judgement that is not written yet, and the state of the asset that it was made from."""

    judgement: Judgement
    span: tuple[int | None, int | None]
    latest: Sweep | None
    told: list[Change]
    far_ends: list[EndpointRow]
    reach: Reach
    state: tuple[object, ...]


def judge(store: Store, asset: str, signatures: Signatures, cars: Fleet = NO_FLEET) -> Judgement:
    """Judge one asset from the store alone and store the judgement; reading and writing are one transaction."""
    with store.transaction():
        return _write(store, _weigh(store, asset, signatures, cars))


def judge_beside(store: Store, assets: Iterable[str], signatures: Signatures, cars: Fleet) -> list[Judgement]:
    """Judge assets while others read and write: only storing takes the lock.

    What changed in between is judged again. The findings themselves are left in the store.
    """
    judged = []
    for asset in assets:
        with store.snapshot():
            weighed = _weigh(store, asset, signatures, cars)
        with store.transaction():
            same = store.assets.state(asset) == weighed.state
            one = _write(store, weighed) if same else judge(store, asset, signatures, cars)
        judged.append(msgspec.structs.replace(one, findings=()))
    return judged


def _weigh(store: Store, asset: str, signatures: Signatures, cars: Fleet) -> _Weighed:
    state = store.assets.state(asset)
    before = store.assets.verdict(asset)
    stood = _stored(store, asset) if before else []
    view = read_view(store, asset)
    findings, decided = _judged(store, view, signatures, cars)
    swept = sweeps(store, asset)
    latest = swept[-1] if len(swept) > 1 else None
    told: list[Change] = []
    if latest is not None:
        earlier = _judged(store, view.without(latest.sources), signatures, cars)
        told = _since(view, latest, earlier, (findings, decided))
    changes = compare(stood, [known(finding, asset) for finding in findings]) if before else []
    judgement = Judgement(asset, decided, tuple(findings), before, tuple(changes))
    # A look-up gives a name alone.
    ends = {(row.server_name, "" if row.kind == "dns" else row.server) for row in view.contacts}
    return _Weighed(judgement, _span(view), latest, told, far_ends(view, findings), reach(ends), state)


def _write(store: Store, weighed: _Weighed) -> Judgement:
    one = weighed.judgement
    store.judgements.write(
        one.asset, one.verdict, weighed.span, one.findings, weighed.far_ends, weighed.reach, _versions()
    )
    write_changes(store, one.asset, weighed.latest, weighed.told)
    return one


def judge_all(
    store: Store, assets: Iterable[str], signatures: Signatures, beside: Beside | None = None
) -> list[Judgement]:
    """Judge several assets, then those whose findings depend on them; small ones share a transaction, since a commit costs
    more than a small asset. ``beside`` judges them in other processes where there are several."""
    store.judgements.write_detectors((one.name, one.version, one.asks, one.false_alarms) for one in DETECTORS)
    counting = _Counting(store)
    names = list(assets)
    if beside is not None and len(names) > 1:
        judged = list(beside(names, counting.cars()))
    else:
        judged = _judge_each(store, names, signatures, counting)
    with store.transaction():
        others = _dependents(store, counting.cars())
        store.assets.judge_again(others)
    dependents = _judge_each(store, others, signatures, counting)
    return judged + [msgspec.structs.replace(one, asked=False) for one in dependents]


def _judge_each(store: Store, names: Sequence[str], signatures: Signatures, counting: _Counting) -> list[Judgement]:
    judged: list[Judgement] = []
    for start in range(0, len(names), _BATCH):
        with store.transaction():
            cars = counting.cars()
            # What was found stands in the store; a fleet's findings are more than memory needs to hold.
            each = (judge(store, name, signatures, cars) for name in names[start : start + _BATCH])
            judged.extend(msgspec.structs.replace(one, findings=()) for one in each)
    return judged


class _Counting:
    """The fleet as it stands, counted again when another process wrote."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._version = -1
        self._cars = NO_FLEET

    def cars(self) -> Fleet:
        """The fleet's counts; to be asked within the transaction that uses them."""
        version = self._store.data_version()
        if version != self._version:
            few = len(self._store.assets.names()) < MIN_CARS
            self._cars = NO_FLEET if few else fleet(_reached(self._store))
            self._version = version
        return self._cars


def _reached(store: Store) -> dict[str, Reach]:
    """The reach of every asset: as its judgement left it, and of those that changed since what their contacts say."""
    return store.assets.reached() | by_asset(store.sources.far_ends(changed=True))


def _dependents(store: Store, cars: Fleet) -> list[str]:
    """The judged assets with a beacon whose far end became rare, or ceased to be, by what others reach."""
    rows = store.judgements.facts("beacon")
    return sorted({asset for asset, facts in rows if facts.get("rarity", "") != cars.rarity(asset, of_beacon(facts))})


def _judged(store: Store, view: View, signatures: Signatures, cars: Fleet) -> tuple[list[Finding], Verdict]:
    found = look(view, signatures, cars)
    findings = decide(found, store.decisions.of(view.asset), view.asset, microseconds(now()) or 0)
    return findings, verdict(view, findings)


def look(view: View, signatures: Signatures, cars: Fleet = NO_FLEET) -> list[Finding]:
    """What every detector finds, worst and surest first."""
    found: list[Finding] = []
    for detector in DETECTORS:
        found += detector.look(Scene(view, signatures, cars, found))
    found = [_with_tls(one) for one in found]
    return ranked(_with_expected(found, signatures) if signatures.own else found)


def _with_tls(finding: Finding) -> Finding:
    chains = (one.place.chain() for one in finding.evidence)
    if not any(isinstance(one, Step) and one.name == "tls" for chain in chains for one in chain):
        return finding
    from iotwatch.detect.inside_tls import with_tls

    return with_tls(finding)


def _with_expected(found: Sequence[Finding], signatures: Signatures) -> list[Finding]:
    from iotwatch.detect.expected import with_expected

    return [with_expected(one, signatures) for one in found]


def _stored(store: Store, asset: str) -> list[Known]:
    return [
        Known((name, *aliases), title, level(severity, confidence))
        for name, aliases, title, severity, confidence in store.judgements.known(asset)
    ]


_Judged = tuple[Sequence[Finding], Verdict]


def _since(view: View, latest: Sweep, earlier: _Judged, present: _Judged) -> list[Change]:
    """What the latest sweep changed: the verdict and the findings with it against those without it.

    A finding is gone when the sweep listened where it once stood and nothing of it was seen.
    """
    (before, once), (findings, decided) = earlier, present
    word = "same" if once.word == decided.word else "changed"
    places = {row.id: (row.kind, row.vantage) for row in view.sources}
    looked = {places[source] for source in latest.sources if source in places}
    changes = [Change("verdict", word, "verdict", once.word, decided.word)]
    changes += compare([known(one, view.asset) for one in before], [known(one, view.asset) for one in findings])
    for finding in findings:
        seen = {one.source for one in finding.evidence}
        if not seen & latest.sources and {places.get(source) for source in seen} & looked:
            told = known(finding, view.asset)
            changes.append(Change("finding", "gone", told.title, told.level, "not seen again", told.ids[0]))
    return changes


def _versions() -> dict[str, int]:
    return {detector.name: detector.version for detector in DETECTORS}


def _span(view: View) -> tuple[int | None, int | None]:
    first = min((source.first for source in view.sources if source.first is not None), default=None)
    last = max((source.last for source in view.sources if source.last is not None), default=None)
    return first, last
