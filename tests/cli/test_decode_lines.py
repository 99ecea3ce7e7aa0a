"""``decode --jsonl`` of many lines: by workers as alone, in their order, and at once where a line is waited for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

LOGIN = "78780d01012345678901234500018cdd0d0a"
COMMAND = [sys.executable, "-m", "iotwatch", "decode", "--jsonl"]


def line_of(number: int) -> str:
    return "no json\n" if number % 1000 == 7 else json.dumps({"id": number, "payload_hex": LOGIN}) + "\n"


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("lines") / "many.jsonl"
    # The last line has no end, and is a line all the same.
    path.write_text("".join(line_of(number) for number in range(9000)).rstrip("\n"))
    return path


def test_workers_answer_as_one_process_does_in_the_same_order(many: Path) -> None:
    told = []
    for jobs in "12":
        with many.open() as given:
            done = subprocess.run([*COMMAND, "--jobs", jobs], stdin=given, capture_output=True, text=True, timeout=120)
        assert (done.returncode, done.stderr) == (3, "")
        told.append(done.stdout)
    assert told[0] == told[1]
    rows = [json.loads(line) for line in told[1].splitlines()]
    assert [row["id"] for row in rows] == [None if number % 1000 == 7 else number for number in range(9000)]
    assert {row["dialect"] for row in rows} == {"gt06", None}


def test_a_line_is_answered_before_the_next_one_is_written() -> None:
    """Also when workers answer: they do after the first 1,000 lines."""
    with subprocess.Popen(
        [*COMMAND, "--jobs", "2"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for first, last in ((0, 1), (1, 1200), (1200, 1201), (1201, 1202)):
            process.stdin.write("".join(line_of(number) for number in range(first, last)))
            process.stdin.flush()
            rows = [json.loads(process.stdout.readline()) for _ in range(first, last)]
            assert len(rows) == last - first
        assert rows[-1]["id"] == 1201
        process.stdin.close()
        assert process.wait(30) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="tells processes by /proc")
@pytest.mark.parametrize("how", ["reader gone", "signal"])
def test_no_worker_outlives_the_command(many: Path, how: str) -> None:
    with many.open() as given:
        process = subprocess.Popen(
            [*COMMAND, "--jobs", "2"],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    assert process.stdout is not None
    # With the rest of the pipe full, the command waits for the reader, and workers stand beside it.
    for _ in range(3000):
        process.stdout.readline()
    assert len(of_session(process.pid)) > 1
    if how == "signal":
        process.send_signal(signal.SIGTERM)
    process.stdout.close()
    code = process.wait(30)
    deadline = time.monotonic() + 3
    while of_session(process.pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert of_session(process.pid) == []
    assert process.stderr is not None
    said = process.stderr.read().decode()
    process.stderr.close()
    assert "Traceback" not in said
    assert code == (143 if how == "signal" else 74)


def of_session(number: int) -> list[str]:
    """The processes of a session that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): after the name come state, parent, group, session.
        if int(rest[3]) == number and rest[0] not in "ZX":
            found.append(stat.parent.name)
    return found


def test_no_lines_are_no_answers() -> None:
    done = subprocess.run(COMMAND, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"")
    read, write = os.pipe()
    os.write(write, b"\n \n")
    os.close(write)
    with os.fdopen(read) as given:
        done = subprocess.run(COMMAND, stdin=given, capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, b"")
