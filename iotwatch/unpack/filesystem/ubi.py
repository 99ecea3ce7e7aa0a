"""UBI: the volumes of a raw NAND image. A volume without unmapped blocks is a cut; another is the step ``ubi``.

Source: Linux drivers/mtd/ubi/ubi-media.h. Of several copies of a logical block the one with the highest sequence number
counts; headers with a wrong checksum do not.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import pairwise

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Operation, Step
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path

_EC, _VID = b"UBI#", b"UBI!"
_LAYOUT_VOLUME = 0x7FFFEFFF
_VOLUME_RECORD = 172
_MOST_VOLUMES = 128
_STATIC = 2
Span = tuple[int, int]


def claims(data: bytes) -> bool:
    return data[:5] == b"UBI#\x01" and len(data) >= 2048


def _checked(header: bytes) -> bool:
    """Both headers have 64 bytes and end with the CRC-32 of the first 60, without its last inversion."""
    return len(header) == 64 and zlib.crc32(header[:60]) ^ 0xFFFFFFFF == int.from_bytes(header[60:], "big")


def _block_size(data: bytes) -> int:
    """The most usual distance of two erase counter headers that is a multiple of 1 KiB."""
    places: list[int] = []
    at = data.find(_EC)
    while at >= 0 and len(places) < 4096:
        if at % 512 == 0 and _checked(data[at : at + 64]):
            places.append(at)
        at = data.find(_EC, at + 512)
    steps = Counter(b - a for a, b in pairwise(places) if (b - a) % 1024 == 0)
    return min(steps, key=lambda size: (-steps[size], size)) if steps else len(data)


def _volumes(data: bytes) -> tuple[int, dict[int, dict[int, tuple[int, Span, int]]], int]:
    """LEB size, for each volume its LEBs: ``(sequence number, span, volume type)``, and how many bytes of blocks are broken."""
    size, leb, broken = _block_size(data), 0, 0
    volumes: dict[int, dict[int, tuple[int, Span, int]]] = {}
    for start in range(0, len(data), size):
        block = data[start : start + size]
        counter = block[:64]
        if counter[:4] != _EC or not _checked(counter):
            broken += len(block) if block.strip(b"\xff") else 0
            continue
        vid, body = struct.unpack_from(">II", counter, 16)
        header = data[start + vid : start + vid + 64]
        if vid >= size or body >= size or header[:4] != _VID or not _checked(header):
            broken += len(block) if header.strip(b"\xff") or len(block) < size else 0
            continue
        kind = header[5]
        volume, number = struct.unpack_from(">II", header, 8)
        used, _, pad, _ = struct.unpack_from(">IIII", header, 20)
        (sequence,) = struct.unpack_from(">Q", header, 40)
        leb = max(leb, size - body - pad)
        length = min(used if kind == _STATIC else size - body - pad, max(0, len(data) - start - body))
        blocks = volumes.setdefault(volume, {})
        if number not in blocks or blocks[number][0] < sequence:
            blocks[number] = (sequence, (start + body, length), kind)
    return leb, volumes, broken


def _names(data: bytes, layout: dict[int, tuple[int, Span, int]]) -> dict[int, str]:
    """Volume names from the volume table, which two blocks hold alike."""
    names: dict[int, str] = {}
    for _, (start, length), _ in layout.values():
        table = data[start : start + length]
        for index in range(min(_MOST_VOLUMES, len(table) // _VOLUME_RECORD)):
            record = table[index * _VOLUME_RECORD : (index + 1) * _VOLUME_RECORD]
            size = int.from_bytes(record[14:16], "big")
            if int.from_bytes(record[:4], "big") and 0 < size <= 127:
                names[index] = safe_path(record[16 : 16 + size])
    return names


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    leb, volumes, broken = _volumes(data)
    layout = volumes.pop(_LAYOUT_VOLUME, {})
    names = _names(data, layout)
    if not volumes and not names:
        raise UnpackError("no UBI volume can be read")
    for number in sorted(set(volumes) | set(names)):
        path = budget.unique(names.get(number, f"volume-{number}"))
        blocks = volumes.get(number, {})
        if not blocks:
            yield Entry(path, type="ubi-volume", note="empty")
            continue
        if len(blocks) == max(blocks) + 1:
            chain: tuple[Operation, ...] = (Cut(tuple(blocks[index][1] for index in range(len(blocks)))),)
            yield Entry(path, chain, kind="partition")
        else:
            load = partial(_filled, data, blocks, leb, budget)
            yield Entry(path, (Step("ubi", path),), load=load, kind="partition", note="has unmapped blocks")
    if broken:
        yield Entry("broken-blocks", type="ubi-blocks", status="damaged", note="their headers are broken", size=broken)


def _filled(data: bytes, blocks: dict[int, tuple[int, Span, int]], leb: int, budget: Budget) -> bytes:
    """The volume with 0xff where a block is not mapped, as the driver reads it."""
    budget.room((max(blocks) + 1) * leb)
    out = bytearray()
    for index in range(max(blocks) + 1):
        _, (start, length), _ = blocks.get(index, (0, (0, 0), 0))
        out += data[start : start + length].ljust(leb, b"\xff")
    return bytes(out)


READER = Reader("ubi", claims, entries, step=True)
