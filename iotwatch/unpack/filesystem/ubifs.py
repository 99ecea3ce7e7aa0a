"""UBIFS as Linux mounts it, used or new: what its index and its journal name. A file is the step ``ubifs`` with its path.

Source: Linux fs/ubifs/ubifs-media.h. What was removed and is still on the flash stands below ``removed-files``. Where the index
cannot be read the newest node of each name and block counts: then what was removed may show again, and a row says so.
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from functools import partial

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, codec_errors, device, link, path_note, safe_path, walk
from iotwatch.unpack.filesystem.ubifs_nodes import (
    BLOCK,
    INODE,
    MAGIC,
    NAME,
    SUPERBLOCK,
    Volume,
    everything,
    mounted,
    named,
)  # fmt: skip

_ROOT = 1
_NONE, _LZO, _ZLIB, _ZSTD = 0, 1, 2, 3
_DEPTH = 100
_REMOVED = b"removed-files/"


def claims(data: bytes) -> bool:
    return data[:4] == MAGIC and len(data) >= 4096 and data[20] == SUPERBLOCK


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    broken = ""
    try:
        volume = mounted(data)
    except UnpackError as error:
        volume, broken = Volume(data), str(error)
        volume.apply(everything(data))
    if _ROOT not in volume.names and _ROOT not in volume.inodes:
        raise UnpackError("no UBIFS root folder can be read")

    def folder(number: int) -> list[tuple[bytes, int]]:
        return list(volume.names.get(number, {}).items())

    for path, number in walk(_ROOT, folder, lambda number: stat.S_ISDIR(volume.mode(number))):
        if number in volume.inodes:
            yield _entry(volume, number, path, budget)
        else:
            yield Entry(
                budget.unique(safe_path(path)), type="file", status="damaged", note="its inode is missing", size=1
            )
    names = sum(key >> 29 == NAME for keys in volume.lost.values() for key in keys)
    if names:
        note = f"{names} names that the index has are broken: their files are missing here"
        yield Entry(budget.unique("broken-names"), type="ubifs-nodes", status="damaged", note=note, size=names)
    if broken:
        note = f"{broken}: by its nodes alone, what was removed may show again"
        yield Entry(budget.unique("ubifs-index"), type="ubifs-index", status="damaged", note=note)
    yield from _removed(volume, budget)


def _removed(volume: Volume, budget: Budget) -> Iterator[Entry]:
    """What the flash still holds of files that are gone: their last nodes, as long as no block of theirs was erased."""
    data, before = volume.data, Volume(volume.data)
    places: dict[int, tuple[int, bytes]] = {}
    for one in everything(data):
        if one.kind == NAME:
            name, child = named(data, one.at)
            places |= {child: (int.from_bytes(data[one.at + 24 : one.at + 28], "little"), name)} if child else {}
        elif one.kind != INODE or int.from_bytes(data[one.at + 92 : one.at + 96], "little"):
            before.apply((one,))
    for number in sorted(before.inodes.keys() & places.keys() - volume.inodes.keys()):
        if stat.S_ISREG(before.mode(number)):
            parts, parent = [places[number][1]], places[number][0]
            while parent in places and len(parts) < _DEPTH:
                parts.append(places[parent][1])
                parent = places[parent][0]
            path = _REMOVED + b"/".join(part.replace(b"/", b"\\x2f") for part in reversed(parts))
            yield _entry(before, number, path, budget, removed=True)


def _entry(volume: Volume, number: int, name: bytes, budget: Budget, *, removed: bool = False) -> Entry:
    at, mode = volume.inodes[number], volume.mode(number)
    if stat.S_ISLNK(mode):
        (size,) = struct.unpack_from("<I", volume.data, at + 112)
        return link(name, volume.data[at + 160 : at + 160 + min(size, 4096)])
    if not stat.S_ISREG(mode):
        return device(name)
    path, lost = budget.unique(safe_path(name)), len(volume.lost.get(number, ()))
    notes = [path_note(name), "removed: what the flash still holds of it" if removed else ""]
    notes.append(f"{lost} of its nodes are broken: zeros stand in their place" if lost else "")
    note, status = ", ".join(part for part in notes if part), "damaged" if lost else "ok"
    return Entry(path, (Step("ubifs", path),), load=partial(_content, volume, number, budget), note=note, status=status)


def _content(volume: Volume, number: int, budget: Budget) -> bytes:
    size = volume.size(number)
    budget.room(size)
    out = bytearray(size)
    for block, at in volume.blocks.get(number, {}).items():
        start = block * BLOCK
        if start < size:
            piece = _block(volume.data, at)[: size - start]
            out[start : start + len(piece)] = piece
    return bytes(out)


def _block(data: bytes, at: int) -> bytes:
    (length,) = struct.unpack_from("<I", data, at + 16)
    size, method = struct.unpack_from("<IH", data, at + 40)
    packed = data[at + 48 : at + length]
    if size > BLOCK:
        raise UnpackError("a UBIFS block is larger than 4 KiB")
    if method == _NONE:
        return packed
    if method == _LZO:
        from lzallright import LZOCompressor

        return bytes(LZOCompressor.decompress(packed, size))
    if method == _ZLIB:
        return zlib.decompressobj(-15).decompress(packed, BLOCK)
    if method == _ZSTD:
        import zstandard

        return zstandard.ZstdDecompressor().decompress(packed, max_output_size=BLOCK)
    raise UnpackError(f"the UBIFS compression {method} is unknown")


READER = Reader("ubifs", claims, entries, broken=codec_errors, step=True)
