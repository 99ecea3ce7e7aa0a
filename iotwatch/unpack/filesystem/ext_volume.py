"""The inodes, extents and blocks of ext2, ext3 and ext4, as they will be once the journal is written.

Source: Linux Documentation/filesystems/ext4 (superblock, group descriptors, inodes, extents, block maps).
"""

from __future__ import annotations

import struct
from bisect import bisect_left
from collections.abc import Iterator

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget
from iotwatch.unpack.filesystem.ext_journal import MAGIC, Logged

_INCOMPAT_64BIT = 0x80
_FLAG_EXTENTS, FLAG_INLINE = 0x80000, 0x10000000
_EXTENT_MAGIC = 0xF30A
_UNWRITTEN = 32768
_DEPTH = 6
_BITMAP, _TABLE = 0, 8
_BLOCKS_UNUSED = 2


class Volume(msgspec.Struct, frozen=True):
    """Geometry as the superblock has it; ``descriptors`` is the offset of the group descriptors, ``size`` in bytes."""

    data: bytes
    block: int
    inodes_per_group: int
    inode_size: int
    descriptors: int
    descriptor_size: int
    inodes: int
    size: int
    logged: dict[int, Logged] = msgspec.field(default_factory=dict)
    """The blocks that the journal still has to write."""

    def at(self, number: int) -> int:
        """Where the content of a block stands."""
        found = self.logged.get(number)
        return number * self.block if found is None else found.offset

    def content(self, number: int) -> bytes:
        """A block as it will be once the journal is written."""
        found = self.logged.get(number)
        return self.logged_content(found or Logged(number * self.block, escaped=False))

    def logged_content(self, found: Logged) -> bytes:
        """A block of the journal as it stands in its place."""
        raw = self.data[found.offset : found.offset + self.block]
        return MAGIC + raw[4:] if found.escaped else raw

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
        raw = self.part(self._described(group, _TABLE) * self.block + index * self.inode_size, self.inode_size)
        if len(raw) < 128:
            raise UnpackError(f"inode {number} is cut off")
        return raw

    def _described(self, group: int, at: int) -> int:
        """The block that stands at ``at`` in a group's descriptor; its upper half is 32 bytes behind, where it is so long."""
        start = self.descriptors + group * self.descriptor_size
        number = int.from_bytes(self.part(start + at, 4), "little")
        return number | (
            int.from_bytes(self.part(start + at + 32, 4), "little") << 32 if self.descriptor_size >= 64 else 0
        )

    def tables(self) -> dict[int, int]:
        """Block -> the first inode in it, of all inode tables."""
        each = self.block // self.inode_size
        found: dict[int, int] = {}
        there = self.inodes_there()
        for first in range(0, there, self.inodes_per_group):
            table = self._described(first // self.inodes_per_group, _TABLE)
            count = min(self.inodes_per_group, there - first)
            found |= {table + index // each: first + index + 1 for index in range(0, count, each)}
        return found

    def inodes_there(self) -> int:
        """How many inodes, from the first, have their tables in the bytes that there are."""
        for first in range(0, self.inodes, self.inodes_per_group):
            table = self._described(first // self.inodes_per_group, _TABLE)
            count = min(self.inodes_per_group, self.inodes - first)
            if not table or table * self.block + count * self.inode_size > len(self.data):
                return first
        return self.inodes

    def is_used(self, number: int) -> bool:
        """Whether a block is somebody's, or is none of the volume; of a group that was never used no block is."""
        first, per_group = (int.from_bytes(self.data[at : at + 4], "little") for at in (1044, 1056))
        if not first <= number < self.size // self.block or not per_group:
            return True
        group, bit = divmod(number - first, per_group)
        flags = self.part(self.descriptors + group * self.descriptor_size + 18, 2)
        if int.from_bytes(flags, "little") & _BLOCKS_UNUSED:
            return False
        byte = self.part(self._described(group, _BITMAP) * self.block + bit // 8, 1)
        return not byte or bool(byte[0] >> bit % 8 & 1)

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


def open_volume(data: bytes) -> Volume:
    """The volume whose superblock stands at 1024; ``UnpackError`` where it is broken."""
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
    return Volume(
        data=data,
        block=block,
        inodes_per_group=per_group,
        inode_size=inode_size,
        descriptors=(first + 1) * block,
        descriptor_size=max(32, size) if incompat & _INCOMPAT_64BIT else 32,
        inodes=inodes,
        size=blocks * block,
    )


def size_of(raw: bytes) -> int:
    """Bytes of a file, by its raw inode."""
    return int.from_bytes(raw[4:8], "little") | int.from_bytes(raw[108:112], "little") << 32


def content_of(volume: Volume, raw: bytes, budget: Budget) -> bytes:
    """A file's bytes, by its raw inode; zeros where it has holes."""
    size = size_of(raw)
    budget.room(size)
    if int.from_bytes(raw[32:36], "little") & FLAG_INLINE:
        return raw[40 : 40 + min(size, 60)]
    out = bytearray(size)
    for logical, physical, count in volume.extents(raw, size):
        start = logical * volume.block
        length = min(count * volume.block, size - start)
        if length > 0:
            piece = volume.run(physical, length)
            out[start : start + len(piece)] = piece
    return bytes(out)
