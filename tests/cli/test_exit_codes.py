"""What the command's exit code says, and that options reach the verb wherever they stand: the real command each time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from iotwatch.store import Store

CAPTURES = Path(__file__).parent.parent.parent / "captures"
COMMAND = [sys.executable, "-m", "iotwatch"]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("IOTWATCH_")}


def run(folder: Path, *arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        words, cwd=folder, env={**CLEAN, **environment}, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the databases of two cars, ``a.db`` and the default one."""
    made = tmp_path_factory.mktemp("two")
    for name in ("a.db", "iotwatch.db"):
        run(made, "scan", "--db", name, "--exit-zero", "--asset", "car", CAPTURES / "gt06-tracker")
    return made


@pytest.mark.parametrize(
    "words",
    [
        ("show", "finding"),
        ("show", "finding", "--format", "json"),
        ("export",),
        ("signatures", "list"),
        ("decode", "78781f12"),
        ("scan", "--exit-zero", str(CAPTURES / "gt06-tracker")),
        ("scan", str(CAPTURES / "gt06-tracker"), "--format", "jsonl"),
        ("--help",),
    ],
)
def test_a_reader_that_left_and_a_full_disk_are_exit_74(words: tuple[str, ...], folder: Path) -> None:
    left, ours = os.pipe()
    os.close(left)
    with os.fdopen(ours, "wb") as pipe, Path("/dev/full").open("wb") as full:
        for out, told in ((pipe, ""), (full, "Error: cannot write to standard output: No space left on device\n")):
            done = subprocess.run(
                [*COMMAND, *words, "-q"] if words[0] != "--help" else [*COMMAND, *words],
                cwd=folder, env=CLEAN, stdout=out, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
            )  # fmt: skip
            assert done.returncode == 74
            lines = done.stderr.splitlines(keepends=True)
            assert (
                "".join(line for line in lines if not line.startswith(("skipped:", "partial:", "no dialect"))) == told
            )


def test_a_closed_stdout_is_exit_74_and_a_closed_stderr_is_none(folder: Path) -> None:
    shell = ["sh", "-c", '"$@" >&-', "sh", *COMMAND, "show", "asset"]
    assert subprocess.run(shell, cwd=folder, env=CLEAN, capture_output=True, timeout=60, check=False).returncode == 74
    shell = ["sh", "-c", '"$@" 2>&-', "sh", *COMMAND, "show", "asset", "--format", "json"]
    done = subprocess.run(shell, cwd=folder, env=CLEAN, capture_output=True, timeout=60, check=False)
    assert (done.returncode, json.loads(done.stdout)[0]["name"]) == (0, "car")


def test_a_file_that_cannot_be_written_is_exit_74(folder: Path) -> None:
    done = run(folder, "report", "-o", "nowhere/car.html")
    assert (done.returncode, done.stderr) == (74, "Error: cannot write nowhere/car.html: No such file or directory\n")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "finding", "nosuchid"), "no finding has the id"),
        (("show", "dialect", "nosuchid"), "no dialect has the id"),
        (("show", "--db", "absent.db"), "there is no database absent.db"),
        (("show", "--asset", "bus"), "no asset has the name 'bus'"),
        (("diff", "car", "bus"), "no asset 'bus'"),
        (("decide", "remove", "99"), "there is no decision 99"),
        (("scan", "--case", "typo.toml", "."), "cannot read the case file typo.toml: No such file or directory"),
        (("scan", "--case", "broken.toml", "."), "the case file broken.toml is broken"),
        (("scan", "--scope", "the blue car", "."), "the scope 'the blue car' is no MAC"),
        (("scan", "--asset-from", "typo.csv", "."), "cannot read the asset table typo.csv"),
        (("scan", "--signatures", "typo", "."), "'typo' does not exist"),
        (("decide", "add", "colour=red", "--author", "A", "--reason", "R"), "no field 'colour'; it has: fingerprint, "),
        (("decide", "add", "--baseline", "baseline.toml"), "no field 'colour'"),
        (("export", "--format", "parquet"), "pip install 'iotwatch[parquet]'"),
    ],
)
def test_wrong_usage_is_exit_2_in_one_line(words: tuple[str, ...], told: str, folder: Path, tmp_path: Path) -> None:
    (folder / "broken.toml").write_text("scope = 3\n")
    (folder / "baseline.toml").write_text('author = "A"\nreason = "R"\n[[expected]]\ncolour = "red"\n')
    # An extra that is not installed: its library is hidden behind an empty one.
    (tmp_path / "pyarrow").mkdir()
    (tmp_path / "pyarrow" / "__init__.py").write_text("raise ImportError\n")
    path = os.pathsep.join([str(tmp_path), CLEAN.get("PYTHONPATH", ""), str(CAPTURES.parent)])
    done = run(folder, *words, PYTHONPATH=path)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]
    assert not (folder / "typo.toml").exists()


DECISION = ("vendor=Nobody", "--author", "A", "--reason", "R")


@pytest.mark.parametrize(
    "words",
    [
        ("--db", "a.db", "decide", "add", *DECISION),
        ("decide", "--db", "a.db", "add", *DECISION),
        ("decide", "add", *DECISION, "--db", "a.db"),
        ("--db", "iotwatch.db", "decide", "--db", "b.db", "add", "--db", "a.db", *DECISION),
        ("-q", "--no-progress", "decide", "-v", "add", "--no-color", "--db=a.db", *DECISION),
    ],
)
def test_the_database_is_heard_wherever_it_stands(words: Iterable[str], folder: Path) -> None:
    def decisions(name: str) -> int:
        return len(json.loads(run(folder, "decide", "list", "--format", "json", IOTWATCH_DB=name).stdout))

    before = decisions("a.db"), decisions("iotwatch.db")
    done = run(folder, *words, IOTWATCH_DB="iotwatch.db")
    assert done.returncode == 0, done.stderr
    assert "no finding has vendor=Nobody now; the decision is kept for those that come" in done.stderr
    assert (decisions("a.db"), decisions("iotwatch.db")) == (before[0] + 1, before[1])


def test_a_field_that_is_given_twice_has_two_values_that_hold(tmp_path: Path) -> None:
    run(tmp_path, "scan", "--exit-zero", "--asset", "car", CAPTURES / "gt06-tracker")
    words = ("decide", "add", "kind=location", "kind=beacon", "--author", "A", "--reason", "R")
    done = run(tmp_path, *words)
    assert done.returncode == 0
    assert "decision 1: expected kind=location\n" in done.stdout
    assert "decision 2: expected kind=beacon\n" in done.stdout
    with Store(tmp_path / "iotwatch.db") as store:
        rows = store.query("SELECT kind, json_extract(facts, '$.decision.word') AS word FROM findings")
    assert {row["word"] for row in rows if row["kind"] in ("location", "beacon")} == {"expected"}
    assert {row["word"] for row in rows if row["kind"] not in ("location", "beacon")} <= {None}
