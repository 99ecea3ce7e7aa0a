"""A database on a medium that cannot be written: shown, reported and exported as it stands, and never half of it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.talks import scan, talk, write

_ROOT = Path(__file__).parents[2]
_READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && shift 0 && exec "$@"'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("unshare") is None or _shut(Path("/tmp"), "true").returncode:
        pytest.skip("no folder can be mounted read-only here (unshare, mount)")
    made = tmp_path_factory.mktemp("only")
    said = b"GET /?imei=490154203237518&lat=-54.81&lon=-68.3 HTTP/1.1\r\nHost: a.example\r\n\r\n"
    capture = write(made / "a.pcap", list(talk(0, "192.168.1.20", "198.51.100.7", 80, said)))
    scan(made / "a.db", capture)
    with sqlite3.connect(made / "a.db") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made


def _shut(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that sees ``folder`` as a medium that cannot be written."""
    return subprocess.run(
        ["unshare", "--map-root-user", "--mount", "sh", "-c", _READ_ONLY, str(folder), *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(_ROOT)},
    )


def _iotwatch(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _shut(folder, sys.executable, "-m", "iotwatch", "--db", str(folder / "a.db"), *arguments)


@pytest.mark.parametrize("arguments", [("show",), ("show", "finding"), ("export", "--format", "jsonl")])
def test_it_is_read(folder: Path, arguments: tuple[str, ...]) -> None:
    done = _iotwatch(folder, *arguments)
    assert done.returncode == 0
    assert "a.example" in done.stdout or "a.pcap" in done.stdout


def test_it_is_reported(folder: Path, tmp_path: Path) -> None:
    assert _iotwatch(folder, "report", "-o", str(tmp_path / "a.html")).returncode == 0
    assert "a.pcap" in (tmp_path / "a.html").read_text()


def test_it_is_not_written_and_that_is_told(folder: Path) -> None:
    done = _iotwatch(folder, "rejudge")
    assert done.returncode == 74
    assert "readonly" in done.stderr


def test_changes_that_stand_beside_it_are_not_left_out(folder: Path, tmp_path: Path) -> None:
    for one in ("a.db", "a.pcap"):
        shutil.copy(folder / one, tmp_path / one)
    connection = sqlite3.connect(tmp_path / "a.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("UPDATE assets SET name = name")
    connection.commit()
    shutil.copytree(tmp_path, tmp_path.with_name("taken"))
    connection.close()
    done = _iotwatch(tmp_path.with_name("taken"), "show")
    assert done.returncode == 74
    assert "a.db-wal" in done.stderr
