"""A filter of system calls for the reader process: what starts programs, opens sockets or reaches into the kernel is refused.

Sources: seccomp(2), the classic BPF of ``linux/filter.h``, and the call numbers of ``asm/unistd_64.h`` (x86-64) and
``asm-generic/unistd.h`` (AArch64). Refused calls fail with EPERM, so that a library that tries one goes on or says so. It is a list
of what is refused and not of what is allowed: what allocators and Python's own release call differs from system to system, and
landlock, the limits and the empty network stand behind it.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_PR_SET_SECCOMP, _MODE_FILTER = 22, 2
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16  # where they stand in struct seccomp_data
_CLONE_THREAD = 0x10000
_X32 = 0x40000000  # numbers of x86-64's second interface


class Machine(NamedTuple):
    """What audit calls it (``linux/audit.h``), and which of the two numbers of a call it uses."""

    audit: int
    column: int


MACHINES: Mapping[str, Machine] = {"x86_64": Machine(0xC000003E, 0), "aarch64": Machine(0xC00000B7, 1)}
CLONE, CLONE3 = (56, 220), (435, 435)
REFUSED: Mapping[str, tuple[int, int]] = {
    # Programs and processes. What makes them on x86-64 is on AArch64 clone alone.
    "execve": (59, 221), "execveat": (322, 281), "memfd_create": (319, 279),
    # Sockets, and handles passed through them. What stands open goes on to send and receive.
    "socket": (41, 198), "socketpair": (53, 199), "bind": (49, 200), "listen": (50, 201), "accept": (43, 202),
    "connect": (42, 203), "accept4": (288, 242), "sendmsg": (46, 211), "recvmsg": (47, 212),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # Other processes.
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "kill": (62, 129),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    # Keys, namespaces and mounts.
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "setns": (308, 268), "unshare": (272, 97),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51), "open_tree": (428, 428),
    "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "mknodat": (259, 33),
    # The kernel itself, and the machine.
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "fanotify_init": (300, 262),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104),
    "kexec_file_load": (320, 294), "swapon": (167, 224), "swapoff": (168, 225), "reboot": (169, 142), "acct": (163, 89),
    "quotactl": (179, 60), "personality": (135, 92), "syslog": (103, 116), "settimeofday": (164, 170),
    "clock_settime": (227, 112), "adjtimex": (159, 171), "clock_adjtime": (305, 266),
}  # fmt: skip
"""Calls by name: their numbers on x86-64 and on AArch64."""
OLD: Mapping[str, int] = {"fork": 57, "vfork": 58, "mknod": 133, "iopl": 172, "ioperm": 173, "modify_ldt": 154}
"""Calls that x86-64 alone has."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def refuse_calls(libc: ctypes.CDLL) -> bool:
    """Filter this process's calls for good; whether the system took it. New privileges must have been given up before."""
    machine = MACHINES.get(platform.machine())
    if machine is None:
        return False
    code = b"".join(program(machine))
    held = _Program(len(code) // 8, code)
    return bool(libc.prctl(_PR_SET_SECCOMP, _MODE_FILTER, ctypes.byref(held), 0, 0) == 0)


def program(machine: Machine) -> Iterator[bytes]:
    """The filter's instructions; calls of another machine's interface end the process."""
    refused = [numbers[machine.column] for numbers in REFUSED.values()]
    yield from _step(_LOAD, _MACHINE)
    yield from _unless(_EQUAL, machine.audit, otherwise=_KILL)
    yield from _step(_LOAD, _NUMBER)
    if machine.column == 0:
        refused += OLD.values()
        yield from _when(_AT_LEAST, _X32, _ERRNO | errno.EPERM)
    for number in refused:
        yield from _when(_EQUAL, number, _ERRNO | errno.EPERM)
    # Its arguments stand in memory, where no filter sees them: libraries go back to clone when it is not there.
    yield from _when(_EQUAL, CLONE3[machine.column], _ERRNO | errno.ENOSYS)
    yield from _step(_EQUAL, CLONE[machine.column], 1, 0)
    yield from _step(_RETURN, _ALLOW)
    yield from _step(_LOAD, _FIRST_ARGUMENT)
    yield from _when(_ANY_BIT, _CLONE_THREAD, _ALLOW)
    yield from _step(_RETURN, _ERRNO | errno.EPERM)


def _step(code: int, value: int, jump: int = 0, otherwise: int = 0) -> Iterator[bytes]:
    yield struct.pack("<HBBI", code, jump, otherwise, value)


def _when(test: int, value: int, answer: int) -> Iterator[bytes]:
    yield from _step(test, value, 0, 1)
    yield from _step(_RETURN, answer)


def _unless(test: int, value: int, *, otherwise: int) -> Iterator[bytes]:
    yield from _step(test, value, 1, 0)
    yield from _step(_RETURN, otherwise)
