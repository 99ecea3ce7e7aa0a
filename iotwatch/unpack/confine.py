"""What the reader process does to itself before it sees a hostile byte: limits, landlock, no network, few system calls.

Sources: getrlimit(2), landlock(7) (ABI 1 to 7, system calls 444-446 on every Linux architecture), unshare(2), prctl(2),
capset(2).
Each part that the system does not give is named in ``SandboxState.missing``; nothing is assumed.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path

from iotwatch.unpack.seccomp import refuse_calls
from iotwatch.unpack.wire import SandboxState

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CAPABILITIES_3 = 0x20080522
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
# Rights that each ABI knows: files (ABI 1: 13 bits, 2: refer, 3: truncate, 5: ioctl), TCP (4), sockets and signals (6).
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}
_NEWEST_FILE_RIGHTS = 16
OPEN_FILES = 64


def confine(memory: int, readable: Sequence[str]) -> SandboxState:
    """Confine this process for good; it may read below ``readable`` and write nowhere. Says what is in force."""
    end_with_parent()
    limits, missing = _limits(memory)
    landlock, network, filtered = 0, "", False
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
            limits.append("no-new-privileges")
        network = "namespace" if _leave_network(libc) else ""
        landlock = _landlock(libc, readable)
        if _drop_capabilities(libc):
            limits.append("no-capabilities")
        filtered = refuse_calls(libc)
    if filtered:
        limits.append("seccomp")
        network = network or "seccomp"
    if not network and landlock >= 4:  # TCP rules came with ABI 4; UDP stays open there
        network = "landlock (TCP)"
    if not landlock:
        missing.append("landlock: the reader process could read files")
    if not filtered:
        missing.append("seccomp: the reader process could start programs and call all of the kernel")
    if not network:
        missing.append("network: the reader process could reach the network")
    elif network == "landlock (TCP)":
        missing.append("network namespace: the reader process could send UDP")
    return SandboxState(tuple(limits), landlock, network or "none", tuple(missing))


def end_with_parent() -> None:
    """Let the kernel kill this process when its parent ends, however that ends (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def cpu(seconds: int) -> None:
    """Let this process use ``seconds`` of CPU time from now; the kernel ends it with SIGXCPU after that."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, hard))


def _limits(memory: int) -> tuple[list[str], list[str]]:
    wanted = {
        "memory": (resource.RLIMIT_AS, memory),
        "file-size": (resource.RLIMIT_FSIZE, 0),
        "open-files": (resource.RLIMIT_NOFILE, OPEN_FILES),
        "core": (resource.RLIMIT_CORE, 0),
    }
    limits, missing = ["cpu"], []
    for name, (what, value) in wanted.items():
        try:
            resource.setrlimit(what, (value, value))
            limits.append(name)
        except (OSError, ValueError):
            missing.append(f"{name} limit: the system does not set it")
    return limits, missing


def _leave_network(libc: ctypes.CDLL) -> bool:
    """Move into an empty network namespace, with a user namespace where we are not root."""
    return any(libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET))


def _drop_capabilities(libc: ctypes.CDLL) -> bool:
    """Give up what root, or the owner of a new user namespace, may do beyond its own files."""
    header, none = struct.pack("<Ii", _CAPABILITIES_3, 0), bytes(24)
    return bool(libc.capset(header, none) == 0)


def _landlock(libc: ctypes.CDLL, readable: Sequence[str]) -> int:
    """Allow reading below ``readable`` and nothing else of the file system; the ABI in force, 0 where there is none."""
    abi = int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))
    if abi < 1:
        return 0
    files = (1 << _FILE_RIGHTS.get(abi, _NEWEST_FILE_RIGHTS)) - 1
    rules = struct.pack("<Q", files)
    if abi >= 4:
        rules += struct.pack("<Q", 3)
    if abi >= 6:
        rules += struct.pack("<Q", 3)
    ruleset = int(libc.syscall(_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0))
    if ruleset < 0:
        return 0
    try:
        for path in readable:
            _allow(libc, ruleset, path)
        return abi if libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0 else 0
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    rights = _READ_FILE | (_READ_DIR if Path(path).is_dir() else 0)
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return  # a folder of sys.path that is not there needs no rule
    try:
        libc.syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("<Qi", rights, handle), 0)
    finally:
        os.close(handle)
