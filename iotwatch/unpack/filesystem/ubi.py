"""UBI as Linux attaches it, used or new: a volume without unmapped blocks is a cut, another is the step ``ubi``.

Source: Linux drivers/mtd/ubi (ubi-media.h, attach.c, vtbl.c). Of several copies of a logical block the one with the highest
sequence number counts, unless it is a copy that the power cut short; headers and records with a wrong checksum do not.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import NamedTuple

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Operation, Step
from iotwatch.unpack.entry import Budget, Entry, Reader, safe_path

_EC, _VID = b"UBI#", b"UBI!"
_LAYOUT_VOLUME = 0x7FFFEFFF  # from here on volumes are UBI's own: the volume table, the fastmap
_VOLUME_RECORD = struct.Struct(">IIIBBH128sB23sI")
_MOST_VOLUMES = 128
_STATIC = 2
_CUT_SHORT = "an update of the volume was cut short"


class _Block(NamedTuple):
    """A copy of a logical block: what its header says, and where its data stand as ``(offset, length)``."""

    volume: int
    number: int
    sequence: int
    static: bool
    used_blocks: int
    sound: bool
    span: tuple[int, int]


class _Volume(NamedTuple):
    """A record of the volume table."""

    name: str
    blocks: int
    updating: bool


def claims(data: bytes) -> bool:
    return data[:5] == b"UBI#\x01" and len(data) >= 2048


def _crc(data: bytes) -> int:
    """CRC-32 without its last inversion, as Linux' ``crc32(UBI_CRC32_INIT, ...)``."""
    return zlib.crc32(data) ^ 0xFFFFFFFF


def _checked(header: bytes) -> bool:
    """Both headers have 64 bytes and end with the check value of the first 60."""
    return len(header) == 64 and _crc(header[:60]) == int.from_bytes(header[60:], "big")


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


def _blocks(data: bytes) -> tuple[int, list[_Block], int]:
    """LEB size, every copy of every logical block, and how many bytes of blocks are broken."""
    size, leb, broken = _block_size(data), 0, 0
    found: list[_Block] = []
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
        one = _block(data, header, start + body, size - body)
        leb = max(leb, one.span[1])
        found.append(one)
    return leb, found, broken


def _block(data: bytes, header: bytes, start: int, room: int) -> _Block:
    """The block whose data begin at ``start`` and have ``room`` bytes; a copy's data have a check value in the header."""
    kind, copied = header[5:7]
    volume, number = struct.unpack_from(">II", header, 8)
    size, used_blocks, padding, check = struct.unpack_from(">IIII", header, 20)
    (sequence,) = struct.unpack_from(">Q", header, 40)
    there = max(0, len(data) - start)
    length = min(size if kind == _STATIC else max(0, room - padding), there)
    checked = size <= there and _crc(data[start : start + size]) == check if copied or kind == _STATIC else True
    return _Block(volume, number, sequence, kind == _STATIC, used_blocks, checked, (start, length))


def _volumes(blocks: list[_Block]) -> dict[int, dict[int, _Block]]:
    """For each volume the copy of each logical block that counts: the newest sound one, else the newest."""
    volumes: dict[int, dict[int, _Block]] = defaultdict(dict)
    for one in sorted(blocks, key=lambda block: (block.sound, block.sequence)):
        volumes[one.volume][one.number] = one
    return volumes


def _table(data: bytes, layout: Mapping[int, _Block]) -> dict[int, _Volume]:
    """The volume table, which two blocks hold alike; the first of them is written first."""
    found: dict[int, _Volume] = {}
    for _, one in sorted(layout.items(), reverse=True):
        start, length = one.span
        records = data[start : start + min(length, _MOST_VOLUMES * _VOLUME_RECORD.size)]
        for index in range(len(records) // _VOLUME_RECORD.size):
            raw = records[index * _VOLUME_RECORD.size :][: _VOLUME_RECORD.size]
            blocks, _, _, _, updating, size, name, _, _, check = _VOLUME_RECORD.unpack(raw)
            if blocks and size and _crc(raw[:-4]) == check:
                found[index] = _Volume(safe_path(name[:size]), blocks, bool(updating))
    return found


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    leb, every, broken = _blocks(data)
    volumes = _volumes(every)
    table = _table(data, volumes.get(_LAYOUT_VOLUME, {}))
    numbers = {number for number in volumes if number < _LAYOUT_VOLUME}
    if not numbers and not table:
        raise UnpackError("no UBI volume can be read")
    for number in sorted(numbers | set(table)):
        said = table.get(number)
        blocks = {at: one for at, one in volumes.get(number, {}).items() if said is None or at < said.blocks}
        path = budget.unique(said.name if said else f"volume-{number}")
        yield _entry(data, path, blocks, said, leb, budget, removed=said is None and bool(table))
    if broken:
        yield Entry("broken-blocks", type="ubi-blocks", status="damaged", note="their headers are broken", size=broken)


def _entry(
    data: bytes, path: str, blocks: dict[int, _Block], said: _Volume | None, leb: int, budget: Budget, *, removed: bool
) -> Entry:
    """The entry of one volume; one that the table does not have was removed, and its blocks are still there."""
    trouble = _trouble(blocks, said)
    status = "damaged" if trouble else "ok"
    notes = [trouble, "removed: what the flash still holds of it" if removed else ""]
    if not blocks:
        return Entry(path, type="ubi-volume", status=status, note=trouble or "empty")
    if len(blocks) == max(blocks) + 1:
        chain: tuple[Operation, ...] = (Cut(tuple(blocks[index].span for index in range(len(blocks)))),)
        return Entry(path, chain, kind="partition", status=status, note=_joined(notes))
    load = partial(_filled, data, blocks, leb, budget)
    note = _joined([*notes, "has unmapped blocks"])
    return Entry(path, (Step("ubi", path),), load=load, kind="partition", status=status, note=note)


def _joined(notes: list[str]) -> str:
    return ", ".join(note for note in notes if note)


def _trouble(blocks: Mapping[int, _Block], said: _Volume | None) -> str:
    """Why the volume is not as it was written; empty where it is. Blocks of a dynamic volume may be unmapped by right."""
    if said is not None and said.updating:
        return _CUT_SHORT
    unsound = sum(not one.sound for one in blocks.values())
    if unsound:
        return f"{unsound} of its blocks do not fit their check value"
    lost = max((one.used_blocks for one in blocks.values() if one.static), default=0) - len(blocks)
    return f"{lost} of its blocks are missing" if lost > 0 else ""


def _filled(data: bytes, blocks: Mapping[int, _Block], leb: int, budget: Budget) -> bytes:
    """The volume with 0xff where a block is not mapped, as the driver reads it."""
    budget.room((max(blocks) + 1) * leb)
    out = bytearray()
    for index in range(max(blocks) + 1):
        start, length = blocks[index].span if index in blocks else (0, 0)
        out += data[start : start + length].ljust(leb, b"\xff")
    return bytes(out)


READER = Reader("ubi", claims, entries, step=True)
