"""The planted car: every detector fires, and the demo tells which did not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from iotwatch.cli import EXIT_BUG, demo, planted
from iotwatch.cli import group as cli
from iotwatch.detect import DETECTORS
from iotwatch.errors import UnreadableSource
from iotwatch.handoff import rules
from iotwatch.report.reader import Reader
from iotwatch.store import Store


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    start = time.process_time()
    result = CliRunner().invoke(cli, ["demo", "--db", str(path)])
    assert time.process_time() - start < 20
    assert result.exit_code == 0, result.output
    assert "demo-car: reports-location" in result.stdout
    return path


@pytest.mark.parametrize("detector", [detector.name for detector in DETECTORS])
def test_every_detector_fires(detector: str, database: Path) -> None:
    with Store(database) as store:
        assert detector in {row["detector"] for row in Reader(store, masked=False).findings(planted.ASSET)}


def test_the_case_and_the_baseline_are_used(database: Path) -> None:
    with Store(database) as store:
        case = store.assets.case(planted.ASSET)
        assert case is not None
        assert [phase.name for phase in case.phases] == ["parked", "driving", *["driving", "parked"] * 2, "driving"]
        assert "192.0.2.10" in store.assets.scope(planted.ASSET)
        decided = [row for row in Reader(store, masked=False).findings(planted.ASSET) if "decision" in row["facts"]]
        assert decided
        assert {row["facts"]["vendor"] for row in decided} == {"freedesktop.org"}


def test_its_sources_stay_beside_the_database(database: Path) -> None:
    assert (database.parent / "demo-car" / "case.toml").is_file()
    assert len(list((database.parent / "demo-car" / "sources").iterdir())) == 14


def test_a_second_run_changes_nothing(database: Path) -> None:
    report = demo.scan_car(database)
    assert report.known == 14
    with Store(database) as store:
        assert len(store.decisions.of(planted.ASSET)) == 1


def test_planted_sources_are_the_same_every_time(tmp_path: Path) -> None:
    first, second = planted.build(tmp_path / "a"), planted.build(tmp_path / "b")
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_without_captures_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "CHECKOUT", tmp_path / "nowhere")
    monkeypatch.setattr(rules, "PACKAGED", tmp_path / "nowhere")
    with pytest.raises(UnreadableSource, match="demo car"):
        planted.build(tmp_path / "car")


def test_a_silent_detector_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planted, "_TAKEN", ("gt06-tracker/gt06-tracker.pcap",))
    monkeypatch.setattr(planted, "_LOGS", ("ttyUSB3-at.log",))
    result = CliRunner().invoke(cli, ["demo", "--db", str(tmp_path / "demo.db")])
    assert result.exit_code == EXIT_BUG
    assert "the detector vendor did not fire" in result.stderr
    assert "the detector location did not fire" not in result.stderr
