"""Every sentence of page one asserts something, and the tables hold it: our captures, the demo's car, and cars drawn at random."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.cli.planted import build
from iotwatch.detect.judge import judge
from iotwatch.files.baseline import Decision, read_baseline
from iotwatch.files.case import read_case
from iotwatch.report.document.assembling import assemble
from iotwatch.report.document.model import Asset
from iotwatch.report.document.uncovered import not_checked
from iotwatch.report.reader import Reader
from iotwatch.report.words.claims import Asserts
from iotwatch.report.words.sentences import headline, told, what_to_do, where_to_look
from iotwatch.report.words.statements import VOCABULARIES
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.words.said import Said
from tests.sentences.asset_rows import Truth
from tests.sentences.cars import draw_case, draw_decisions, draw_source, write_car
from tests.sentences.truth import HOLDS, untrue

CAPTURES = Path(__file__).parent.parent.parent / "captures"
DRAWN = 30


def statements(asset: Asset) -> tuple[Said, ...]:
    """All of page one."""
    return (headline(asset), *told(asset), *where_to_look(asset), *what_to_do(asset), *not_checked(asset))


def pages(store: Store) -> Iterator[tuple[Truth, tuple[Said, ...]]]:
    for asset in assemble(Reader(store, masked=False), reproducible=True).assets:
        yield Truth(store, asset.name), statements(asset)


def draw(number: int, path: Path) -> None:
    """The car of this number, judged."""
    random = Random(number)
    with Store(path) as store:
        sources = [draw_source(random, n) for n in range(random.randrange(1, 5))]
        scope = ("192.168.1.5",) if random.random() < 0.3 else ()
        write_car(store, sources, draw_case(random), scope, draw_decisions(random))
        judge(store, "car", load())


def test_every_statement_asserts_something_that_can_be_held_against_the_tables() -> None:
    for vocabulary in VOCABULARIES:
        for word in vocabulary:
            assert word.asserts
            assert set(word.asserts) <= set(HOLDS)
    assert set(HOLDS) == set(Asserts)


@pytest.mark.parametrize("name", sorted(path.parent.name for path in CAPTURES.glob("*/expected.json")))
def test_our_captures(name: str, tmp_path: Path) -> None:
    folder = CAPTURES / name
    evidence = folder / json.loads((folder / "expected.json").read_text())["evidence"]
    scan([evidence], tmp_path / "a.db", Plan(asset=name, jobs=1))
    if (folder / "case.toml").is_file():
        scan(
            [evidence],
            tmp_path / "a.db",
            Plan.of_sweep(read_case(folder / "case.toml"), f"{name} with its case", jobs=1),
        )
    for word in ("expected", "explained"):
        with Store(tmp_path / "a.db") as store:
            for truth, said in pages(store):
                assert untrue(truth, said) == []
            store.decisions.add(Decision(word, {"kind": "location"}, "A. Example", "telematics of the lease"))
            for asset in store.assets.unjudged():
                judge(store, asset, load())


def test_the_car_of_the_demo(tmp_path: Path) -> None:
    sources = build(tmp_path / "car")
    scan([sources], tmp_path / "a.db", Plan.of_sweep(read_case(tmp_path / "car" / "case.toml"), "car", jobs=1))
    with Store(tmp_path / "a.db") as store:
        for decision in read_baseline(tmp_path / "car" / "baseline.toml"):
            store.decisions.add(decision)
        judge(store, "car", load())
    with Store(tmp_path / "a.db") as store:
        for truth, said in pages(store):
            assert untrue(truth, said) == []


@pytest.mark.parametrize("number", range(DRAWN))
def test_drawn_cars(number: int, tmp_path: Path) -> None:
    draw(number, tmp_path / "a.db")
    with Store(tmp_path / "a.db") as store:
        ((truth, said),) = pages(store)
        assert untrue(truth, said) == []
