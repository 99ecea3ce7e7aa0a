"""Files that were removed from ext2, ext3 or ext4 and whose blocks are all still free: name and extents of before.

Source: Linux fs/ext4 (inode.c and namei.c: an inode that is freed keeps its generation and loses its extents, a name loses its
entry); its old state stands in the journal until that has gone round, a name also between those of its folder.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget
from iotwatch.unpack.filesystem.ext_journal import Copy
from iotwatch.unpack.filesystem.ext_volume import FLAG_INLINE, Volume, content_of, size_of

_FIRST_INODE = 11
_DEPTH = 100
_MOST_COPIES = 2048  # of folders in the journal whose names are looked at, the newest ones
_ENTRY = struct.Struct("<IHBB")
_KINDS = range(1, 8)
Places = dict[int, tuple[int, bytes]]


class Removed(NamedTuple):
    """A path below the root, as far as it is known, and the inode as it was before."""

    path: bytes
    raw: bytes


def removed(volume: Volume, copies: Sequence[Copy], folders: Mapping[int, Places], budget: Budget) -> Iterator[Removed]:
    """What can be told of removed files; ``copies`` are the blocks in the journal, oldest first, ``folders`` the names in each."""
    numbers = range(_FIRST_INODE, volume.inodes_there() + 1)
    gone = {number: raw for number in numbers if _is_freed(raw := volume.inode(number))}
    before = {number: raw for number, raw in _before(volume, copies, gone).items() if _is_whole(volume, raw)}
    if not before:
        return
    places = {child: place for names in folders.values() for child, place in names.items()}
    for parent, name, child in _old_names(volume, copies, folders, budget):
        places.setdefault(child, (parent, name))
    for number, raw in sorted(before.items()):
        yield Removed(_path(places, number), raw)


def _is_freed(raw: bytes) -> bool:
    """Of a regular file, with a time of deletion and no name."""
    return raw[20:24] != bytes(4) and raw[26:28] == bytes(2) and stat.S_ISREG(int.from_bytes(raw[:2], "little"))


def _before(volume: Volume, copies: Sequence[Copy], gone: Mapping[int, bytes]) -> dict[int, bytes]:
    """The newest state of each freed inode in which it was a file: by the journal, or (ext2) as it stands."""
    found = {number: raw for number, raw in gone.items() if size_of(raw) and raw[40:100] != bytes(60)}
    tables = volume.tables()
    each = volume.block // volume.inode_size
    for copy in copies:
        first = tables.get(copy.block)
        if first is None:
            continue
        content = volume.logged_content(copy.logged)
        for index in range(each):
            raw = content[index * volume.inode_size : (index + 1) * volume.inode_size]
            now = gone.get(first + index)
            # The generation is another for every file that the inode was.
            if now is not None and raw[100:104] == now[100:104] and raw[26:28] != bytes(2) and raw[:2] == now[:2]:
                found[first + index] = raw
    return found


def _is_whole(volume: Volume, raw: bytes) -> bool:
    """Whether the file has bytes, and every block of it is there and nobody's."""
    size = size_of(raw)
    if int.from_bytes(raw[32:36], "little") & FLAG_INLINE:
        return size > 0
    try:
        extents = volume.extents(raw, size)
        return bool(extents and size) and not any(
            volume.is_used(number) for _, first, count in extents for number in range(first, first + count)
        )
    except UnpackError:
        return False


def _old_names(
    volume: Volume, copies: Sequence[Copy], folders: Mapping[int, Places], budget: Budget
) -> Iterator[tuple[int, bytes, int]]:
    """``(folder, name, inode)`` of what stands between the names of folders, and in the journal's copies of them."""
    blocks: dict[int, int] = {}
    for folder in folders:
        raw = volume.inode(folder)
        size = size_of(raw)
        for logical, first, count in volume.extents(raw, size):
            count = min(count, size // volume.block - logical)
            blocks |= dict.fromkeys(range(first, first + count), folder)
    looked = 0
    for copy in reversed(copies):
        content = volume.logged_content(copy.logged)
        itself = int.from_bytes(content[:4], "little") if content[6:9] == b"\x01\x02." else 0
        owner = itself or blocks.get(copy.block, 0)
        if owner and looked < _MOST_COPIES:
            looked += 1
            yield from ((owner, name, child) for name, child in _names(content))
    for folder in folders:
        content = content_of(volume, volume.inode(folder), budget)
        yield from ((folder, name, child) for name, child in _names(content))


def _names(block: bytes) -> Iterator[tuple[bytes, int]]:
    """Whatever has the form of a folder's entry, used or not; entries begin at multiples of four."""
    for at in range(0, len(block) - 8, 4):
        inode, length, size, kind = _ENTRY.unpack_from(block, at)
        name = block[at + 8 : at + 8 + size]
        formed = inode and length >= 8 + size and length % 4 == 0 and kind in _KINDS and 0 < size == len(name)
        if formed and not {0, 0x2F} & set(name) and name not in (b".", b".."):
            yield name, inode


def _path(places: Mapping[int, tuple[int, bytes]], number: int) -> bytes:
    """The path from the root, as far up as names are known; the walk upwards ends after 100 folders."""
    parts: list[bytes] = []
    while number in places and len(parts) < _DEPTH:
        number, name = places[number]
        parts.append(name)
    return b"/".join(reversed(parts)) or f"inode-{number}".encode()
