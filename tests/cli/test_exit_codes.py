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
from tests.command import run

CAPTURES = Path(__file__).parent.parent.parent / "captures"
COMMAND = [sys.executable, "-m", "iotwatch"]
CLEAN = {key: value for key, value in os.environ.items() if not key.startswith("IOTWATCH_")}


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
    ],
)
def test_wrong_usage_is_exit_2_in_one_line(words: tuple[str, ...], told: str, folder: Path) -> None:
    (folder / "broken.toml").write_text("scope = 3\n")
    (folder / "baseline.toml").write_text('author = "A"\nreason = "R"\n[[expected]]\ncolour = "red"\n')
    done = run(folder, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr.splitlines()[-1]
    assert not (folder / "typo.toml").exists()


def test_an_extra_that_is_not_installed_is_exit_2(folder: Path, tmp_path: Path) -> None:
    """Its library is hidden behind an empty one."""
    (tmp_path / "pyarrow").mkdir()
    (tmp_path / "pyarrow" / "__init__.py").write_text("raise ImportError\n")
    path = os.pathsep.join([str(tmp_path), CLEAN.get("PYTHONPATH", ""), str(CAPTURES.parent)])
    done = subprocess.run(
        [*COMMAND, "export", "--format", "parquet"],
        cwd=folder, env={**CLEAN, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert "pip install 'iotwatch[parquet]'" in done.stderr.splitlines()[-1]


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


def cut_off(path: Path) -> Path:
    """A capture whose last record breaks off."""
    data = (CAPTURES / "gt06-tracker" / "gt06-tracker.pcap").read_bytes()
    path.write_bytes(data[: 24 + 16 + 5])
    return path


def evidence(path: Path) -> Path:
    """A capture in which nothing is found."""
    path.write_bytes((CAPTURES / "gt06-tracker" / "gt06-tracker.pcap").read_bytes()[:24])
    return path


def other(path: Path) -> Path:
    """A text that is no log."""
    path.write_text("# notes\n\nnothing of evidence here\n" * 20)
    return path


def test_the_same_sources_give_the_same_code_on_every_run(tmp_path: Path) -> None:
    """Also where an earlier run had read them, and where their hash is all that the second run needs."""
    cases: dict[str, int] = {"found": 1, "whole": 0, "cut": 3, "none": 4, "empty": 4, "both": 3}
    for name in cases:
        (tmp_path / name).mkdir()
    (tmp_path / "found" / "a.pcap").write_bytes((CAPTURES / "gt06-tracker" / "gt06-tracker.pcap").read_bytes())
    evidence(tmp_path / "whole" / "a.pcap")
    cut_off(tmp_path / "cut" / "a.pcap")
    other(tmp_path / "none" / "notes.md")
    (tmp_path / "empty" / "a.pcap").touch()
    evidence(tmp_path / "both" / "a.pcap")
    (tmp_path / "both" / "b.pcap").touch()
    for name, code in cases.items():
        words = ("scan", name, "--db", f"{name}.db", "--asset", "car")
        runs = [run(tmp_path, *words, *more) for more in ((), (), ("--force",), ("--format", "json"))]
        assert [one.returncode for one in runs] == [code] * 4, name
        assert runs[1].stdout == runs[0].stdout, name
        reasons = [
            [line for line in one.stderr.splitlines() if line.startswith(("partial:", "skipped:"))] for one in runs
        ]
        assert reasons[1] == reasons[0], name


def test_what_is_passed_over_in_a_folder_is_looked_at_when_it_is_named(tmp_path: Path) -> None:
    named = run(tmp_path, "scan", "notes.md") if other(tmp_path / "notes.md") else None
    again = run(tmp_path, "scan", ".", "--db", "b.db"), run(tmp_path, "scan", "notes.md", "--db", "b.db")
    assert named is not None
    assert [one.returncode for one in again] == [4, named.returncode]
    assert again[1].stdout == named.stdout


def test_nothing_but_what_is_no_evidence_says_so(tmp_path: Path) -> None:
    (tmp_path / "sweep").mkdir()
    done = run(tmp_path, "scan", "sweep")
    assert done.returncode == 4
    assert "nothing was judged: there is no file in what was named\n" in done.stderr
    for name in ("a.md", "b.md"):
        other(tmp_path / "sweep" / name)
    done = run(tmp_path, "scan", "sweep")
    assert done.returncode == 4
    assert done.stdout.startswith("not-enough-data: none of what was given could be read as evidence")
    assert "nothing was judged: none of 2 file(s) is evidence\n" in done.stderr
    assert done.stderr.count("skipped: sweep/") == 2
    done = run(tmp_path, "scan", "sweep", "--format", "json", "-q")
    assert (done.returncode, done.stdout) == (4, "[]\n")
    assert done.stderr == "nothing was judged: none of 2 file(s) is evidence\n"


@pytest.mark.parametrize("kind", ["missing", "pipe", "device"])
def test_a_mistyped_source_makes_no_asset(kind: str, tmp_path: Path) -> None:
    odd = {"missing": tmp_path / "typo.pcap", "pipe": tmp_path / "fifo", "device": Path("/dev/zero")}[kind]
    if kind == "pipe":
        os.mkfifo(odd)
    evidence(tmp_path / "a.pcap")
    alone, beside = run(tmp_path, "scan", odd), run(tmp_path, "scan", odd, "a.pcap")
    assert (alone.returncode, beside.returncode) == (4, 3)
    assert f"unreadable: {odd}: " in alone.stderr
    assert ("there is no such file" if kind == "missing" else "no file and no folder") in beside.stderr
    with Store(tmp_path / "iotwatch.db") as store:
        assert store.assets.names() == ["a.pcap"]
        assert [row["path"] for row in store.query("SELECT path FROM sources")] == ["a.pcap"]


def test_what_another_run_left_unjudged_changes_no_code(tmp_path: Path) -> None:
    run(tmp_path, "scan", "--exit-zero", CAPTURES / "gt06-tracker")
    with Store(tmp_path / "iotwatch.db") as store:
        store.assets.judge_again(store.assets.names())
    assert run(tmp_path, "scan", evidence(tmp_path / "a.pcap")).returncode == 0


def test_a_decision_in_force_is_told_and_lowers_the_exit_code(tmp_path: Path) -> None:
    scan = ("scan", "--asset", "car", str(CAPTURES / "gt06-tracker"))
    said = ("--author", "K", "--reason", "insurance box", "--word", "explained")
    assert run(tmp_path, *scan).returncode == 1
    found = json.loads(run(tmp_path, "show", "finding", "--format", "json").stdout)
    high = [
        row["fingerprint"]
        for row in found
        if row["severity"] in ("high", "critical") and row["confidence"] != "possible"
    ]
    assert high
    for fingerprint in high:
        assert run(tmp_path, *scan).returncode == 1
        assert run(tmp_path, "decide", "add", fingerprint, *said).returncode == 0
    done = run(tmp_path, *scan)
    assert done.returncode == 0
    assert done.stdout.count("(explained by K)") == len(high)
    assert f"{len(found)} findings, {len(high)} of them decided" in done.stderr
    assert run(tmp_path, *scan, "--fail-on", "info", "--min-confidence", "possible").returncode == 1

    rows = json.loads(run(tmp_path, *scan, "--format", "json").stdout)[0]["findings"]
    lines = [json.loads(line) for line in run(tmp_path, *scan, "--format", "jsonl").stdout.splitlines()]
    for told in (rows, lines):
        assert {row["fingerprint"]: row["decided"] for row in told} == {
            row["fingerprint"]: "explained by K" if row["fingerprint"] in high else None for row in found
        }
    assert run(tmp_path, "show", "finding").stdout.count("explained by K") == len(high)

    with Store(tmp_path / "iotwatch.db") as store:  # its day comes after it was judged
        store.connection.execute("UPDATE decisions SET expires = '2026-01-02T00:00:00.000000Z'")
        store.connection.execute("UPDATE assets SET judged_at = '2026-01-01T00:00:00.000000Z'")
    done = run(tmp_path, *scan)
    assert done.returncode == 1
    assert "explained by K)" not in done.stdout


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_full_disk_is_exit_74_and_what_stood_before_stays(jobs: int, tmp_path: Path) -> None:
    assert run(tmp_path, "scan", "--exit-zero", "--asset", "car", CAPTURES / "gt06-tracker").returncode == 0
    size = (tmp_path / "iotwatch.db").stat().st_size
    # No file may grow past this (setrlimit(2), RLIMIT_FSIZE), which SQLite cannot tell from a disk that is full.
    words = ["prlimit", f"--fsize={size + 50_000}", *COMMAND, "scan", "--jobs", str(jobs), str(CAPTURES)]
    done = subprocess.run(words, cwd=tmp_path, env=CLEAN, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 74, done.stderr
    assert done.stderr.splitlines()[-1].startswith("Error: cannot write the database iotwatch.db: ")
    assert run(tmp_path, "scan", "--asset", "car", CAPTURES / "gt06-tracker").returncode == 1
    assert json.loads(run(tmp_path, "show", "finding", "--asset", "car", "--format", "json").stdout)
