"""Intel HEX, Motorola S-record, UF2 and RDA's LOD: records of bytes at addresses. A contiguous region is the step's argument.

Source: Intel Hexadecimal Object File Format Specification (1988); Motorola M68000 family reference, appendix C; Microsoft's "USB
Flashing Format (UF2)": blocks of 512 bytes, whose flag 1 says that they are not for the main flash; LOD: reference facts (files for
RDA8909 and RDA8955): lines ``@`` and an address, then a word of 32 bits a line, all in hex, and remarks behind ``#``.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from functools import partial

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.patterns import regex
from iotwatch.unpack.entry import Budget, Entry, Reader

_INTEL = regex(rb":[0-9A-Fa-f]{10,}\s")
_MOTOROLA = regex(rb"S[0-35-9][0-9A-Fa-f]{6,}\s")
_LOD = regex(rb"(?:#[ -~]{0,200}\r?\n){0,64}@[0-9A-Fa-f]{8}\r?\n[0-9A-Fa-f]{8}\r?\n")
_LOD_SAMPLE = 16384
_LOD_BLOCK = regex(rb"@([0-9A-Fa-f]{8})\r?\n((?:[0-9A-Fa-f]{8}\r?\n)*)")
_UF2_HEAD, _UF2_END = b"UF2\n\x57\x51\x5d\x9e", b"\x30\x6f\xb1\x0a"
_UF2_BLOCK, _UF2_MOST, _UF2_NOT_MAIN = 512, 476, 1
_SAMPLE = 600
_MOST_REGIONS = 256
_ADDRESS_BYTES = {1: 2, 2: 3, 3: 4}


def intel_claims(data: bytes) -> bool:
    return data.startswith(b":") and _lines_of(data, _INTEL)


def motorola_claims(data: bytes) -> bool:
    return data.startswith(b"S") and _lines_of(data, _MOTOROLA)


def uf2_claims(data: bytes) -> bool:
    return data.startswith(_UF2_HEAD) and data[508:512] == _UF2_END


def lod_claims(data: bytes) -> bool:
    return data[:1] in (b"#", b"@") and _LOD.match(data[:_LOD_SAMPLE]) is not None


def _lines_of(data: bytes, pattern: re.Pattern[bytes]) -> bool:
    lines = data[:_SAMPLE].splitlines(keepends=True)[:2]
    return len(lines) == 2 and all(pattern.fullmatch(line.rstrip() + b"\n") for line in lines)


def _intel_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """``(address, bytes)`` of each data record; the extended address records move the base."""
    base = 0
    for line in data.split(b"\n"):
        raw = _record(line, b":", 1)
        if raw is None:
            continue
        if len(raw) < 5 or len(raw) != raw[0] + 5 or sum(raw) & 0xFF:
            raise UnpackError("an Intel HEX record is broken")
        kind, body = raw[3], raw[4:-1]
        if kind == 0:
            yield base + int.from_bytes(raw[1:3], "big"), body
        elif kind == 1:
            return
        elif kind in (2, 4):
            base = int.from_bytes(body[:2], "big") << (4 if kind == 2 else 16)
    raise UnpackError("the Intel HEX file has no end record")


def _motorola_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    for line in data.split(b"\n"):
        raw = _record(line, b"S", 2)
        if raw is None:
            continue
        if len(raw) < 3 or len(raw) != raw[0] + 1 or sum(raw) & 0xFF != 0xFF:
            raise UnpackError("an S-record is broken")
        size = _ADDRESS_BYTES.get(line.strip()[1] - ord("0"))
        if size:
            yield int.from_bytes(raw[1 : 1 + size], "big"), raw[1 + size : -1]


def _uf2_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    for at in range(0, len(data), _UF2_BLOCK):
        block = data[at : at + _UF2_BLOCK]
        if not uf2_claims(block):
            raise UnpackError(f"the UF2 block at byte {at} is broken")
        flags, address, size = struct.unpack_from("<III", block, 8)
        if size > _UF2_MOST:
            raise UnpackError(f"the UF2 block at byte {at} is broken")
        if not flags & _UF2_NOT_MAIN:
            yield address, block[32 : 32 + size]


def _lod_records(data: bytes) -> Iterator[tuple[int, bytes]]:
    for block in _LOD_BLOCK.finditer(data):
        words = bytearray(bytes.fromhex(block[2].decode("ascii")))
        # A word is written with its highest byte first and stands in flash with its lowest first.
        words[0::4], words[1::4], words[2::4], words[3::4] = words[3::4], words[2::4], words[1::4], words[0::4]
        yield int(block[1], 16), bytes(words)


def _record(line: bytes, mark: bytes, skip: int) -> bytes | None:
    line = line.strip()
    return bytes.fromhex(line[skip:].decode("ascii")) if line.startswith(mark) else None


def _join(records: Iterator[tuple[int, bytes]], budget: Budget, regions: dict[int, bytearray]) -> None:
    """Records joined where one begins at the end of another, added to ``regions``; those before a broken record stay."""
    start, end, total = -1, -1, 0
    for address, body in records:
        total += len(body)
        budget.room(total)
        if address != end:
            start = address
            regions[start] = bytearray()
            if len(regions) > _MOST_REGIONS:
                raise UnpackError(f"more than {_MOST_REGIONS} regions")
        regions[start] += body
        end = address + len(body)


def _reader(
    name: str, claims: Callable[[bytes], bool], records: Callable[[bytes], Iterator[tuple[int, bytes]]]
) -> Reader:
    def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
        regions: dict[int, bytearray] = {}
        broken: UnpackError | None = None
        try:
            _join(records(data), budget, regions)
        except UnpackError as error:
            broken = error
        for address, region in regions.items():
            path = f"{address:#x}"
            yield Entry(path, (Step(name, path),), load=partial(bytes, region), kind="partition")
        if broken is not None:
            raise broken

    return Reader(name, claims, entries, step=True)


INTEL = _reader("intel-hex", intel_claims, _intel_records)
UF2 = _reader("uf2", uf2_claims, _uf2_records)
LOD = _reader("lod", lod_claims, _lod_records)
MOTOROLA = _reader("s-record", motorola_claims, _motorola_records)
