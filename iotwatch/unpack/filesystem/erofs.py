"""erofs. Plain and inline files are cuts, files in LZ4 the step ``erofs``; others have no reader here and say so.

Source: Linux fs/erofs/erofs_fs.h and Documentation/filesystems/erofs.rst.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from functools import partial

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Step
from iotwatch.unpack.entry import (
    Budget,
    Entry,
    Reader,
    behind_all,
    codec_errors,
    device,
    link,
    path_note,
    safe_path,
    walk,
)
from iotwatch.unpack.filesystem import erofs_lz4

_PLAIN, _INLINE = 0, 2
_CHUNKS = 4
_DIRENT = struct.Struct("<QHBx")


def claims(data: bytes) -> bool:
    return data[1024:1028] == b"\xe2\xe1\xf5\xe0" and len(data) >= 1152 and 9 <= data[1036] <= 16


class _Inode(msgspec.Struct, frozen=True):
    mode: int
    size: int
    layout: int
    spans: tuple[tuple[int, int], ...]
    tail: int


class _Volume(msgspec.Struct, frozen=True):
    data: bytes
    block: int
    meta: int

    def inode(self, number: int) -> _Inode:
        at = self.meta + number * 32
        if at + 32 > len(self.data):
            raise UnpackError(f"inode {number} is outside the image")
        form, attributes, mode = struct.unpack_from("<HHH", self.data, at)
        wide, layout = form & 1, form >> 1 & 7
        (size,) = struct.unpack_from("<Q" if wide else "<I", self.data, at + 8)
        (first,) = struct.unpack_from("<I", self.data, at + 16)
        tail = at + (64 if wide else 32) + (12 + 4 * (attributes - 1) if attributes else 0)
        return _Inode(mode, size, layout, self._spans(layout, size, first, tail), tail)

    def _spans(self, layout: int, size: int, first: int, tail: int) -> tuple[tuple[int, int], ...]:
        """Whole blocks from ``first``, and for inline files the rest behind the inode."""
        if layout == _PLAIN:
            return ((first * self.block, size),) if size else ()
        if layout == _INLINE:
            whole = size // self.block * self.block
            return tuple(span for span in ((first * self.block, whole), (tail, size - whole)) if span[1])
        return ()

    def read(self, inode: _Inode, most: int) -> bytes:
        if inode.size > most:
            raise UnpackError("an erofs folder or link is too large")
        return b"".join(self.data[start : start + length] for start, length in inode.spans)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    block = 1 << data[1036]
    root, meta = int.from_bytes(data[1038:1040], "little"), int.from_bytes(data[1064:1068], "little")
    volume = _Volume(data, block, meta * block)

    def is_folder(number: int) -> bool:
        return stat.S_ISDIR(volume.inode(number).mode)

    for path, number in walk(root, partial(_folder, volume), is_folder):
        yield _entry(volume, volume.inode(number), path, budget)
    yield from behind_all(data, int.from_bytes(data[1060:1064], "little") * block)


def _entry(volume: _Volume, inode: _Inode, name: bytes, budget: Budget) -> Entry:
    if stat.S_ISLNK(inode.mode):
        return link(name, volume.read(inode, 4096))
    if not stat.S_ISREG(inode.mode):
        return device(name)
    path = budget.unique(safe_path(name))
    if inode.layout in (erofs_lz4.FULL, erofs_lz4.COMPACT):
        return _compressed(volume, inode, path, budget)
    if inode.layout >= _CHUNKS:
        return Entry(path, type="file", status="no-reader", note=f"{inode.size} bytes in chunks", size=inode.size)
    if any(sum(span) > len(volume.data) for span in inode.spans):
        return Entry(path, type="file", status="damaged", note="its blocks are outside the image", size=inode.size)
    return Entry(path, (Cut(inode.spans),), note=path_note(name))


def _compressed(volume: _Volume, inode: _Inode, path: str, budget: Budget) -> Entry:
    found = erofs_lz4.clusters(volume.data, inode.layout, inode.size, inode.tail, volume.block)
    if found.reason:
        return Entry(
            path,
            type="file",
            status="no-reader",
            note=f"{inode.size} bytes compressed: {found.reason}",
            size=inode.size,
        )

    def load() -> bytes:
        budget.room(inode.size)
        return found.read()

    return Entry(path, (Step("erofs", path),), load=load, size=inode.size)


def _folder(volume: _Volume, number: int) -> Iterator[tuple[bytes, int]]:
    """``(name, inode number)`` of a folder's entries: each block holds a table, then the names."""
    content = volume.read(volume.inode(number), 64 << 20)
    for start in range(0, len(content), volume.block):
        block = content[start : start + volume.block]
        if len(block) < _DIRENT.size:
            return
        count = _DIRENT.unpack_from(block)[1] // _DIRENT.size
        table = [_DIRENT.unpack_from(block, index * _DIRENT.size) for index in range(count)]
        ends = [offset for _, offset, _ in table[1:]] + [len(block)]
        for (child, offset, _), end in zip(table, ends, strict=True):
            name = block[offset:end].rstrip(b"\0")
            if name not in (b".", b"..", b""):
                yield name, child


READER = Reader("erofs", claims, entries, broken=codec_errors, step=True)
