"""ext2, ext3 and ext4, used or new. A file without holes is a cut of its extents; others are the step ``ext``.

Source: Linux Documentation/filesystems/ext4 (linear directories; the blocks of hashed ones read as those). A journal that the
power cut left full is replayed: its blocks are read where the journal holds them. What was removed stands below ``removed-files``.
"""

from __future__ import annotations

import stat
import struct
from collections.abc import Iterator
from functools import partial

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Step
from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, device, link, path_note, safe_path, walk
from iotwatch.unpack.filesystem.ext_journal import copies, replay
from iotwatch.unpack.filesystem.ext_removed import Places, removed
from iotwatch.unpack.filesystem.ext_volume import FLAG_INLINE, Volume, content_of, open_volume, size_of

_ROOT_INODE = 2
_COMPAT_JOURNAL, _INCOMPAT_RECOVER = 0x4, 0x4
_FLAG_ENCRYPTED = 0x800
_TARGET_BYTES = 4096


def claims(data: bytes) -> bool:
    return data[1080:1082] == b"\x53\xef" and len(data) >= 2048 and int.from_bytes(data[1048:1052], "little") <= 6


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    volume, journal = _recovered(open_volume(data), budget)
    folders: dict[int, Places] = {}

    def folder(number: int) -> list[tuple[bytes, int]]:
        names = list(_folder(volume, budget, number))
        folders[number] = {child: (number, name) for name, child in names}
        return names

    def is_folder(number: int) -> bool:
        return stat.S_ISDIR(int.from_bytes(volume.inode(number)[:2], "little"))

    for path, number in walk(_ROOT_INODE, folder, is_folder):
        yield _entry(volume, volume.inode(number), path, budget)
    if journal is not None:
        yield journal
    yield from _gone(volume, folders, budget)
    yield from behind_all(data, volume.size)


def _gone(volume: Volume, folders: dict[int, Places], budget: Budget) -> Iterator[Entry]:
    try:
        held = copies(volume.data, _journal(volume), volume.block)
    except UnpackError:
        held = []  # ext2, or a journal that is broken: then what stands in the inodes is all there is
    for one in removed(volume, held, folders, budget):
        entry = _entry(volume, one.raw, b"removed-files/" + one.path, budget)
        note = "removed: its blocks are free, what stands there may be older or newer"
        yield msgspec.structs.replace(entry, note=", ".join(part for part in (entry.note, note) if part))


def _recovered(volume: Volume, budget: Budget) -> tuple[Volume, Entry | None]:
    """The volume as the next mount would make it, and the journal's row; the same and none where it was unmounted."""
    if not int.from_bytes(volume.data[1120:1124], "little") & _INCOMPAT_RECOVER:
        return volume, None
    path = budget.unique("ext-journal")
    try:
        found = replay(volume.data, _journal(volume), volume.block)
    except UnpackError as error:
        note = f"not replayed: {error}; the newest files may be missing or old"
        return volume, Entry(path, type="ext-journal", status="damaged", note=note)
    note = f"the power was cut: {found.transactions} of its transactions count, {len(found.blocks)} blocks"
    return msgspec.structs.replace(volume, logged=found.blocks), Entry(path, type="ext-journal", note=note)


def _journal(volume: Volume) -> list[int]:
    """Where each block of the journal stands; ``UnpackError`` where there is none, or it is broken."""
    number = int.from_bytes(volume.data[1248:1252], "little")
    if not int.from_bytes(volume.data[1116:1120], "little") & _COMPAT_JOURNAL:
        raise UnpackError("there is none")
    if not number:
        raise UnpackError("it stands on another device")
    raw = volume.inode(number)
    places: list[int] = []
    for logical, physical, count in volume.extents(raw, size_of(raw)):
        inside = max(physical + count, len(places) + count) * volume.block <= len(volume.data)
        if logical != len(places) or not inside:
            raise UnpackError("its file has a hole or ends outside the volume")
        places += range(physical * volume.block, (physical + count) * volume.block, volume.block)
    return places


def _folder(volume: Volume, budget: Budget, number: int) -> Iterator[tuple[bytes, int]]:
    """``(name, inode)`` of a folder's entries but ``.`` and ``..``."""
    content = content_of(volume, volume.inode(number), budget)
    at = 0
    while at + 8 <= len(content):
        inode, length, size = struct.unpack_from("<IHB", content, at)
        if length < 8:
            raise UnpackError("a folder is broken")
        name = content[at + 8 : at + 8 + size]
        at += length
        if inode and name not in (b".", b"..") and size:
            yield name, inode


def _entry(volume: Volume, raw: bytes, name: bytes, budget: Budget) -> Entry:
    mode, flags, size = int.from_bytes(raw[:2], "little"), int.from_bytes(raw[32:36], "little"), size_of(raw)
    if stat.S_ISLNK(mode):
        target = raw[40 : 40 + size] if size < 60 else content_of(volume, raw, budget)[:_TARGET_BYTES]
        return link(name, target)
    if not stat.S_ISREG(mode):
        return device(name)
    path, note = budget.unique(safe_path(name)), path_note(name)
    if flags & _FLAG_ENCRYPTED:
        return Entry(path, type="file", status="encrypted", note=f"{size} bytes", size=size)
    spans, whole = ((), False) if flags & FLAG_INLINE else _spans(volume, raw, size)
    if whole:
        return Entry(path, (Cut(spans),), note=note)
    load = partial(content_of, volume, raw, budget)
    return Entry(path, (Step("ext", path),), load=load, note=note, size=size, takes=spans)


def _spans(volume: Volume, raw: bytes, size: int) -> tuple[tuple[tuple[int, int], ...], bool]:
    """The file's spans, joined where they touch, and whether they are all of it: a hole makes it more than a cut."""
    spans: list[tuple[int, int]] = []
    reached, whole = 0, True
    for logical, physical, count in volume.extents(raw, size):
        start, length = volume.at(physical), min(count * volume.block, size - logical * volume.block)
        if start + length > len(volume.data) or length <= 0:
            whole = False
            continue
        replayed = physical in volume.logged and volume.logged[physical].escaped
        whole &= logical * volume.block == reached and not replayed
        if spans and sum(spans[-1]) == start:
            spans[-1] = (spans[-1][0], spans[-1][1] + length)
        else:
            spans.append((start, length))
        reached = logical * volume.block + length
    return tuple(spans), whole and reached == size


READER = Reader("ext", claims, entries, step=True)
