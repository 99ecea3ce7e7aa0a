"""``merge``, ``rejudge`` and ``purge`` from the outside: exit codes and what they say."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from iotwatch.batch.scan import Plan, scan
from iotwatch.store import Store
from tests.cli.test_scan import CAPTURES
from tests.command import run


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hosts")
    for case in ("gt06-tracker", "at-quectel"):
        scan([CAPTURES / case], folder / f"{case}.db", Plan(asset=case, jobs=1))
    return folder


@pytest.fixture
def hosts(scanned: Path, tmp_path: Path) -> Path:
    """A folder with the databases of two hosts."""
    shutil.copytree(scanned, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_merge_takes_judges_and_tells(hosts: Path) -> None:
    result = run(hosts, "merge", "gt06-tracker.db", "at-quectel.db")
    assert (result.returncode, result.stderr.count("taken")) == (0, 2)
    assert "at-quectel: not judged -> capable" in result.stdout
    assert run(hosts, "merge", "gt06-tracker.db", "at-quectel.db").stdout == ""


def test_merge_leaves_out_what_is_no_database(hosts: Path) -> None:
    (hosts / "notes.db").write_text("not a database")
    result = run(hosts, "merge", "gt06-tracker.db", "notes.db", "absent.db")
    assert result.returncode == 3
    assert result.stderr.count("left out:") == 2
    result = run(hosts, "merge", "notes.db")
    assert result.returncode == 4
    assert "Traceback" not in result.stderr


def test_merge_into_itself_is_wrong_usage(hosts: Path) -> None:
    assert run(hosts, "merge", "gt06-tracker.db", "--db", "gt06-tracker.db").returncode == 2
    assert run(hosts, "merge").returncode == 2


def test_rejudge_says_which_verdict_changed_and_why(hosts: Path) -> None:
    with Store(hosts / "gt06-tracker.db") as store:
        # As an older version judged it: another word, a finding that is no more, and one that was less severe.
        store.connection.execute("UPDATE assets SET verdict = 'capable'")
        store.connection.execute("UPDATE detectors SET version = 0 WHERE name = 'location'")
        store.connection.execute("UPDATE findings SET severity = 'low' WHERE kind = 'location'")
        store.connection.execute(
            "INSERT INTO findings (fingerprint, aliases, asset, kind, title, severity, confidence, facts)"
            " VALUES ('feed', '[]', 'gt06-tracker', 'module', 'Old module 860000000000033', 'info', 'likely', '{}')"
        )
    result = run(hosts, "rejudge", "--db", "gt06-tracker.db")
    lines = result.stdout.splitlines()
    assert lines[0].startswith("gt06-tracker: capable -> suspicious: Position sent to gps.tracker-cloud.example")
    assert "  changed: Position sent to gps.tracker-cloud.example (gt06) (low, certain -> high, certain)" in lines
    assert "  gone: Old module 86000000******* (info, likely)" in lines
    assert "the detector location was version 0 and is version" in result.stderr
    assert run(hosts, "rejudge", "--db", "gt06-tracker.db").stdout == "1 asset(s) are judged as before\n"


def test_purge_out_of_scope(hosts: Path) -> None:
    words = ("purge", "--db", "gt06-tracker.db", "--out-of-scope", "--yes")
    without = run(hosts, *words)
    assert (without.returncode, "give --scope" in without.stderr) == (2, True)
    result = run(hosts, *words, "--scope", "02:00:00:00:00:01")
    assert result.stdout.splitlines()[0] == "removed what was out of scope from 1 source(s)"
    assert "gt06-tracker: suspicious -> not-enough-data" in result.stdout
    assert "  gone: Position sent to gps.tracker-cloud.example (gt06)" in result.stdout
    assert b"192.0.2.10" not in (hosts / "gt06-tracker.db").read_bytes()


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--scope", "02:00:00:00:00:01", "--asset", "gt06-tracker"),
        ("--out-of-scope", "--before", "2026-01-01"),
        ("--out-of-scope", "--asset", "nobody"),
    ],
)
def test_purge_is_told_exactly_what_to_remove(hosts: Path, words: tuple[str, ...]) -> None:
    assert run(hosts, "purge", "--db", "gt06-tracker.db", "--yes", *words).returncode == 2
