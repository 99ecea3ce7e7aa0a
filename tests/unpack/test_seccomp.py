"""The filter of system calls: its numbers are the kernel's own, and what it refuses is refused to whoever tries."""

from __future__ import annotations

import errno
import re
import struct
from pathlib import Path

import pytest

from iotwatch.unpack.seccomp import CLONE, CLONE3, MACHINES, OLD, REFUSED, program

_HEADERS = {
    "x86_64": "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "aarch64": "/usr/include/asm-generic/unistd.h",
}
_X86, _ARM = MACHINES["x86_64"], MACHINES["aarch64"]
ALLOW, KILL = 0x7FFF0000, 0x80000000


@pytest.mark.parametrize("name", MACHINES)
def test_the_numbers_are_those_of_the_kernel(name: str) -> None:
    header = Path(_HEADERS[name])
    if not header.exists():
        pytest.skip(f"the kernel's headers (linux-libc-dev) are not installed: no {header}")
    numbers = {call: int(number) for call, number in re.findall(r"#define __NR3?_?(\w+) (\d+)", header.read_text())}
    column = MACHINES[name].column
    ours = {call: both[column] for call, both in {**REFUSED, "clone": CLONE, "clone3": CLONE3}.items()}
    if column == 0:
        ours |= OLD
    known = {call: number for call, number in ours.items() if call in numbers}
    assert len(known) > 60
    assert known == {call: numbers[call] for call in known}


def answer(code: bytes, machine: int, number: int, argument: int = 0) -> int:
    """What the filter answers: classic BPF, worked through one instruction at a time."""
    data = struct.pack("<IIQQ", number, machine, 0, argument)
    held = at = 0
    while True:
        kind, jump, otherwise, value = struct.unpack_from("<HBBI", code, 8 * at)
        at += 1
        if kind == 0x06:
            return value
        if kind == 0x20:
            (held,) = struct.unpack_from("<I", data, value)
        else:
            holds = {0x15: held == value, 0x35: held >= value, 0x45: bool(held & value)}[kind]
            at += jump if holds else otherwise


@pytest.mark.parametrize(("machine", "column"), [(_X86, 0), (_ARM, 1)])
def test_what_is_named_is_refused_and_the_rest_goes_on(machine: tuple[int, int], column: int) -> None:
    code = b"".join(program(MACHINES["x86_64" if column == 0 else "aarch64"]))
    refused = {both[column] for both in REFUSED.values()} | (set(OLD.values()) if column == 0 else set())
    answers = {number: answer(code, machine[0], number) for number in range(600)}
    assert {number for number, said in answers.items() if said == 0x50000 | errno.EPERM} == refused | {CLONE[column]}
    assert {number for number, said in answers.items() if said == 0x50000 | errno.ENOSYS} == {CLONE3[column]}
    assert all(
        said == ALLOW for number, said in answers.items() if number not in refused | {CLONE[column], CLONE3[column]}
    )


def test_threads_are_made_and_processes_are_not() -> None:
    code = b"".join(program(_X86))
    assert answer(code, _X86.audit, CLONE[0], 0x3D0F00) == ALLOW  # what glibc's pthread_create asks for
    assert answer(code, _X86.audit, CLONE[0], 17) == 0x50000 | errno.EPERM


def test_other_interfaces_are_no_way_round() -> None:
    code = b"".join(program(_X86))
    assert answer(code, 0x40000003, 11) == KILL  # execve of 32-bit programs
    assert answer(code, _X86.audit, 0x40000000 + 520) == 0x50000 | errno.EPERM  # execve of x32


def test_the_filter_fits_what_the_kernel_takes() -> None:
    assert all(len(b"".join(program(machine))) // 8 <= 4096 for machine in MACHINES.values())
