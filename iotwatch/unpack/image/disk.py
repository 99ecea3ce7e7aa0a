"""Disk partition tables, MBR and GPT: partitions are cuts. Source: UEFI specification 2.10 chapter 5."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path, span

_SECTOR = 512
_MOST = 128


def gpt_claims(data: bytes) -> bool:
    return data[_SECTOR : _SECTOR + 8] == b"EFI PART" and len(data) >= 3 * _SECTOR


def gpt(data: bytes, budget: Budget) -> Iterator[Entry]:
    first, count, size = struct.unpack_from("<QII", data, _SECTOR + 72)
    if size < 128:
        raise UnpackError("the GPT header is broken")
    for index in range(min(count, _MOST)):
        raw = data[first * _SECTOR + index * size : first * _SECTOR + index * size + 128]
        if len(raw) < 128 or not raw[:16].strip(b"\0"):
            continue
        start, last = struct.unpack_from("<QQ", raw, 32)
        name = raw[56:128].decode("utf-16-le", "replace").split("\0", 1)[0]
        yield from _partition(data, budget.unique(safe_path(name)), start, last - start + 1)


def mbr_claims(data: bytes) -> bool:
    """The boot mark, and partitions of which at least one is there and all are sane and stand in the image in order."""
    if len(data) < 2 * _SECTOR or data[510:512] != b"\x55\xaa":
        return False
    table = [part for part in _mbr_table(data) if part[1]]
    ordered = all(a[2] + a[3] <= b[2] for a, b in pairwise(table))
    sane = all(boot in (0, 0x80) and start and size for boot, _, start, size in table)
    return bool(table) and ordered and sane and table[0][2] * _SECTOR < len(data)


def _mbr_table(data: bytes) -> list[tuple[int, int, int, int]]:
    """``(boot flag, type, first sector, sectors)`` of the four entries."""
    entries = []
    for at in range(446, 510, 16):
        start, size = struct.unpack_from("<II", data, at + 8)
        entries.append((data[at], data[at + 4], start, size))
    return entries


def mbr(data: bytes, budget: Budget) -> Iterator[Entry]:  # noqa: ARG001 - the reader contract
    for index, (_, kind, start, size) in enumerate(_mbr_table(data)):
        if kind and size:
            yield from _partition(data, f"partition-{index + 1}-type-{kind:#04x}", start, size)


def _partition(data: bytes, path: str, start: int, sectors: int) -> Iterator[Entry]:
    length = min(sectors * _SECTOR, len(data) - start * _SECTOR)
    status, note = ("ok", "") if length == sectors * _SECTOR else ("damaged", "the image ends inside, or before it")
    if length > 0:
        yield Entry(path, span(data, start * _SECTOR, length), kind="partition", status=status, note=note)
    else:
        yield Entry(path, type="partition", status=status, note=note)


GPT = Reader("gpt", gpt_claims, gpt)
MBR = Reader("mbr", mbr_claims, mbr)
