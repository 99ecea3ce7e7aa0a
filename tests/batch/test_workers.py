"""Processes side by side: what they store and judge is what one process would."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from msgspec.structs import replace

from iotwatch.batch import workers
from iotwatch.batch.scan import Plan, scan
from iotwatch.batch.writing import Outcome, Writer
from iotwatch.detect.fleet import Fleet
from iotwatch.detect.judge import judge_beside
from iotwatch.errors import LimitReached
from iotwatch.model import Coverage
from iotwatch.open.pipeline import Job, analyse
from iotwatch.signatures import load
from iotwatch.store import Store
from iotwatch.store.assets import Assets
from iotwatch.words.measures import Measure
from tests.stored import counts

CAPTURES = Path(__file__).resolve().parents[2] / "captures"
INPUTS = [CAPTURES / name for name in ("gt06-tracker", "mqtt-position", "nmea-uplink", "dns-and-tls")]


def test_two_workers_store_and_judge_as_one_process_does(tmp_path: Path) -> None:
    one, two = tmp_path / "one.db", tmp_path / "two.db"
    alone = scan(INPUTS, one, Plan(jobs=1))
    beside = scan(INPUTS, two, Plan(jobs=2))
    assert {outcome.path: outcome for outcome in beside.outcomes} == {
        outcome.path: outcome for outcome in alone.outcomes
    }
    assert beside.assets == alone.assets
    assert sorted(beside.levels) == sorted(alone.levels)
    assert counts(one) == counts(two)


def test_what_changed_while_it_was_weighed_is_judged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    database = tmp_path / "a.db"
    scan([INPUTS[0]], database, Plan(asset="car", jobs=1))
    seen = []
    states = Assets.state

    def changing(self: Assets, asset: str) -> tuple[object, ...]:
        seen.append(asset)
        return (*states(self, asset), len(seen) == 2)

    monkeypatch.setattr(Assets, "state", changing)
    with Store(database) as store:
        (judged,) = judge_beside(store, ["car"], load(), Fleet())
    # Weighed, found changed, weighed again under the lock.
    assert len(seen) == 3
    assert judged.verdict.word == "suspicious"
    assert counts(database)["findings"] > 0


def _killed(*_: object) -> list[Outcome]:
    os.kill(os.getpid(), signal.SIGKILL)
    return []


def test_a_killed_worker_is_an_error_that_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_analyse", _killed)
    with pytest.raises(LimitReached, match="--jobs 1"):
        scan(INPUTS, tmp_path / "a.db", Plan(jobs=2))


def test_a_source_that_cannot_be_stored_is_told_and_the_others_stand(tmp_path: Path) -> None:
    database = tmp_path / "a.db"
    signatures = load()
    jobs = [Job(str(path), path.name) for path in sorted(CAPTURES.glob("*/*.pcapng"))[:3]]
    first, odd, last = (analyse(job, signatures) for job in jobs)
    odd = replace(odd, coverage=(*odd.coverage, Coverage(Measure.BROKEN, 1.0, "\ud800")))
    outcomes: list[Outcome] = []
    with Store(database) as store, Writer(store, store.runs.start("", "", ""), outcomes.append) as writer:
        writer.take([first, odd, last])
    assert [outcome.status for outcome in outcomes] == ["ok", "partial", "ok"]
    assert "cannot be stored" in outcomes[1].reason
    with Store(database) as store:
        flows = dict(
            store.connection.execute(
                "SELECT path, count(flows.id) FROM sources LEFT JOIN flows ON source_id = sources.id GROUP BY path"
            )
        )
    assert [flows[job.path] > 0 for job in jobs] == [True, False, True]
