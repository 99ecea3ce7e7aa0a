"""UBIFS: a file is the step ``ubifs`` with its path.

Source: Linux fs/ubifs/ubifs-media.h. All nodes with a sound checksum are gathered and the newest of each key counts
(sequence numbers only grow), so the index and the journal need no walk, and an image with a broken index still opens.
The price: a file whose removal was since erased from flash may show again.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, codec_errors, device, link, path_note, safe_path, walk

_MAGIC = b"\x31\x18\x10\x06"
_HEAD = struct.Struct("<4sIQIBB")
_INODE, _DATA, _DENTRY, _SUPERBLOCK = 0, 1, 2, 6
_ROOT = 1
_BLOCK = 4096
_NONE, _LZO, _ZLIB, _ZSTD = 0, 1, 2, 3
_LARGEST_NODE = 1 << 18
Key = TypeVar("Key", int, bytes)


def claims(data: bytes) -> bool:
    return data[:4] == _MAGIC and len(data) >= 4096 and data[20] == _SUPERBLOCK


@dataclass
class _Volume:
    """The newest nodes: inode number to node, (inode, block) to data node, (folder, name) to inode; with sequences."""

    data: bytes
    inodes: dict[int, tuple[int, int]] = field(default_factory=dict)
    blocks: dict[int, dict[int, tuple[int, int]]] = field(default_factory=dict)
    names: dict[int, dict[bytes, tuple[int, int]]] = field(default_factory=dict)

    def add(self, at: int, sequence: int, length: int, kind: int) -> None:
        number, key = struct.unpack_from("<II", self.data, at + 24)
        if kind == _INODE and length >= 160:
            _newest(self.inodes, number, sequence, at)
        elif kind == _DATA and length >= 48:
            _newest(self.blocks.setdefault(number, {}), key & 0x1FFFFFFF, sequence, at)
        elif kind == _DENTRY and length >= 56:
            (child,) = struct.unpack_from("<Q", self.data, at + 40)
            (size,) = struct.unpack_from("<H", self.data, at + 50)
            _newest(self.names.setdefault(number, {}), self.data[at + 56 : at + 56 + size], sequence, child)

    def mode(self, number: int) -> int:
        """The mode of an inode; 0 of one that is missing."""
        if number not in self.inodes:
            return 0
        (mode,) = struct.unpack_from("<I", self.data, self.inodes[number][1] + 104)
        return int(mode)


def _newest(table: dict[Key, tuple[int, int]], key: Key, sequence: int, value: int) -> None:
    if key not in table or table[key][0] <= sequence:
        table[key] = (sequence, value)


def _scan(data: bytes) -> _Volume:
    volume = _Volume(data)
    at = data.find(_MAGIC)
    while at >= 0:
        step = 8
        if at + 24 <= len(data):
            _, check, sequence, length, kind, _ = _HEAD.unpack_from(data, at)
            sound = 24 <= length <= min(_LARGEST_NODE, len(data) - at)
            if sound and zlib.crc32(data[at + 8 : at + length]) ^ 0xFFFFFFFF == check:
                volume.add(at, sequence, length, kind)
                step = (length + 7) // 8 * 8
        at = data.find(_MAGIC, at + step)
    return volume


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    volume = _scan(data)
    if _ROOT not in volume.names and _ROOT not in volume.inodes:
        raise UnpackError("no UBIFS root folder can be read")

    def folder(number: int) -> list[tuple[bytes, int]]:
        names = volume.names.get(number, {})
        return [(name, child) for name, (_, child) in names.items() if child]  # 0: the name was removed

    for path, number in walk(_ROOT, folder, lambda number: stat.S_ISDIR(volume.mode(number))):
        if number in volume.inodes:
            yield _entry(volume, number, path, budget)
        else:
            yield Entry(
                budget.unique(safe_path(path)), type="file", status="damaged", note="its inode is missing", size=1
            )


def _entry(volume: _Volume, number: int, name: bytes, budget: Budget) -> Entry:
    at, mode = volume.inodes[number][1], volume.mode(number)
    if stat.S_ISLNK(mode):
        (size,) = struct.unpack_from("<I", volume.data, at + 112)
        return link(name, volume.data[at + 160 : at + 160 + min(size, 4096)])
    if not stat.S_ISREG(mode):
        return device(name)
    path = budget.unique(safe_path(name))
    return Entry(path, (Step("ubifs", path),), load=partial(_content, volume, number, budget), note=path_note(name))


def _content(volume: _Volume, number: int, budget: Budget) -> bytes:
    (size,) = struct.unpack_from("<Q", volume.data, volume.inodes[number][1] + 48)
    budget.room(size)
    out = bytearray(size)
    for block, (_, at) in volume.blocks.get(number, {}).items():
        start = block * _BLOCK
        if start < size:
            piece = _block(volume.data, at)[: size - start]
            out[start : start + len(piece)] = piece
    return bytes(out)


def _block(data: bytes, at: int) -> bytes:
    (length,) = struct.unpack_from("<I", data, at + 16)
    size, method = struct.unpack_from("<IH", data, at + 40)
    packed = data[at + 48 : at + length]
    if size > _BLOCK:
        raise UnpackError("a UBIFS block is larger than 4 KiB")
    if method == _NONE:
        return packed
    if method == _LZO:
        from lzallright import LZOCompressor

        return bytes(LZOCompressor.decompress(packed, size))
    if method == _ZLIB:
        return zlib.decompressobj(-15).decompress(packed, _BLOCK)
    if method == _ZSTD:
        import zstandard

        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=_BLOCK)
    raise UnpackError(f"the UBIFS compression {method} is unknown")


READER = Reader("ubifs", claims, entries, broken=codec_errors, step=True)
