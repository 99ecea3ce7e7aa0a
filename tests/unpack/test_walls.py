"""Ways out of the sandbox, run against from inside; and the same without it, so that a wall is more than a failed attempt."""

from __future__ import annotations

import ctypes
import gzip
import json
import os
import pwd
import subprocess
import sys
from pathlib import Path

import pytest

from iotwatch.cli import main
from iotwatch.unpack import sandbox, wire

_OPEN = """
import os, sys
from iotwatch.unpack import walls
walls.confine = lambda *_: None
def refuse(*_):
    raise PermissionError
os.execv = refuse
walls.run(int(sys.argv[1]), 0, [], sys.argv[2])
"""
_WALLS = "import json; from iotwatch.unpack import sandbox; walls = sandbox.walls(); print(json.dumps(walls))"
_NOBODY = pwd.getpwnam("nobody").pw_uid
_DETACH = 2  # umount2(2)
_ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def whole() -> None:
    if sandbox.state().missing:
        pytest.skip(f"this system has not all of it: {sandbox.state().missing}")


@pytest.mark.usefixtures("whole")
def test_every_way_out_is_shut() -> None:
    walls = sandbox.walls()
    assert walls.done == ()
    assert len(walls.tried) > 20


def test_without_the_sandbox_they_are_open(tmp_path: Path) -> None:
    try:
        with Path("/proc/self/ns/net").open("rb") as namespace:
            done = subprocess.run(
                [sys.executable, "-c", _OPEN, str(namespace.fileno()), str(tmp_path)],
                pass_fds=(namespace.fileno(),),
                capture_output=True,
                check=True,
                cwd=_ROOT,
            )
    finally:
        ctypes.CDLL(None).umount2(bytes(tmp_path), _DETACH)  # what root mounted there
    told = json.loads(done.stdout)
    assert {"read a file", "list a folder", "write a file", "make a folder", "start a process", "start a program"} <= {
        *told["done"]
    }
    assert {"open a socket (AF_INET)", "open a socket (AF_UNIX)", "signal its parent"} <= {*told["done"]}


@pytest.mark.usefixtures("whole")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_they_are_shut_to_an_ordinary_user(tmp_path: Path) -> None:
    tried = {"user": _NOBODY, "env": {"TMPDIR": str(tmp_path), "PYTHONPATH": str(_ROOT)}, "capture_output": True}
    tmp_path.chmod(0o777)
    try:
        subprocess.run([sys.executable, "-c", "import iotwatch"], **tried, check=True)  # type: ignore[call-overload]
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("this Python stands where only root may read")
    done = subprocess.run([sys.executable, "-c", _WALLS], **tried, check=True, cwd="/")  # type: ignore[call-overload]
    _, left = json.loads(done.stdout)
    assert left == []


def test_a_scan_that_requires_the_sandbox_does_not_begin_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    bare = wire.SandboxState((), 0, "none", ("landlock: absent",))
    monkeypatch.setattr(sandbox, "state", lambda: bare)
    (tmp_path / "a.bin").write_bytes(b"x" * 100)
    arguments = ["iotwatch", "--db", str(tmp_path / "a.db"), "scan", "--require-sandbox", str(tmp_path / "a.bin")]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    assert "landlock: absent" in capfd.readouterr().err
    assert not (tmp_path / "a.db").exists()


def test_a_scan_tells_which_wall_was_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.gz").write_bytes(gzip.compress(b"AT+CGSN\r\n490154203237518\r\n" * 400))
    words = ["iotwatch", "--db", str(tmp_path / "a.db"), "scan", "--jobs", "1", "--force", str(tmp_path / "a.gz")]
    monkeypatch.setattr(sys, "argv", words)
    for missing, told in (("landlock: absent",), True), ((), False):
        monkeypatch.setattr(sandbox, "state", lambda missing=missing: wire.SandboxState((), 0, "none", missing))
        with pytest.raises(SystemExit):
            main()
        said = capfd.readouterr().err
        assert ("fewer walls than usual: landlock: absent" in said) is told, said
