"""A program whose function uses what it reads beside a far end is told with the function; one that only holds both is doubted.

The programs are assembled by hand after the processors' manuals: two functions, the second of which stands apart.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.detect.images import of, scanned

BASE = 0x10000
STRINGS = (b"AT+CGSN", b"https://ingest.fleet-maker.com/v1", b"AT+QISEND=")
CODE, DATA, TABLE, NOTE = 0x200, 0x400, 0x600, 0x700
SECOND = 0x80
# Of usr/bin/gammu in Debian's package for armhf, as readelf gives it.
GAMMU = bytes.fromhex("67ff6b454dea01dd30502c256108ff25c3d2392f")


def places() -> list[int]:
    at, found = BASE + DATA, []
    for text in STRINGS:
        found.append(at)
        at += len(text) + 1
    return found


def x86_64(at: int, target: int) -> bytes:
    return b"\x48\x8d\x3d" + struct.pack("<i", target - (at + 7))


def aarch64(at: int, target: int) -> bytes:
    pages = (target >> 12) - (at >> 12)
    adrp = 0x90000000 | (pages & 3) << 29 | (pages >> 2 & 0x7FFFF) << 5
    return struct.pack("<III", adrp, 0xD503201F, 0x91000000 | (target & 0xFFF) << 10)


def arm(at: int, target: int) -> bytes:
    """LDR r0, [pc, #4]; ADD r0, pc, r0; B over the literal; the literal."""
    return struct.pack("<IIII", 0xE59F0004, 0xE08F0000, 0xEA000000, (target - (at + 4 + 8)) & 0xFFFFFFFF)


def thumb(at: int, target: int) -> bytes:
    """LDR r0, [pc, #4]; ADD r0, pc; B; NOP; the literal."""
    return struct.pack("<HHHHI", 0x4801, 0x4478, 0xE001, 0xBF00, (target - (at + 2 + 4)) & 0xFFFFFFFF)


def program(
    machine: int, code: Callable[[int, int], bytes], functions: Sequence[Sequence[int]], build_id: bytes = b""
) -> bytes:
    """An ELF file whose functions use the strings of these numbers, with its table for unwinding and its build id."""
    body = bytearray(0x800)
    for number, used in enumerate(functions):
        at = CODE + number * SECOND
        for text in used:
            made = code(BASE + at, places()[text])
            body[at : at + len(made)] = made
            at += len(made)
    body[DATA - 1 : DATA + 1 + sum(map(len, STRINGS)) + len(STRINGS)] = b"\0" + b"\0".join(STRINGS) + b"\0\0"
    starts = [BASE + CODE + number * SECOND for number in range(len(functions))]
    wide = machine in (62, 183)
    if machine == 40:
        table = b"".join(
            struct.pack("<II", (start - (BASE + TABLE + 8 * number)) & 0x7FFFFFFF, 1)
            for number, start in enumerate(starts)
        )
        kind = 0x70000001
    else:
        table = b"\x01\x1b\x03\x3b" + struct.pack("<iI", 0, len(starts))
        table += b"".join(struct.pack("<ii", start - (BASE + TABLE), 0) for start in starts)
        kind = 0x6474E550
    body[TABLE : TABLE + len(table)] = table
    note = struct.pack("<III", 4, len(build_id), 3) + b"GNU\0" + build_id
    body[NOTE : NOTE + len(note)] = note
    segments = [
        (1, 5, 0, BASE, len(body)),
        (kind, 4, TABLE, BASE + TABLE, len(table)),
        (4, 4, NOTE, BASE + NOTE, len(note)),
    ]
    if wide:
        rows = b"".join(struct.pack("<IIQQQQQQ", k, f, o, a, a, n, n, 8) for k, f, o, a, n in segments)
        head = struct.pack("<HHIQQQIHHHHHH", 3, machine, 1, 0, 64, 0, 0, 64, 56, 3, 0, 0, 0)
    else:
        rows = b"".join(struct.pack("<IIIIIIII", k, o, a, a, n, n, f, 4) for k, f, o, a, n in segments)
        head = struct.pack("<HHIIIIIHHHHHH", 3, machine, 1, 0, 52, 0, 0, 52, 32, 3, 0, 0, 0)
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9)
    body[: len(ident + head + rows)] = ident + head + rows
    return bytes(body)


FORMS = [(62, x86_64), (183, aarch64), (40, arm), (40, thumb)]


@pytest.mark.parametrize(("machine", "code"), FORMS, ids=["x86-64", "AArch64", "A32", "T32"])
def test_the_function_is_cited(machine: int, code: Callable[[int, int], bytes], tmp_path: Path) -> None:
    (tmp_path / "unit.so").write_bytes(program(machine, code, [(2,), (0, 1)]))
    found, _ = scanned([tmp_path / "unit.so"], tmp_path)
    (row,) = of(found, "program")

    assert row["facts"]["grade"] == "A"
    assert row["facts"]["functions"] == [f"{BASE + CODE + SECOND:#x}"]
    assert "the function at 0x10280 uses strings of imei and of ingest.fleet-maker.com" in row["reasons"]
    assert CODE + SECOND in [one["offset"] for one in row["evidence"]]


def test_what_stands_in_two_functions_is_doubted(tmp_path: Path) -> None:
    (tmp_path / "unit.so").write_bytes(program(62, x86_64, [(0, 2), (1,)]))
    found, _ = scanned([tmp_path / "unit.so"], tmp_path)
    (row,) = of(found, "program")

    assert "functions" not in row["facts"]
    assert any("no function was seen" in doubt for doubt in row["doubts"])


@pytest.mark.parametrize(("build_id", "grade"), [(GAMMU, "C"), (bytes(20), "A")], ids=["gammu's", "another"])
def test_a_program_of_a_distribution_is_known_by_its_build_id(build_id: bytes, grade: str, tmp_path: Path) -> None:
    image = program(62, x86_64, [(2,), (0, 1)], build_id).replace(b"AT+CGSN", b"+CGPS=1")
    (tmp_path / "unit.so").write_bytes(image)
    found, _ = scanned([tmp_path / "unit.so"], tmp_path)
    (row,) = of(found, "program")

    assert row["facts"]["grade"] == grade
    assert ("its build id is that of gammu 1.42.0-8 of Debian 12" in row["reasons"]) == (grade == "C")
