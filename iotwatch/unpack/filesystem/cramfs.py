"""cramfs, little-endian: pages of 4 KiB, each deflated; a file is the step ``cramfs``.

Source: Linux fs/cramfs/README and include/uapi/linux/cramfs_fs.h.
"""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from functools import partial

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, behind_all, device, link, path_note, safe_path

_MAGIC = b"\x45\x3d\xcd\x28"
_PAGE = 4096
_ROOT = 64
_EXTENDED_POINTERS = 0x800


def claims(data: bytes) -> bool:
    return data[:4] == _MAGIC and data[16:32] == b"Compressed ROMFS" and len(data) >= 76


def _inode(data: bytes, at: int) -> tuple[int, int, int, int]:
    """``(mode, size, name length, offset)`` of the inode at ``at``."""
    if at + 12 > len(data):
        raise UnpackError("a cramfs inode is outside the image")
    mode = int.from_bytes(data[at : at + 2], "little")
    size = int.from_bytes(data[at + 4 : at + 7], "little")
    packed = int.from_bytes(data[at + 8 : at + 12], "little")
    return mode, size, (packed & 63) * 4, (packed >> 6) * 4


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    if int.from_bytes(data[8:12], "little") & _EXTENDED_POINTERS:
        raise UnpackError("cramfs with extended block pointers has no reader")
    _, size, _, offset = _inode(data, _ROOT)
    pending, seen = [(b"", offset, size)], set[int]()
    while pending:
        prefix, at, size = pending.pop()
        if at in seen:
            continue  # folders of a sound image do not share their list; a cycle would
        seen.add(at)
        end = at + size
        while at < end:
            mode, length, name_size, offset = _inode(data, at)
            name = data[at + 12 : at + 12 + name_size].rstrip(b"\0")
            at += 12 + name_size
            path = prefix + b"/" + name if prefix else name
            if stat.S_ISDIR(mode):
                if length:
                    pending.append((path, offset, length))
            elif stat.S_ISREG(mode) or stat.S_ISLNK(mode):
                yield _entry(data, path, stat.S_ISLNK(mode), offset, length, budget)
            else:
                yield device(path)
    yield from behind_all(data, int.from_bytes(data[4:8], "little"))


def _entry(data: bytes, name: bytes, symlink: bool, offset: int, size: int, budget: Budget) -> Entry:  # noqa: FBT001
    if symlink:
        return link(name, _content(data, offset, size, budget))
    path = budget.unique(safe_path(name))
    load = partial(_content, data, offset, size, budget)
    return Entry(path, (Step("cramfs", path),), load=load, note=path_note(name), size=size)


def _content(data: bytes, offset: int, size: int, budget: Budget) -> bytes:
    """The pages behind a table of where each ends; a page that ends where it begins is a hole."""
    budget.room(size)
    pages = (size + _PAGE - 1) // _PAGE
    start = offset + 4 * pages
    out = bytearray()
    for page in range(pages):
        end = int.from_bytes(data[offset + 4 * page : offset + 4 * page + 4], "little")
        want = min(_PAGE, size - len(out))
        if not start <= end <= len(data):
            raise UnpackError("a cramfs page is outside the image")
        if end == start:
            out += bytes(want)
        else:
            out += zlib.decompressobj().decompress(data[start:end], _PAGE)[:want]
        start = end
    if len(out) != size:
        raise UnpackError(f"{len(out)} of {size} bytes can be read")
    return bytes(out)


READER = Reader("cramfs", claims, entries, step=True)
