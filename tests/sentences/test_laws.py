"""Laws of verdicts, over cars drawn at random: more evidence never lowers one, a decision never changes a fact."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.batch.scan import Plan, scan
from iotwatch.detect.judge import judge
from iotwatch.files.baseline import Decision
from iotwatch.files.case import Case
from iotwatch.model import Confidence, Direction, Evidence, Position, cut
from iotwatch.open.pipeline import Options
from iotwatch.signatures import load
from iotwatch.store import Analysis, SourceRow, Store
from tests.sentences.cars import draw_case, draw_decisions, draw_source, write_car

CAPTURES = Path(__file__).parent.parent.parent / "captures"
RANDOMS = st.randoms(use_true_random=False)
LAW = settings(max_examples=12, deadline=None)
# What asks somebody to act, in the order of how much.
_RANK = {"reports-location": 2, "suspicious": 1}


class Judged(NamedTuple):
    """A verdict and, by fingerprint, all that was found, without what an analyst said of it."""

    verdict: str
    findings: dict[str, dict[str, Any]]
    decided: frozenset[str]


def judged(
    sources: Sequence[Analysis],
    case: Case | None = None,
    scope: Sequence[str] = (),
    decisions: Sequence[Decision] = (),
) -> Judged:
    with tempfile.TemporaryDirectory() as folder, Store(Path(folder, "a.db")) as store:
        write_car(store, sources, case, scope, decisions)
        made = judge(store, "car", load())
        rows = store.query("SELECT fingerprint, kind, title, severity, confidence, reasons FROM findings")
    decided = {one.key for one in made.findings if "decision" in one.facts}
    return Judged(made.verdict.word, {row.pop("fingerprint"): row for row in rows}, frozenset(decided))


def rank(verdict: str) -> int:
    return _RANK.get(verdict, 0)


@LAW
@given(RANDOMS)
def test_a_source_that_is_added_never_lowers_a_verdict_that_asks_to_act(random: Random) -> None:
    sources = [draw_source(random, number) for number in range(random.randrange(2, 5))]
    case = draw_case(random)
    scope = ("192.168.1.5",) if random.random() < 0.2 else ()
    few = judged(sources[:-1], case, scope)
    more = judged(sources, case, scope)
    assert rank(more.verdict) >= rank(few.verdict)
    assert {name for name, row in few.findings.items() if row["kind"] == "location"} <= set(more.findings)


def test_a_doubtful_place_does_not_unsay_a_sure_list_of_cells() -> None:
    """The same device, dialect and far end: one capture holds a list of cells that is sure, another a place that is not."""
    said = {"direction": Direction.UP, "dialect": "gt06", "reported_id": "490154203237518", "server": "198.51.100.7"}
    proof = Evidence(place=cut(None, [(0, 16)], [1]), excerpt=bytes(16), length=16, frame=1)
    cells = Position(None, None, method="cell", evidence=proof, confidence=Confidence.CERTAIN, **said)
    place = Position(52.0, 13.0, method="decoded", evidence=proof, confidence=Confidence.POSSIBLE, **said)
    sources = [
        Analysis(SourceRow(name * 64, f"/{name}", "car", "usb", "capture", "pcap", 100, "ok"), positions=(one,))
        for name, one in (("a", cells), ("b", place))
    ]
    assert judged(sources[:1]).verdict == judged(sources).verdict == "reports-location"


@LAW
@given(RANDOMS)
def test_decisions_change_no_fact_and_raise_no_verdict(random: Random) -> None:
    sources = [draw_source(random, number) for number in range(random.randrange(1, 4))]
    case, decisions = draw_case(random), draw_decisions(random)
    without, with_them = judged(sources, case), judged(sources, case, (), decisions)
    assert with_them.findings == without.findings
    assert rank(with_them.verdict) <= rank(without.verdict)
    if with_them.verdict == "explained":
        assert with_them.decided


@LAW
@given(RANDOMS)
def test_the_order_of_sources_changes_nothing(random: Random) -> None:
    sources = [draw_source(random, number) for number in range(random.randrange(2, 5))]
    case = draw_case(random)
    told = judged(sources, case)
    random.shuffle(sources)
    assert judged(sources, case) == told


@LAW
@given(RANDOMS)
def test_an_asset_of_all_sources_is_found_at_least_what_each_is_found_alone(random: Random) -> None:
    sources = [draw_source(random, number) for number in range(random.randrange(2, 4))]
    together = judged(sources)
    for source in sources:
        alone = judged([source])
        assert rank(together.verdict) >= rank(alone.verdict)


@pytest.mark.parametrize("name", ["gt06-tracker", "mqtt-position", "phone-benign", "dns-and-tls", "jt808-tracker"])
def test_scope_only_removes(name: str, tmp_path: Path) -> None:
    scan([CAPTURES / name], tmp_path / "all.db", Plan(asset="car", jobs=1))
    with Store(tmp_path / "all.db") as store:
        found = {row["fingerprint"] for row in store.query("SELECT fingerprint FROM findings")}
        clients = [row["client"] for row in store.query("SELECT DISTINCT client FROM flows ORDER BY client")][:4]
    for client in (*clients, "203.0.113.250"):
        database = tmp_path / f"{client.replace(':', '-')}.db"
        scan([CAPTURES / name], database, Plan(asset="car", jobs=1, options=Options(scope=(client,))))
        with Store(database) as store:
            kept = {row["fingerprint"] for row in store.query("SELECT fingerprint FROM findings")}
            assert kept <= found
            if client == "203.0.113.250":
                assert not store.query("SELECT 1 FROM positions")
