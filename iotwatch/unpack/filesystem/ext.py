"""ext2, ext3 and ext4. A file without holes is a cut of its extents; others are the step ``ext``.

Source: Linux Documentation/filesystems/ext4 (superblock, group descriptors, inodes, extents, linear directories;
the blocks of hashed directories read as linear ones). A journal that the power cut left full is replayed: its blocks are
read where the journal holds them.
"""

from __future__ import annotations

import stat
import struct
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Step
from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, device, link, path_note, safe_path, walk
from iotwatch.unpack.filesystem.ext_journal import MAGIC, Logged, Replay, replay

_ROOT_INODE = 2
_INCOMPAT_RECOVER, _INCOMPAT_64BIT = 0x4, 0x80
_FLAG_ENCRYPTED, _FLAG_EXTENTS, _FLAG_INLINE = 0x800, 0x80000, 0x10000000
_EXTENT_MAGIC = 0xF30A
_UNWRITTEN = 32768
_DEPTH = 6
_TARGET_BYTES = 4096


def claims(data: bytes) -> bool:
    return data[1080:1082] == b"\x53\xef" and len(data) >= 2048 and int.from_bytes(data[1048:1052], "little") <= 6


@dataclass(frozen=True)
class _Volume:
    data: bytes
    block: int
    inodes_per_group: int
    inode_size: int
    descriptors: int
    descriptor_size: int
    inodes: int
    size: int
    logged: dict[int, Logged] = field(default_factory=dict)
    """The blocks that the journal still has to write."""

    def at(self, number: int) -> int:
        """Where the content of a block stands."""
        found = self.logged.get(number)
        return number * self.block if found is None else found.offset

    def content(self, number: int) -> bytes:
        """A block as it will be once the journal is written."""
        raw = self.data[self.at(number) : self.at(number) + self.block]
        found = self.logged.get(number)
        return MAGIC + raw[4:] if found is not None and found.escaped else raw

    def run(self, number: int, length: int, inside: int = 0) -> bytes:
        """``length`` bytes at ``inside`` of a block, and of those behind it where the journal does not hold it."""
        if number in self.logged:
            return self.content(number)[inside : inside + length]
        start = number * self.block + inside
        return self.data[start : start + length]

    def part(self, start: int, length: int) -> bytes:
        """``length`` bytes at ``start`` of the volume, which lie in one block."""
        number, inside = divmod(start, self.block)
        return self.run(number, length, inside)

    def inode(self, number: int) -> bytes:
        """The raw inode; its table's block stands in the group's descriptor."""
        if not 0 < number <= self.inodes:
            raise UnpackError(f"inode {number} is outside the volume")
        group, index = divmod(number - 1, self.inodes_per_group)
        at = self.descriptors + group * self.descriptor_size
        descriptor = self.part(at, self.descriptor_size)
        table = int.from_bytes(descriptor[8:12], "little")
        if self.descriptor_size >= 64:
            table |= int.from_bytes(descriptor[40:44], "little") << 32
        raw = self.part(table * self.block + index * self.inode_size, self.inode_size)
        if len(raw) < 128:
            raise UnpackError(f"inode {number} is cut off")
        return raw

    def extents(self, raw: bytes, size: int) -> list[tuple[int, int, int]]:
        """``(logical block, physical block, count)`` of a file, holes and unwritten extents left out."""
        flags = int.from_bytes(raw[32:36], "little")
        most = (size + self.block - 1) // self.block
        if flags & _FLAG_EXTENTS:
            return self._parted(sorted(self._tree(raw[40:100], _DEPTH)))
        return self._parted(list(self._mapped(raw[40:100], most)))

    def _parted(self, extents: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
        """The same with each block that the journal holds in an extent of its own."""
        if not self.logged:
            return extents
        numbers, out = sorted(self.logged), []
        for logical, physical, count in extents:
            done = 0
            for number in numbers[bisect_left(numbers, physical) : bisect_left(numbers, physical + count)]:
                at = number - physical
                out += [(logical + done, physical + done, at - done)] if at > done else []
                out.append((logical + at, number, 1))
                done = at + 1
            out += [(logical + done, physical + done, count - done)] if count > done else []
        return out

    def _tree(self, node: bytes, depth: int) -> Iterator[tuple[int, int, int]]:
        magic, count, _, level = struct.unpack_from("<HHHH", node)
        if magic != _EXTENT_MAGIC or depth == 0:
            raise UnpackError("an extent tree is broken")
        for index in range(min(count, (len(node) - 12) // 12)):
            entry = node[12 + 12 * index : 24 + 12 * index]
            logical = int.from_bytes(entry[:4], "little")
            if level == 0:
                length, high, low = struct.unpack_from("<HHI", entry, 4)
                if length <= _UNWRITTEN:
                    yield logical, low | high << 32, length
            else:
                low, high = struct.unpack_from("<IH", entry, 4)
                yield from self._tree(self.content(low | high << 32), min(depth - 1, level))

    def _mapped(self, pointers: bytes, most: int) -> Iterator[tuple[int, int, int]]:
        """Twelve direct blocks, then one, two and three levels of indirect ones."""
        words = struct.unpack("<15I", pointers)
        for logical, block in enumerate(words[:12]):
            if block and logical < most:
                yield logical, block, 1
        start = 12
        for level, block in enumerate(words[12:], 1):
            if start >= most:
                return
            if block:
                yield from self._indirect(block, level, start, most)
            start += (self.block // 4) ** level

    def _indirect(self, block: int, level: int, start: int, most: int) -> Iterator[tuple[int, int, int]]:
        raw = self.content(block)
        width = (self.block // 4) ** (level - 1)
        for (pointer,) in struct.iter_unpack("<I", raw[: len(raw) // 4 * 4]):
            if start >= most:
                return
            if pointer and level == 1:
                yield start, pointer, 1
            elif pointer:
                yield from self._indirect(pointer, level - 1, start, most)
            start += width


def _open(data: bytes) -> _Volume:
    inodes, blocks = struct.unpack_from("<II", data, 1024)
    first, log = struct.unpack_from("<II", data, 1044)
    (per_group,) = struct.unpack_from("<I", data, 1064)
    (inode_size,) = struct.unpack_from("<H", data, 1112)
    (incompat,) = struct.unpack_from("<I", data, 1120)
    (size,) = struct.unpack_from("<H", data, 1278)
    revision = int.from_bytes(data[1100:1104], "little")
    block = 1024 << log
    inode_size = inode_size if revision else 128
    if not per_group or not 128 <= inode_size <= block:
        raise UnpackError("the ext superblock is broken")
    return _Volume(
        data=data,
        block=block,
        inodes_per_group=per_group,
        inode_size=inode_size,
        descriptors=(first + 1) * block,
        descriptor_size=max(32, size) if incompat & _INCOMPAT_64BIT else 32,
        inodes=inodes,
        size=blocks * block,
    )


def _size(raw: bytes) -> int:
    return int.from_bytes(raw[4:8], "little") | int.from_bytes(raw[108:112], "little") << 32


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    volume, journal = _recovered(_open(data), budget)

    def is_folder(number: int) -> bool:
        return stat.S_ISDIR(int.from_bytes(volume.inode(number)[:2], "little"))

    for path, number in walk(_ROOT_INODE, partial(_folder, volume, budget), is_folder):
        yield _entry(volume, volume.inode(number), path, budget)
    if journal is not None:
        yield journal
    yield from behind_all(data, volume.size)


def _recovered(volume: _Volume, budget: Budget) -> tuple[_Volume, Entry | None]:
    """The volume as the next mount would make it, and the journal's row; the same and none where it was unmounted."""
    if not int.from_bytes(volume.data[1120:1124], "little") & _INCOMPAT_RECOVER:
        return volume, None
    path, number = budget.unique("ext-journal"), int.from_bytes(volume.data[1248:1252], "little")
    try:
        found = _replayed(volume, number)
    except UnpackError as error:
        note = f"not replayed: {error}; the newest files may be missing or old"
        return volume, Entry(path, type="ext-journal", status="damaged", note=note)
    note = f"the power was cut: {found.transactions} of its transactions count, {len(found.blocks)} blocks"
    return replace(volume, logged=found.blocks), Entry(path, type="ext-journal", note=note)


def _replayed(volume: _Volume, number: int) -> Replay:
    if not number:
        raise UnpackError("it stands on another device")
    raw = volume.inode(number)
    places: list[int] = []
    for logical, physical, count in volume.extents(raw, _size(raw)):
        inside = max(physical + count, len(places) + count) * volume.block <= len(volume.data)
        if logical != len(places) or not inside:
            raise UnpackError("its file has a hole or ends outside the volume")
        places += range(physical * volume.block, (physical + count) * volume.block, volume.block)
    return replay(volume.data, places, volume.block)


def _folder(volume: _Volume, budget: Budget, number: int) -> Iterator[tuple[bytes, int]]:
    """``(name, inode)`` of a folder's entries but ``.`` and ``..``."""
    content = _content(volume, volume.inode(number), budget)
    at = 0
    while at + 8 <= len(content):
        inode, length, size = struct.unpack_from("<IHB", content, at)
        if length < 8:
            raise UnpackError("a folder is broken")
        name = content[at + 8 : at + 8 + size]
        at += length
        if inode and name not in (b".", b"..") and size:
            yield name, inode


def _entry(volume: _Volume, raw: bytes, name: bytes, budget: Budget) -> Entry:
    mode, flags, size = int.from_bytes(raw[:2], "little"), int.from_bytes(raw[32:36], "little"), _size(raw)
    if stat.S_ISLNK(mode):
        target = raw[40 : 40 + size] if size < 60 else _content(volume, raw, budget)[:_TARGET_BYTES]
        return link(name, target)
    if not stat.S_ISREG(mode):
        return device(name)
    path, note = budget.unique(safe_path(name)), path_note(name)
    if flags & _FLAG_ENCRYPTED:
        return Entry(path, type="file", status="encrypted", note=f"{size} bytes", size=size)
    spans = None if flags & _FLAG_INLINE else _spans(volume, raw, size)
    if spans is not None:
        return Entry(path, (Cut(spans),), note=note)
    return Entry(path, (Step("ext", path),), load=partial(_content, volume, raw, budget), note=note, size=size)


def _spans(volume: _Volume, raw: bytes, size: int) -> tuple[tuple[int, int], ...] | None:
    """The file's spans, joined where they touch; ``None`` where a hole makes it more than a cut."""
    spans: list[tuple[int, int]] = []
    reached = 0
    for logical, physical, count in volume.extents(raw, size):
        start, length = volume.at(physical), min(count * volume.block, size - reached)
        if logical * volume.block != reached or start + length > len(volume.data) or length <= 0:
            return None
        if physical in volume.logged and volume.logged[physical].escaped:
            return None
        if spans and sum(spans[-1]) == start:
            spans[-1] = (spans[-1][0], spans[-1][1] + length)
        else:
            spans.append((start, length))
        reached += length
    return tuple(spans) if reached == size else None


def _content(volume: _Volume, raw: bytes, budget: Budget) -> bytes:
    size = _size(raw)
    budget.room(size)
    if int.from_bytes(raw[32:36], "little") & _FLAG_INLINE:
        return raw[40 : 40 + min(size, 60)]
    out = bytearray(size)
    for logical, physical, count in volume.extents(raw, size):
        start = logical * volume.block
        length = min(count * volume.block, size - start)
        if length > 0:
            piece = volume.run(physical, length)
            out[start : start + len(piece)] = piece
    return bytes(out)


READER = Reader("ext", claims, entries, step=True)
