"""Only what has settled is scanned, once, and a restart goes on; a ring of dumpcap files may turn meanwhile."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from iotwatch.batch.scan import Plan
from iotwatch.batch.watch import being_written, settled, watch
from iotwatch.cli import group as cli
from iotwatch.store import Store

CAPTURE = Path(__file__).parent.parent.parent / "captures" / "gt06-tracker" / "gt06-tracker.pcap"
ONCE = {"settle": 0.0, "interval": 0.1}
# After the record of frame 31, of 63; a record is whole there.
HALF = 2891


def test_a_file_that_still_grows_is_left_alone(tmp_path: Path) -> None:
    old, new, empty = tmp_path / "old.pcap", tmp_path / "new.pcap", tmp_path / "empty.pcap"
    for path in (old, new):
        shutil.copyfile(CAPTURE, path)
    empty.touch()
    os.utime(old, (1000, 1000))
    os.utime(new, (1095, 1095))
    os.utime(empty, (1000, 1000))
    assert settled(tmp_path, 10, clock=lambda: 1100.0) == [old]


def test_a_file_that_somebody_has_open_for_writing_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "open.pcap"
    with path.open("wb") as file:
        file.write(CAPTURE.read_bytes())
        file.flush()
        if not being_written(path):
            pytest.skip("this system has no leases on files")
        assert settled(tmp_path, 0) == []
    assert settled(tmp_path, 0) == [path]
    assert not being_written(tmp_path / "gone.pcap")


def test_each_file_once_and_a_restart_adds_nothing(tmp_path: Path) -> None:
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    shutil.copyfile(CAPTURE, folder / "a.pcap")

    (report,) = watch(folder, database, Plan(jobs=1), rounds=2, **ONCE)
    assert report.count("ok") == 1
    assert list(watch(folder, database, Plan(jobs=1), rounds=1, **ONCE)) == []
    shutil.copyfile(CAPTURE, folder / "b.pcap")
    (report,) = watch(folder, database, Plan(jobs=1), rounds=1, **ONCE)
    assert [(outcome.asset, outcome.status, outcome.known) for outcome in report.outcomes] == [
        ("a.pcap", "ok", True),
        ("b.pcap", "ok", False),
    ]


def test_a_file_that_grew_after_all_counts_once(tmp_path: Path) -> None:
    """A quiet link looks settled: when the file goes on, its beginning is forgotten, also after a restart."""
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    path = folder / "a.pcap"
    path.write_bytes(CAPTURE.read_bytes()[:HALF])
    (report,) = watch(folder, database, Plan(asset="car", jobs=1), rounds=1, **ONCE)
    assert report.count("ok") == 1
    path.write_bytes(CAPTURE.read_bytes())
    (report,) = watch(folder, database, Plan(asset="car", jobs=1), rounds=1, **ONCE)
    assert report.count("ok") == 1
    with Store(database) as store:
        assert [row.packets for row in store.sources.of("car")] == [63]
        assert len(store.query("SELECT 1 FROM positions WHERE direction = 'up'")) == 12


def test_a_name_that_is_used_again_for_other_packets_keeps_the_first(tmp_path: Path) -> None:
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    other = CAPTURE.parent.parent / "mqtt-position" / "mqtt-position.pcap"
    for source in (CAPTURE, other):
        shutil.copyfile(source, folder / "ring0.pcap")
        list(watch(folder, database, Plan(asset="car", jobs=1), rounds=1, **ONCE))
    with Store(database) as store:
        assert len(store.sources.of("car")) == 2


def test_a_file_that_vanishes_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone, kept = tmp_path / "gone.pcap", tmp_path / "kept.pcap"
    for path in (gone, kept):
        shutil.copyfile(CAPTURE, path)
    listed = Path.is_file

    def vanishing(path: Path) -> bool:
        found = listed(path)
        if path == gone:
            gone.unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Path, "is_file", vanishing)
    assert settled(tmp_path, 0) == [kept]


def run(folder: Path, database: Path, *words: str) -> Result:
    arguments = ["watch", str(folder), "--db", str(database), "--asset", "car", "--settle", "0", "--interval", "0.1"]
    return CliRunner().invoke(cli, [*arguments, *words], catch_exceptions=False)


def test_the_verb_tells_each_finding_once_with_the_case(tmp_path: Path) -> None:
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    shutil.copyfile(CAPTURE, folder / "a.pcap")
    told = run(folder, database, "--rounds", "2", "--case", str(CAPTURE.parent / "case.toml"))
    assert told.stdout.count("Position sent to") == 1
    assert told.stdout.count("severity") == 1, "one heading"
    assert "car is now: reports-location" in told.stdout
    assert "1 file(s) read" in told.stderr
    again = run(folder, database, "--rounds", "1", "--case", str(CAPTURE.parent / "case.toml"))
    assert again.stdout == ""
    shutil.copyfile(CAPTURE.parent.parent / "at-quectel" / "ttyUSB2-at.log", folder / "b.log")
    more = run(folder, database, "--rounds", "1", "--case", str(CAPTURE.parent / "case.toml"))
    assert "Quectel EC25" in more.stdout
    assert "Position sent to" not in more.stdout


@contextmanager
def ring(dumpcap: str, folder: Path) -> Iterator[None]:
    """A ring of three files of a second each, of what passes port 7018 on loopback."""
    words = [
        dumpcap,
        "-q",
        "-i",
        "lo",
        "-f",
        "tcp port 7018",
        "-b",
        "duration:1",
        "-b",
        "files:3",
        "-w",
        folder / "r.pcapng",
    ]
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        told = ""
        while "File: " not in told:
            line = process.stderr.readline()
            told += line
            if not line:
                pytest.skip(f"dumpcap may not capture here: {told.strip()[-200:]}")
        try:
            yield
        finally:
            process.terminate()


@pytest.mark.programs
def test_a_real_ring_of_dumpcap(tmp_path: Path, program: Callable[[str], str]) -> None:
    """A tracker talks on loopback while the ring turns: every one of its positions is found once."""
    folder, database = tmp_path / "ring", tmp_path / "a.db"
    folder.mkdir()
    data = CAPTURE.read_bytes()
    starts = [at for at in range(len(data)) if data.startswith(b"\x78\x78\x1f\x12", at)]
    reports = []
    with ring(program("dumpcap"), folder), socket.create_server(("127.0.0.1", 7018)) as server:
        with socket.create_connection(("127.0.0.1", 7018)) as tracker, server.accept()[0]:
            for start in starts[:4]:
                tracker.sendall(data[start : start + 36])
                time.sleep(0.8)
                reports += watch(folder, database, Plan(asset="car", jobs=1), rounds=1, settle=0.1, interval=0.1)
        time.sleep(0.5)
    reports += watch(folder, database, Plan(asset="car", jobs=1), rounds=1, **ONCE)
    assert len(reports) >= 2, "the ring was read while it turned"
    with Store(database) as store:
        found = store.query("SELECT latitude, frame FROM positions WHERE dialect = 'gt06'")
        assert len(found) == 4
        assert len({row["latitude"] for row in found}) == 4
        assert all(row.status == "ok" for row in store.sources.of("car"))
