"""Runs readers in a limited child process and never in this one.

The child (``worker``) has limits on memory, CPU and file size, no network and, where the kernel has landlock, no view
of the file system but the libraries. One child serves many blobs while it behaves; after a failure, a time-out or a
large blob it is killed and the next request starts a fresh one. ``state`` says what is in force, so that nothing
fails open in silence.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path
from typing import NamedTuple

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import UnpackLimits
from iotwatch.files.scratch import scratch
from iotwatch.files.shelf import Kept, Shelf
from iotwatch.unpack import wire
from iotwatch.unpack.wire import SandboxState

__all__ = ["Reading", "SandboxState", "pick", "read", "state"]

_RECYCLE_BYTES = 32 << 20
_START_SECONDS = 30.0
_CODE = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from iotwatch.unpack.worker import run; run(int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4]))"
)


_TRIED = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from iotwatch.unpack.walls import run; run(int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4]), sys.argv[5])"
)


class Walls(NamedTuple):
    """What was tried from inside the sandbox, and what of it was done all the same."""

    tried: tuple[str, ...]
    done: tuple[str, ...]


class Reading(msgspec.Struct):
    """What one reader found in one blob, the bytes of each entry on a shelf, and how it ended."""

    found: list[tuple[wire.Found, Kept]] = msgspec.field(default_factory=list)
    status: str = "ok"
    note: str = ""


class _Child:
    """One reader process. ``blob`` is what it holds of the last request."""

    def __init__(self, memory: int) -> None:
        self.memory = memory
        self.owner = os.getpid()
        self.blob: bytes | None = None
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = _start(_CODE, theirs.fileno(), memory, stdout=subprocess.DEVNULL)
        self.channel = ours
        try:
            frame = wire.decode_frame(wire.receive(ours, wire.FRAME_BYTES, time.monotonic() + _START_SECONDS))
        except (OSError, EOFError, UnpackError) as error:
            self.kill()
            raise UnpackError(f"the reader process does not start: {error!r}") from error
        if not isinstance(frame, SandboxState):
            self.kill()
            raise UnpackError("the reader process does not say what confines it")
        self.state = frame

    def ask(self, reader: str, data: bytes, limits: UnpackLimits, wanted: str | None, shelf: Shelf) -> Reading:
        """Let the child read ``data``; whatever it does, this returns within ``limits.seconds``."""
        reading = Reading()
        deadline = time.monotonic() + limits.seconds
        try:
            self.channel.settimeout(limits.seconds)
            held = bool(data) and self.blob == data  # compared by identity first, then at memory speed
            wire.send(self.channel, wire.Request(reader, 0 if held else len(data), limits, wanted))
            if not held:
                self.channel.sendall(data)
                self.blob = data
            self._collect(reading, limits.output(len(data)), limits, deadline, shelf)
        except TimeoutError:
            self.kill()
            reading.status, reading.note = "limit", f"the reader was stopped after {limits.seconds:g} s"
        except UnpackError as error:
            self.kill()
            reading.status = "limit" if isinstance(error, LimitReached) else "damaged"
            reading.note = str(error)
        except (EOFError, OSError):
            self.kill()
            reading.status, reading.note = _death(self.process.returncode, limits)
        return reading

    def _collect(self, reading: Reading, bound: int, limits: UnpackLimits, deadline: float, shelf: Shelf) -> None:
        """Gather frames; the budgets are counted here again, since the child may have fallen to its input."""
        total = 0
        while True:
            frame = wire.decode_frame(wire.receive(self.channel, wire.FRAME_BYTES, deadline))
            if isinstance(frame, wire.Ended):
                reading.status, reading.note = frame.status, frame.note
                return
            if not isinstance(frame, wire.Found):
                raise UnpackError("the reader process sent an unexpected frame")
            if frame.follow < 0:
                raise UnpackError("the reader process sent a frame of a negative length")
            total += frame.follow
            if total > bound or len(reading.found) >= limits.files:
                raise LimitReached("more came out than the budget allows")
            reading.found.append((frame, shelf.take(frame.follow, wire.pieces(self.channel, frame.follow, deadline))))

    @property
    def alive(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def kill(self) -> None:
        """End the process. A copy inherited over fork only lets go of its end."""
        self.blob = None
        self.channel.close()
        if self.owner == os.getpid():
            self.process.kill()
            self.process.wait()


def _start(program: str, handle: int, memory: int, *more: str, stdout: int) -> subprocess.Popen[bytes]:
    """One of our own programs in a process of its own, which is handed ``handle``."""
    # -I: no user site, no environment; -S: no site, so that no .pth file runs; our own sys.path is handed over.
    return subprocess.Popen(  # noqa: S603 - our own interpreter and a constant program
        [
            *(sys.executable, "-I", "-S", "-B", "-X", "utf8", *_compiled(), "-c", program, json.dumps(_paths())),
            *(str(handle), str(memory), json.dumps(_readable()), *more),
        ],
        pass_fds=(handle,),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env={name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
        cwd="/",
    )


def walls() -> Walls:
    """Try from inside what a fallen reader process would; ``UnpackError`` when the process that tries does not answer."""
    from iotwatch.unpack.walls import LISTENING

    with scratch() as folder, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listening:
        listening.bind(str(folder / LISTENING))
        listening.listen()
        namespace = os.open("/proc/self/ns/net" if sys.platform == "linux" else os.devnull, os.O_RDONLY)
        try:
            process = _start(_TRIED, namespace, UnpackLimits().memory, str(folder), stdout=subprocess.PIPE)
        finally:
            os.close(namespace)
        with process:  # waits for its end, so that none is left behind
            try:
                told, _ = process.communicate(timeout=_START_SECONDS)
            except subprocess.TimeoutExpired as error:
                process.kill()
                raise UnpackError("the process that tries the walls does not end") from error
    try:
        said = msgspec.json.decode(told, type=dict[str, tuple[str, ...]])
        return Walls(said["tried"], said["done"])
    except (msgspec.DecodeError, KeyError) as error:
        raise UnpackError("the process that tries the walls did not come back: it became another program") from error


def _death(code: int | None, limits: UnpackLimits) -> tuple[str, str]:
    if code == -signal.SIGXCPU:
        return "limit", f"the reader used more than {limits.cpu_seconds} s of CPU"
    if code is not None and code < 0 and code != -signal.SIGKILL:
        return "damaged", f"the reader process died of {signal.Signals(-code).name}"
    return "damaged", "the reader process died"


_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
_PACKAGE = Path(__file__).resolve().parent.parent


def _paths() -> list[str]:
    return list(dict.fromkeys(str(Path(path).absolute()) for path in [*sys.path, str(_PACKAGE.parent)] if path))


def _compiled() -> list[str]:
    """Compiled modules are taken from where this process has them: the child sees no environment that would say so."""
    return ["-X", f"pycache_prefix={sys.pycache_prefix}"] if sys.pycache_prefix else []


def _readable() -> list[str]:
    """What the child may read: this package, installed packages, Python's and the system's libraries; nobody's data."""
    standard = [str(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    installed = [path for path in _paths() if Path(path).name in ("site-packages", "dist-packages", "lib-dynload")]
    system = [path for path in _SYSTEM if Path(path).exists()]
    return list(dict.fromkeys([str(_PACKAGE), *standard, *installed, *system]))


_lock = threading.RLock()
_child: _Child | None = None


def _ready(memory: int) -> _Child:
    global _child
    if _child is not None and not (_child.alive and _child.memory == memory):
        _child.kill()
        _child = None
    if _child is None:
        _child = _Child(memory)
    return _child


@atexit.register
def close() -> None:
    """End the child, for example before a fork or at the end of a run."""
    global _child
    with _lock:
        if _child is not None:
            _child.kill()
            _child = None


def state() -> SandboxState:
    """What confines the readers here; starts the child when there is none. ``UnpackError`` when it cannot start."""
    with _lock:
        return _ready(UnpackLimits().memory).state


def read(
    reader: str, data: bytes, limits: UnpackLimits, wanted: str | None = None, shelf: Shelf | None = None
) -> Reading:
    """Let the named reader list ``data`` in the child. Never raises for anything the bytes do."""
    with _lock:
        try:
            child = _ready(limits.memory)
        except UnpackError as error:
            return Reading([], "no-reader", str(error))
        reading = child.ask(reader, data, limits, wanted, shelf or Shelf())
        if wanted is None and len(data) + sum(content.size for _, content in reading.found) > _RECYCLE_BYTES:
            close()  # gives its memory back; the next blob starts a fresh one
        return reading


def pick(reader: str, data: bytes, path: str, limits: UnpackLimits | None = None) -> bytes:
    """The bytes of the one entry ``path`` that the reader finds in ``data``: what a file-system step means."""
    reading = read(reader, data, limits or UnpackLimits(), path)
    found, content = reading.found[0] if reading.found else (None, Kept(0))
    if found is None or found.cut or not found.chain:
        note = found.note if found else reading.note
        raise UnpackError(f"{reader} has no readable {path!r}: {note or 'no such entry'}")
    return content.read()
