"""A real Ray cluster of two nodes on loopback: what it finds is what one process finds, also when a node dies meanwhile."""

from __future__ import annotations

import io
import os
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from iotwatch.batch import cluster
from iotwatch.batch.scan import Engine, Plan, ScanReport, scan
from iotwatch.errors import OptionError
from iotwatch.report.forms.export import write_jsonl
from iotwatch.report.reader import EvidenceReader
from iotwatch.store import Store

ray = pytest.importorskip("ray", reason="the extra cluster (ray) is not installed")
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::FutureWarning", "ignore::DeprecationWarning"
)
CAPTURES = Path(__file__).resolve().parents[2] / "captures"


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    from ray.cluster_utils import Cluster

    try:
        made = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    except Exception as error:  # Ray gives a node half a minute, which a machine that is busy otherwise exceeds
        pytest.skip(f"Ray's head did not come up: {error}")
    yield made
    ray.shutdown()
    made.shutdown()


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty captures, so that both nodes have something to do."""
    folder = tmp_path_factory.mktemp("sweep")
    files = sorted(CAPTURES.glob("*/*.pcap*"))
    for copy in range(60):
        path = files[copy % len(files)]
        shutil.copy(path, folder / f"{copy:02d}-{path.name}")
    return folder


def joined(nodes: Any, processors: int) -> Any:
    """One node more, or a skip where this machine is too busy for it."""
    try:
        node = nodes.add_node(num_cpus=processors)
        nodes.wait_for_nodes()
    except Exception as error:
        pytest.skip(f"Ray's second node did not come up: {error}")
    return node


def exported(database: Path) -> str:
    out = io.StringIO()
    with Store(database) as store:
        write_jsonl(EvidenceReader(store, masked=False), out)
    return out.getvalue()


def on(nodes: Any, folder: Path, database: Path) -> ScanReport:
    return scan([folder], database, Plan(engine=Engine.RAY, address=nodes.address))


@pytest.fixture(scope="module")
def alone(sweep: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ScanReport, str]:
    database = tmp_path_factory.mktemp("alone") / "alone.db"
    report = scan([sweep], database, Plan(jobs=1))
    return report, exported(database)


def test_two_nodes_find_what_one_process_finds(
    nodes: Any, sweep: Path, alone: tuple[ScanReport, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotwatch.batch.writing._BATCH_FILES", 3)
    second = joined(nodes, 1)
    report = on(nodes, sweep, tmp_path / "two.db")
    nodes.remove_node(second)
    assert sorted(report.outcomes, key=lambda one: one.path) == sorted(alone[0].outcomes, key=lambda one: one.path)
    assert report.assets == alone[0].assets
    assert exported(tmp_path / "two.db") == alone[1]
    # A second run knows all of them.
    assert on(nodes, sweep, tmp_path / "two.db").known == len(report.outcomes)


def test_a_node_that_is_killed_takes_nothing_with_it(
    nodes: Any, sweep: Path, alone: tuple[ScanReport, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iotwatch.batch.writing._BATCH_FILES", 2)
    second = joined(nodes, 2)
    heard = 0

    def kill_once(_: object) -> None:
        nonlocal heard
        heard += 1
        if heard == 4:
            nodes.remove_node(second, allow_graceful=False)

    plan = Plan(engine=Engine.RAY, address=nodes.address)
    report = scan([sweep], tmp_path / "killed.db", plan, tell=kill_once)
    assert heard == len(report.outcomes) == len(alone[0].outcomes)
    assert {one.status for one in report.outcomes} == {one.status for one in alone[0].outcomes}
    assert exported(tmp_path / "killed.db") == alone[1]


def test_a_source_that_kills_its_process_takes_no_other_with_it(
    nodes: Any, sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = cluster.analysed

    def dying(batch: bytes, own: list[str]) -> bytes:
        if b"/07-" in batch:
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(batch, own)

    monkeypatch.setattr(cluster, "analysed", dying)
    monkeypatch.setattr(cluster, "_RETRIES", 1)
    monkeypatch.setattr("iotwatch.batch.writing._BATCH_FILES", 4)
    report = on(nodes, sweep, tmp_path / "poison.db")
    lost = [one for one in report.outcomes if one.status == "unreadable"]
    assert [Path(one.path).name[:2] for one in lost] == ["07"]
    assert "--engine local" in lost[0].reason
    assert len(report.outcomes) == 60


def test_damaged_rows_and_other_versions_are_refused(
    nodes: Any, sweep: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = sorted(sweep.iterdir())[0]
    monkeypatch.setattr(cluster, "analysed", lambda batch, own: b"no database")
    report = on(nodes, one, tmp_path / "damaged.db")
    assert [outcome.status for outcome in report.outcomes] == ["unreadable"]
    monkeypatch.undo()
    monkeypatch.setattr(cluster, "__version__", "99.0")
    with pytest.raises(OptionError, match="install the same everywhere"):
        on(nodes, one, tmp_path / "other.db")


@pytest.mark.parametrize(
    ("address", "told"),
    [("127.0.0.1:9", "no Ray cluster can be used at"), ("auto", "HOST:PORT"), ("127.0.0.1:99999", "no Ray cluster")],
)
def test_no_cluster_at_the_address_is_an_error_of_one_line(
    sweep: Path, tmp_path: Path, address: str, told: str
) -> None:
    begun = time.monotonic()
    with pytest.raises(OptionError, match=told):
        scan([sweep], tmp_path / "none.db", Plan(engine=Engine.RAY, address=address))
    assert time.monotonic() - begun < 30
