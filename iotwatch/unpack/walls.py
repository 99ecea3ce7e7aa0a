"""What a fallen reader process would try, tried from inside its confinement: a wall counts as one once it was run against."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from iotwatch.unpack.confine import confine
from iotwatch.unpack.seccomp import MACHINES, REFUSED

_PTRACE_SEIZE, _CLONE_NEWNET, _OWN_KEYRING = 0x4206, 0x40000000, -3
_FAMILIES = ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET", "AF_ALG", "AF_VSOCK", "AF_BLUETOOTH")
LISTENING = "listening"
"""The name of a socket in the folder that is tried."""


def run(namespace: int, memory: int, readable: Sequence[str], folder: str) -> None:
    """Confine this process, try everything, and print as JSON what there was to try and what of it was done.

    ``namespace`` is an open handle of another network namespace. Whoever becomes another program prints nothing any more.
    """
    attempts = _attempts(Path(folder), namespace)
    confine(memory, readable)
    done = [name for name, attempt in attempts if _does(attempt)]
    if not _does(lambda: os.execv("/bin/true", ["true"])):  # noqa: S606 - there is to be no program that it starts
        sys.stdout.write(json.dumps({"tried": [name for name, _ in attempts], "done": done}))


def _does(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except (OSError, AttributeError):  # refused, or not there at all
        return False
    return True


def _attempts(folder: Path, namespace: int) -> list[tuple[str, Callable[[], object]]]:
    call = partial(_call, ctypes.CDLL(None, use_errno=True))
    parent = os.getppid()
    return [
        ("read a file", lambda: Path("/etc/passwd").read_bytes()),
        ("list a folder", lambda: list(Path("/etc").iterdir())),
        ("write a file", lambda: (folder / "written").write_bytes(b"")),
        ("make a folder", lambda: (folder / "made").mkdir()),
        ("start a process", _fork),
        ("start a program", lambda: os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)),
        *((f"open a socket ({name})", partial(_socket, name)) for name in _FAMILIES),
        ("speak to a socket of the file system", partial(_speak, folder / LISTENING)),
        ("set up io_uring", lambda: call("syscall", _number("io_uring_setup"), 1, bytes(120))),
        ("trace its parent", lambda: call("ptrace", _PTRACE_SEIZE, parent, 0, 0)),
        ("signal its parent", lambda: os.kill(parent, 0)),
        ("mount a file system", lambda: call("mount", b"none", bytes(folder), b"tmpfs", 0, None)),
        ("make a namespace", lambda: call("unshare", _CLONE_NEWNET)),
        ("enter a namespace", lambda: call("setns", namespace, 0)),
        ("use the kernel's keys", lambda: call("syscall", _number("keyctl"), 0, _OWN_KEYRING, 0)),
    ]


def _call(libc: ctypes.CDLL, name: str, *arguments: object) -> None:
    if libc[name](*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def _number(call: str) -> int:
    machine = MACHINES.get(platform.machine())
    if machine is None:
        raise OSError(f"the number of {call} on {platform.machine()} is not known")
    return REFUSED[call][machine.column]


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _socket(family: str) -> None:
    kind = socket.SOCK_SEQPACKET if family in ("AF_ALG", "AF_BLUETOOTH") else socket.SOCK_DGRAM
    socket.socket(getattr(socket, family), kind).close()


def _speak(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as ours:
        ours.connect(str(path))
