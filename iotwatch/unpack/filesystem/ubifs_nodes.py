"""The nodes of UBIFS, and which of them count: those that its index names, and behind them its journal, as the next mount has them.

Source: Linux fs/ubifs (ubifs-media.h, tnc.c, log.c, replay.c, recovery.c). An old node stays on the flash until its block is
erased, so a node that is there need not count: the index of the last commit says which do, and the blocks that the log names
since (buds) hold what is newer.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from iotwatch.errors import UnpackError

MAGIC = b"\x31\x18\x10\x06"
BLOCK = 4096
INODE, DATA, NAME, TRUNCATION, SUPERBLOCK, MASTER, REFERENCE, INDEX, COMMIT = 0, 1, 2, 4, 6, 7, 8, 9, 10
_HEAD = struct.Struct("<4sIQIBB2x")
_LEAST = {
    INODE: 160,
    DATA: 48,
    NAME: 56,
    TRUNCATION: 56,
    SUPERBLOCK: 60,
    MASTER: 60,
    REFERENCE: 36,
    INDEX: 28,
    COMMIT: 32,
}
_LARGEST = 1 << 18
_MASTER_BLOCKS, _FIRST_LOG = (1, 2), 3
_BRANCH = 20
_DEPTH = 64


class Node(NamedTuple):
    """Where a sound node stands, its sequence number, length and kind."""

    at: int
    sequence: int
    length: int
    kind: int


def node(data: bytes, at: int) -> Node | None:
    """The node at ``at``; ``None`` where none stands whose check value is right."""
    if not 0 <= at <= len(data) - _HEAD.size:
        return None
    magic, check, sequence, length, kind, _ = _HEAD.unpack_from(data, at)
    if magic != MAGIC or not _LEAST.get(kind, _HEAD.size) <= length <= min(_LARGEST, len(data) - at):
        return None
    if zlib.crc32(data[at + 8 : at + length]) ^ 0xFFFFFFFF != check:
        return None
    return Node(at, sequence, length, kind)


def nodes(data: bytes, start: int, end: int) -> Iterator[Node]:
    """Every sound node that begins in a range."""
    at = data.find(MAGIC, start, end)
    while at >= 0:
        found = node(data, at)
        if found is not None:
            yield found
        at = data.find(MAGIC, at + ((found.length + 7) // 8 * 8 if found else 8), end)


class Volume(msgspec.Struct):
    """Where the nodes stand that count: of an inode, of its blocks, and the inode of each name in a folder.

    ``ends`` is how far an inode was written since its node was, ``lost`` the keys of those of its nodes that the index names
    and that are not there.
    """

    data: bytes
    inodes: dict[int, int] = msgspec.field(default_factory=dict)
    blocks: dict[int, dict[int, int]] = msgspec.field(default_factory=dict)
    names: dict[int, dict[bytes, int]] = msgspec.field(default_factory=dict)
    ends: dict[int, int] = msgspec.field(default_factory=dict)
    lost: dict[int, set[int]] = msgspec.field(default_factory=dict)

    def apply(self, some: Iterable[Node]) -> None:
        """Take what nodes say, in their order (``replay.c``, ``apply_replay_entry``)."""
        for one in some:
            number, key = struct.unpack_from("<II", self.data, one.at + 24)
            if number in self.lost:
                self.lost[number].discard(key)
            if one.kind == INODE:
                self._inode(number, one.at)
            elif one.kind == DATA:
                self._block(number, key & 0x1FFFFFFF, one.at)
            elif one.kind == NAME:
                self._name(number, one.at)
            elif one.kind == TRUNCATION:
                self._cut(number, *struct.unpack_from("<Q", self.data, one.at + 48))

    def _inode(self, number: int, at: int) -> None:
        (links,) = struct.unpack_from("<I", self.data, at + 92)
        self.ends.pop(number, None)
        if links:
            self.inodes[number] = at
            return
        for table in (self.inodes, self.blocks, self.names, self.lost):
            table.pop(number, None)

    def _block(self, number: int, block: int, at: int) -> None:
        self.blocks.setdefault(number, {})[block] = at
        (size,) = struct.unpack_from("<I", self.data, at + 40)
        self.ends[number] = max(self.ends.get(number, 0), block * BLOCK + size)

    def _name(self, folder: int, at: int) -> None:
        name, child = named(self.data, at)
        if child:
            self.names.setdefault(folder, {})[name] = child
        else:
            self.names.get(folder, {}).pop(name, None)

    def _cut(self, number: int, size: int) -> None:
        blocks = self.blocks.get(number, {})
        for block in [one for one in blocks if one * BLOCK >= size]:
            del blocks[block]
        if number in self.lost:
            self.lost[number] = {
                key for key in self.lost[number] if key >> 29 != DATA or (key & 0x1FFFFFFF) * BLOCK < size
            }
        if number in self.ends:
            self.ends[number] = size

    def mode(self, number: int) -> int:
        """The mode of an inode; 0 of one that is missing."""
        return int.from_bytes(self.data[self.inodes[number] + 104 :][:4], "little") if number in self.inodes else 0

    def size(self, number: int) -> int:
        """Bytes of a file; what was written behind its last inode node may have made it longer (``recovery.c``)."""
        at = self.inodes[number]
        return max(int.from_bytes(self.data[at + 48 : at + 56], "little"), self.ends.get(number, 0))


def named(data: bytes, at: int) -> tuple[bytes, int]:
    """Name and inode of a name's node; the inode is 0 where the name was removed."""
    child, size = struct.unpack_from("<QxxH", data, at + 40)
    return data[at + 56 : at + 56 + size], child


def everything(data: bytes) -> list[Node]:
    """All nodes on the flash, from the oldest."""
    return sorted(nodes(data, 0, len(data)), key=lambda one: (one.sequence, one.at))


def mounted(data: bytes) -> Volume:
    """The volume as the next mount has it; ``UnpackError`` where its superblock, master, log or index cannot be read."""
    head = node(data, 0)
    if head is None or head.kind != SUPERBLOCK:
        raise UnpackError("its superblock is broken")
    size, _, _, _, logs = struct.unpack_from("<IIIQI", data, 36)
    if not BLOCK <= size <= len(data):
        raise UnpackError("its superblock does not fit it")
    masters = [one for block in _MASTER_BLOCKS for one in _of(data, block, size) if one.kind == MASTER]
    if not masters:
        raise UnpackError("its master nodes are broken")
    master = max(masters, key=lambda one: one.sequence)
    (commit,) = struct.unpack_from("<Q", data, master.at + 32)
    root = struct.unpack_from("<II", data, master.at + 48)
    volume = Volume(data)
    volume.apply(_leaves(volume, root[0] * size + root[1], size))
    volume.ends.clear()
    volume.apply(_journal(data, size, range(_FIRST_LOG, _FIRST_LOG + min(logs, len(data) // size)), commit))
    return volume


def _of(data: bytes, block: int, size: int) -> Iterator[Node]:
    """The nodes of a logical block."""
    return nodes(data, block * size, (block + 1) * size)


def _leaves(volume: Volume, root: int, size: int) -> Iterator[Node]:
    """The nodes that the index names; the keys of those that are not there are kept."""
    pending, seen = [(root, _DEPTH)], set[int]()
    while pending:
        at, above = pending.pop()
        found = node(volume.data, at)
        if found is None or found.kind != INDEX or at in seen:
            raise UnpackError("its index is broken")
        seen.add(at)
        count, level = struct.unpack_from("<HH", volume.data, at + 24)
        # Branches are longer where the volume is authenticated: a hash stands behind each.
        width = (found.length - 28) // max(count, 1)
        if width < _BRANCH or level >= above:
            raise UnpackError("its index is broken")
        for index in range(count):
            block, offset, _, number, key = struct.unpack_from("<5I", volume.data, at + 28 + index * width)
            if level:
                pending.append((block * size + offset, level))
            elif (leaf := node(volume.data, block * size + offset)) is not None:
                yield leaf
            else:
                volume.lost.setdefault(number, set()).add(key)


def _journal(data: bytes, size: int, log: range, commit: int) -> list[Node]:
    """What was written since the commit: the nodes of the blocks that the log names behind its commit start."""
    told = [one for block in log for one in _of(data, block, size)]
    starts = [
        one.sequence for one in told if one.kind == COMMIT and struct.unpack_from("<Q", data, one.at + 24)[0] == commit
    ]
    if not starts:
        raise UnpackError("its log does not have its last commit")
    buds: dict[int, int] = {}
    for one in told:
        if one.kind == REFERENCE and one.sequence > max(starts):
            block, offset = struct.unpack_from("<II", data, one.at + 24)
            buds[block] = min(buds.get(block, offset), offset)
    found = (one for block, offset in buds.items() for one in nodes(data, block * size + offset, (block + 1) * size))
    return sorted(found, key=lambda one: one.sequence)
