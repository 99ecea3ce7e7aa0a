"""The real command, each time in a process of its own, forked from one that has loaded what a scan needs: it starts at once.

The process that is forked from runs nothing else and has one thread. Tests of the start itself, of signals and of other settings
of Python start an interpreter instead.
"""

from __future__ import annotations

import atexit
import json
import os
import runpy
import subprocess
import sys
import tempfile
from functools import cache
from importlib import import_module
from pathlib import Path

SECONDS = 120
_LOADED = ("batch.scan", "cli.scan", "cli.show", "detect.judge", "observe.firmware", "report.console.scan", "unpack")
_SERVE = "from tests.command import _serve; _serve()"


def run(folder: Path, *words: str | Path, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``iotwatch`` with ``words`` in ``folder``, ``given`` on its standard input; no setting of the caller's is heard."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("IOTWATCH_")}
    if "--signatures" in words:  # own dialects are read as the decoders load
        return subprocess.run(
            [sys.executable, "-m", "iotwatch", *map(str, words)],
            cwd=folder, env=clean | environment, input=given, capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        streams = [str(Path(scratch) / name) for name in ("in", "out", "err")]
        Path(streams[0]).write_text(given, "utf-8")
        asked = {
            "words": [*map(str, words)],
            "folder": str(folder),
            "environment": clean | environment,
            "streams": streams,
        }
        code = _ask(asked)
        out, err = (Path(one).read_text("utf-8", "replace") if Path(one).exists() else "" for one in streams[1:])
    return subprocess.CompletedProcess(asked["words"], code, out, err)


def _ask(asked: dict[str, object]) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps(asked) + "\n")
    server.stdin.flush()
    answer = server.stdout.readline()
    assert answer, "the process that commands are forked from has ended"
    return int(answer)


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    atexit.register(server.kill)
    return server


def _serve() -> None:
    """Fork a command for each line; answer its exit code, that of a signal below zero."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for name in _LOADED:
        import_module(f"iotwatch.{name}")
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _become(**json.loads(line))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _become(words: list[str], folder: str, environment: dict[str, str], streams: list[str]) -> None:
    """Be the command: never returns."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for number, name in enumerate(streams):
        file = os.open(name, os.O_RDONLY if not number else os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(file, number)
        os.close(file)
    # The command puts streams of its own in their place; what it drops must not close them.
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, closefd=False)  # noqa: SIM115
        for number, mode in enumerate(("r", "w", "w"))
    )
    sys.argv = ["iotwatch", *words]
    runpy.run_module("iotwatch", run_name="__main__", alter_sys=True)
