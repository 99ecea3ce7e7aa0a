"""Which functions of an ELF program use which strings: the few forms of instructions that make a string's address.

No disassembler is needed for this. An address made by one of these forms is believed only where it is exactly the beginning of a
string that is asked for, which chance does not hit; functions begin where the tables for unwinding say, which stripped programs
keep. What is made otherwise (MIPS and its table of addresses, pointers in tables) is not found.

Sources: Intel SDM volume 2 (LEA with RIP-relative operand); Arm ARM for A-profile (ADRP and ADD; LDR of a literal, ADD with PC, in
A32 and T32); Linux Standard Base 5.0, chapter 10.6 (``.eh_frame_hdr``); Exception handling ABI for the Arm architecture, section 5.
"""

from __future__ import annotations

import bisect
import struct
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from iotwatch.unpack.elf import Image, opened

if TYPE_CHECKING:
    from numpy.typing import NDArray

_X86_64, _AARCH64, _ARM = 62, 183, 40
_EH_FRAME, _EXIDX = 0x6474E550, 0x70000001
_SORTED_TABLE = b"\x01\x1b\x03\x3b"
_MOST_CODE = 64 << 20
_MOST_FUNCTIONS = 1 << 20
# How many instructions apart the two that make an address stand; compilers keep them near each other.
_APART = 12


class Use(NamedTuple):
    """One function (its first byte in the file, and its address) and the strings it uses, by their offsets in the file."""

    offset: int
    address: int
    strings: frozenset[int]


def uses(data: bytes, strings: Iterable[int]) -> tuple[Use, ...]:
    """The functions of a program that use any of the strings that begin at these offsets, in the order of their addresses.

    Nothing where the processor's forms are not known here, or where no table says where functions begin.
    """
    image = opened(data)
    if image is None:
        return ()
    wanted = {address: at for at in strings if (address := image.address(at)) is not None}
    starts = sorted(set(_functions(image)))
    if not wanted or not starts:
        return ()
    found: dict[int, set[int]] = defaultdict(set)
    asked = np.array(sorted(wanted), np.int64)
    for place, target in _made(image, asked):
        at = bisect.bisect_right(starts, place) - 1
        if at >= 0:
            found[starts[at]].add(wanted[target])
    return tuple(Use(image.offset(start) or 0, start, frozenset(found[start])) for start in sorted(found))


def _functions(image: Image) -> Iterator[int]:
    """Where functions begin, by the tables for unwinding."""
    for segment in image.headers:
        raw = image.data[segment.offset : segment.offset + segment.size]
        if segment.kind == _EH_FRAME and raw[:4] == _SORTED_TABLE and len(raw) >= 12:
            count = min(struct.unpack_from(f"{image.order}I", raw, 8)[0], (len(raw) - 12) // 8, _MOST_FUNCTIONS)
            rows = np.frombuffer(raw, f"{image.order}i4", 2 * count, 12)[::2].astype(np.int64)
            yield from (rows + segment.address).tolist()
        elif segment.kind == _EXIDX:
            count = min(len(raw) // 8, _MOST_FUNCTIONS)
            rows = np.frombuffer(raw, f"{image.order}u4", 2 * count)[::2].astype(np.int64)
            near = np.where(rows & 0x40000000, (rows & 0x7FFFFFFF) - (1 << 31), rows & 0x7FFFFFFF)
            yield from (segment.address + 8 * np.arange(count) + near).tolist()


def _made(image: Image, asked: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Where in memory an address of ``asked`` is made, and which."""
    (machine,) = struct.unpack_from(f"{image.order}H", image.data, 18)
    forms = {_X86_64: (_lea,), _AARCH64: (_adrp,), _ARM: (_literals, _arm, _thumb)}.get(machine, ())
    if image.order != "<":
        return
    for segment in image.code():
        code = image.data[segment.offset : segment.offset + min(segment.size, _MOST_CODE)]
        for form in forms:
            places, targets = form(code, segment.address)
            hits = np.isin(targets, asked)
            yield from zip(places[hits].tolist(), targets[hits].tolist(), strict=True)


def _lea(code: bytes, base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    raw = np.frombuffer(code, np.uint8)
    if len(raw) < 6:
        return _none()
    at = np.flatnonzero((raw[:-5] == 0x8D) & (raw[1:-4] & 0xC7 == 0x05)).astype(np.int64)
    shift = sum(raw[at + 2 + number].astype(np.int64) << 8 * number for number in range(4))
    return base + at, base + at + 6 + _signed(np.asarray(shift, np.int64), 32)


def _adrp(code: bytes, base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    words = np.frombuffer(code, "<u4", len(code) // 4).astype(np.int64)
    at = np.flatnonzero(words & 0x9F000000 == 0x90000000)
    page = _signed((words[at] >> 5 & 0x7FFFF) << 2 | words[at] >> 29 & 3, 21) << 12
    page += (base + 4 * at) & ~0xFFF

    def made(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        add = words[second]
        fits = (add & 0xFFC00000 == 0x91000000) & (add >> 5 & 31 == words[at[first]] & 31)
        return fits, page[first] + (add >> 10 & 0xFFF)

    return _pairs(at, len(words), 4, base, made)


def _literals(code: bytes, base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Words that are an address as they stand: behind the functions of programs that are loaded where they say."""
    words = np.frombuffer(code, "<u4", len(code) // 4).astype(np.int64)
    return base + 4 * np.arange(len(words)), words


def _arm(code: bytes, base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    words = np.frombuffer(code, "<u4", len(code) // 4).astype(np.int64)
    at = np.flatnonzero(words & 0x0FFF0000 == 0x059F0000)
    pool = at + 2 + (words[at] & 0xFFF) // 4
    at, pool = at[pool < len(words)], pool[pool < len(words)]

    def made(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        add, register = words[second], words[at[first]] >> 12 & 15
        fits = (add & 0x0FFF0FF0 == 0x008F0000) & (add & 15 == register)
        return fits, (base + 4 * second + 8 + words[pool[first]]) & 0xFFFFFFFF

    return _pairs(at, len(words), 4, base, made)


def _thumb(code: bytes, base: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    halves = np.frombuffer(code, "<u2", len(code) // 2).astype(np.int64)
    at = np.flatnonzero(halves & 0xF800 == 0x4800)
    pool = ((base + 2 * at + 4) & ~3) - base + 4 * (halves[at] & 0xFF)
    at, pool = at[pool + 4 <= len(code)], pool[pool + 4 <= len(code)] // 2

    def made(first: NDArray[np.int64], second: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        add, register = halves[second], halves[at[first]] >> 8 & 7
        fits = (add & 0xFF78 == 0x4478) & (add & 0x87 == register)
        literal = halves[pool[first]] | halves[pool[first] + 1] << 16
        return fits, (base + 2 * second + 4 + literal) & 0xFFFFFFFF

    return _pairs(at, len(halves), 2, base, made)


def _pairs(
    at: NDArray[np.int64],
    count: int,
    width: int,
    base: int,
    made: Callable[[NDArray[np.int64], NDArray[np.int64]], tuple[NDArray[np.bool_], NDArray[np.int64]]],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Addresses that two instructions make together, by where the second stands.

    ``at`` are the first ones' places; ``made`` takes indices into it and the second ones' places: which fit, and what they make.
    """
    places, targets = [], []
    for apart in range(1, _APART + 1):
        first = np.flatnonzero(at + apart < count)
        second = at[first] + apart
        fits, target = made(first, second)
        places.append(base + width * second[fits])
        targets.append(target[fits])
    return np.concatenate(places), np.concatenate(targets)


def _signed(numbers: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    half = 1 << bits - 1
    return (numbers & (half - 1)) - (numbers & half)


def _none() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return np.empty(0, np.int64), np.empty(0, np.int64)
