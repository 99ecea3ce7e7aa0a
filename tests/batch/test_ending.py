"""A scan that is interrupted, terminated or killed: what was finished is stored, nobody lives on, no raw packet is left.

Each test starts the real command in a session of its own, so that whoever belongs to it can be told, and ends it in the middle of
its work: while packets are with a tshark that does not come to an end, or while cars are judged.
"""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import dpkt
import pytest

from tests.command import run
from tests.stored import export

CAPTURE = Path(__file__).parent.parent.parent / "captures" / "gt06-tracker" / "gt06-tracker.pcap"
SECONDS = 3.0
TSHARK = """#!/bin/sh
case "$1" in -v|--version) echo "TShark (Wireshark) 4.0.17"; exit 0;; esac
echo started >> {marks}
while echo '{{"index": {{"_index": "packets"}}}}'; do sleep 0.1; done
"""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="tells processes by /proc")


class Command:
    """The command at work in ``folder``, with temporary files in ``folder/tmp`` and a tshark that never ends."""

    def __init__(self, folder: Path, *words: str | Path) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"
        self.marks = folder / "marks"
        tools = folder / "tools"
        for made in (self.temporary, tools):
            made.mkdir(exist_ok=True)
        (tools / "tshark").write_text(TSHARK.format(marks=self.marks))
        (tools / "tshark").chmod(0o755)
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("IOTWATCH_")}
        self.environment |= {"TMPDIR": str(self.temporary), "PYTHONFAULTHANDLER": ""}
        path = f"{tools}{os.pathsep}{self.environment['PATH']}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "iotwatch", *map(str, words)],
            cwd=folder, env={**self.environment, "PATH": path}, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def wait_for(self, what: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 90
        while not what():
            assert self.process.poll() is None, self.process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def packets_are_out(self, files: int = 1) -> bool:
        """Whether raw packets stand in so many temporary files, and tshark has them."""
        started = self.marks.read_text().count("started") if self.marks.exists() else 0
        return min(started, len(list(self.temporary.glob("*/chosen.pcap")))) >= files

    def end(self, number: int, *, all_of_them: bool = False) -> tuple[int, str]:
        """Send the signal to the command, or to all as a terminal does; its exit code and what it said, which come in time."""
        assert len(self.session()) > 1, "there is nobody who could be left behind"
        started = time.monotonic()
        os.killpg(self.process.pid, number) if all_of_them else self.process.send_signal(number)
        said = self.process.communicate(timeout=30)[1]
        while self.session() and time.monotonic() - started < SECONDS:
            time.sleep(0.02)
        assert time.monotonic() - started < SECONDS + 0.5
        assert self.session() == []
        assert "Traceback" not in said, said
        return self.process.returncode, said

    def session(self) -> list[str]:
        """The command lines of all that runs in the command's session."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                rest = stat.read_text().rpartition(")")[2].split()
                # proc(5): after the name come state, parent, group, session.
                if int(rest[3]) == self.process.pid and rest[0] not in "ZX":
                    found.append(stat.with_name("cmdline").read_text().replace("\0", " ")[:200])
            except OSError:
                continue
        return found

    def left(self) -> list[str]:
        """What is left of temporary files; the folder of a socket that a killed process served holds no evidence."""
        return [path.name for path in self.temporary.rglob("*") if path.is_file()]


def signalling(path: Path, number: int) -> Path:
    """A capture of one GSMTAP datagram (version 2, Um, a system information on channel BCCH), which is for tshark to read."""
    header = bytes([2, 4, 1, 0, 0, 1, 0, 0, *number.to_bytes(4, "big"), 1, 0, 0, 0])
    datagram = dpkt.udp.UDP(sport=13337, dport=4729, data=header + bytes.fromhex("55061b") + bytes(20))
    datagram.ulen = len(datagram)
    packet = dpkt.ip.IP(src=b"\x7f\0\0\1", dst=b"\x7f\0\0\1", p=17, data=datagram)
    packet.len = len(packet)
    with path.open("wb") as file:
        dpkt.pcap.Writer(file, linktype=228).writepkt(bytes(packet), ts=1_700_000_000 + number)
    return path


def sweep_of(folder: Path, trackers: int, cells: int) -> Path:
    """A folder of captures: first some that are soon read, each with other packets, then some that tshark has to read."""
    sweep = folder / "sweep"
    sweep.mkdir()
    data = CAPTURE.read_bytes()
    for number in range(trackers):
        # A later first packet makes it another capture, and each a car of its own.
        (sweep / f"a{number:04}.pcap").write_bytes(
            data[:24] + (1_700_000_000 + number).to_bytes(4, "little") + data[28:]
        )
    for number in range(cells):
        signalling(sweep / f"b{number}.pcap", number)
    return sweep


def stored(database: Path, sql: str) -> int:
    """One number out of the database while others write; 0 where there is none yet."""
    if not database.exists():
        return 0
    with closing(sqlite3.connect(database, timeout=10)) as connection:
        try:
            return int(connection.execute(sql).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


def check_goes_on(command: Command, sweep: Path) -> None:
    """The same command goes on from there, leaves nothing behind, and the end is what it would have been."""
    for name in ("a.db", "whole.db"):
        words = ("scan", "--exit-zero", "--jobs", "1", sweep, "--db", name)
        run(command.folder, *words, TMPDIR=str(command.temporary)).check_returncode()
    assert export(command.folder / "a.db") == export(command.folder / "whole.db")
    assert command.left() == []


@pytest.mark.parametrize(
    ("number", "jobs"), [(signal.SIGTERM, 1), (signal.SIGTERM, 2), (signal.SIGINT, 2), (signal.SIGHUP, 1)]
)
def test_a_signal_ends_the_scan_in_order(number: int, jobs: int, tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, 3, 2)
    command = Command(tmp_path, "scan", "--db", "a.db", "--jobs", str(jobs), sweep)
    command.wait_for(command.packets_are_out)
    code, said = command.end(number, all_of_them=number == signal.SIGINT)
    assert code == 128 + number
    assert "interrupted; what was finished is stored" in said
    assert command.left() == []
    finished = stored(tmp_path / "a.db", "SELECT count(*) FROM sources WHERE status = 'ok'")
    assert finished == 3
    check_goes_on(command, sweep)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_killed_scan_leaves_nobody_and_its_packets_until_the_next_start(jobs: int, tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, 3, 2)
    command = Command(tmp_path, "scan", "--db", "a.db", "--jobs", str(jobs), sweep)
    command.wait_for(command.packets_are_out)
    code, _ = command.end(signal.SIGKILL)
    assert "chosen.pcap" in command.left(), "nothing was there to be swept"
    assert code == -signal.SIGKILL
    check_goes_on(command, sweep)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_an_end_while_cars_are_judged(number: int, tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, 100, 0)
    command = Command(tmp_path, "scan", "--db", "a.db", "--jobs", "2", sweep)
    judged = "SELECT count(*) FROM assets WHERE judged_at IS NOT NULL"
    command.wait_for(lambda: stored(tmp_path / "a.db", judged) > 0)
    code, _ = command.end(number)
    assert code == (-number if number == signal.SIGKILL else 128 + number)
    assert stored(tmp_path / "a.db", "SELECT count(*) FROM sources") == 100
    assert stored(tmp_path / "a.db", judged) < 100, "the end came too late to show anything"
    check_goes_on(command, sweep)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_watch_ends_in_order_at_work_and_at_rest(number: int, tmp_path: Path) -> None:
    sweep = sweep_of(tmp_path, 1, 0)
    words = ("watch", sweep, "--db", "a.db", "--settle", "0", "--interval", "0.1", "--asset", "car")
    command = Command(tmp_path, *words)
    command.wait_for(lambda: stored(tmp_path / "a.db", "SELECT count(*) FROM assets WHERE judged_at IS NOT NULL") == 1)
    signalling(sweep / "b.pcap", 0)
    command.wait_for(command.packets_are_out)
    code, said = command.end(number)
    assert (code, command.left()) == (128 + number, [])
    assert "interrupted; what was finished is stored" in said


def test_a_copy_of_standard_input_goes_with_the_command(tmp_path: Path) -> None:
    command = Command(tmp_path, "scan", "-", "--db", "a.db")
    assert command.process.stdin is not None
    command.process.stdin.write("x" * (1 << 20))
    command.process.stdin.flush()
    command.wait_for(lambda: any(command.temporary.glob("*/stdin")))
    (folder,) = command.temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert command.left() == ["stdin"]
    command.process.send_signal(signal.SIGTERM)
    command.process.wait(timeout=SECONDS)
    command.process.communicate()
    assert (command.process.returncode, command.left()) == (143, [])


def test_only_what_a_killed_process_left_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from iotwatch.files.scratch import scratch, sweep

    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch() as held:
        (held / "chosen.pcap").write_bytes(b"raw")
        left = tmp_path / "iotwatch-scratch-left"
        shutil.copytree(held, left)
        left.chmod(0o700)
        shared = tmp_path / "iotwatch-scratch-shared"
        shutil.copytree(held, shared)
        shared.chmod(0o755)
        (tmp_path / "iotwatch-scratch-link").symlink_to(held)
        (tmp_path / "iotwatch-results").mkdir(0o700)
        sweep()
        assert {path.name for path in tmp_path.iterdir()} == {
            held.name, "iotwatch-scratch-shared", "iotwatch-scratch-link", "iotwatch-results",
        }  # fmt: skip
        assert (held / "chosen.pcap").exists()
    assert not held.exists()


def test_a_long_path_of_temporary_files_is_no_trouble_for_workers(tmp_path: Path) -> None:
    """The path of a socket has 107 bytes at most (unix(7)); that of ``TMPDIR`` may have more."""
    temporary = tmp_path / ("t" * 60) / ("u" * 60)
    temporary.mkdir(parents=True)
    sweep = sweep_of(tmp_path, trackers=3, cells=0)
    done = subprocess.run(
        [sys.executable, "-m", "iotwatch", "scan", "--exit-zero", "--jobs", "2", sweep, "--db", "a.db"],
        cwd=tmp_path, env={**os.environ, "TMPDIR": str(temporary)}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert (done.returncode, stored(tmp_path / "a.db", "SELECT count(*) FROM sources")) == (0, 3), done.stderr
    assert list(temporary.iterdir()) == []
