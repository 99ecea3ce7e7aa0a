"""JFFS2 through jefferson's node scan, in memory. A file is the step ``jffs2`` with its path.

jefferson's own extraction writes files; only ``scan_fs`` is used, and the tree is put together here.
Source for the tree: Linux include/uapi/linux/jffs2.h (root is inode 1, a name with inode 0 was removed).
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, codec_errors, device, link, path_note, safe_path

_LITTLE, _BIG = b"\x85\x19", b"\x19\x85"
_OLD = (b"\x84\x19", b"\x19\x84")
_NODE_TYPES = (0xE001, 0xE002, 0x2003, 0x2004, 0x2006, 0xE008, 0xE009)
_ACCURATE, _DIRENT, _INODE = 0x2000, 0xE001, 0xE002
# How long the headers are that end in two check values.
_CHECKED = {_DIRENT: 40, _INODE: 68}
_ROOT = 1
_DEPTH = 100


def claims(data: bytes) -> bool:
    if len(data) < 64 or data[:2] not in (_LITTLE, _BIG):
        return False
    order = "little" if data[:2] == _LITTLE else "big"
    return int.from_bytes(data[2:4], order) in _NODE_TYPES  # type: ignore[arg-type]


class _Flash:
    """The image for ``scan_fs``, which after every node searches a magic that most images never have."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._absent = {magic for magic in _OLD if magic not in data}

    def find(self, magic: bytes, start: int, end: int) -> int:
        return -1 if magic in self._absent else self._data.find(magic, start, end)

    def __getitem__(self, where: slice) -> bytes:
        return self._data[where]

    def __len__(self) -> int:
        return len(self._data)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    from jefferson import jffs2

    order = "<" if data[:2] == _LITTLE else ">"
    jffs2.set_endianness(order)
    nodes = jffs2.scan_fs(_Flash(data), order)
    inodes: dict[int, list[Any]] = nodes[jffs2.JFFS2_NODETYPE_INODE]
    names: dict[int, Any] = {int(k): v for k, v in nodes[jffs2.JFFS2_NODETYPE_DIRENT].items() if k}
    if not names:
        raise UnpackError("no JFFS2 name can be read")
    for number, name in names.items():
        path = _path(names, name)
        versions = sorted(inodes.get(number, []), key=lambda node: int(node.version))
        if not versions:
            yield Entry(safe_path(path), type="file", status="damaged", note="its inode is missing")
            continue
        mode = int(versions[-1].mode)
        if stat.S_ISLNK(mode):
            yield link(path, bytes(versions[-1].data))
        elif stat.S_ISREG(mode):
            safe = budget.unique(safe_path(path))
            load = partial(_content, versions, budget)
            yield Entry(safe, (Step("jffs2", safe),), load=load, note=path_note(path))
        elif not stat.S_ISDIR(mode):
            yield device(path)
    broken = _broken(data, order)
    if broken:
        yield Entry(
            "broken-nodes", type="jffs2-nodes", status="damaged", note="their check values are wrong", size=broken
        )


def _crc(data: bytes) -> int:
    """CRC-32 without its first and last inversion, as Linux' ``crc32(0, ...)``."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def _broken(data: bytes, order: str) -> int:
    """Bytes that are no sound node and no padding (jffs2.h: a header of 12 bytes, then that of an inode or a name)."""
    magic, header = data[:2], struct.Struct(f"{order}HII")
    at = lost = 0
    while at < len(data):
        node = data[at : at + 12]
        kind, length, check = header.unpack(node[2:]) if len(node) == 12 else (0, 0, 0)
        # What is obsolete has lost a bit of its kind since the check values were made.
        kind |= _ACCURATE
        if node[:2] == magic and length >= 12 and _crc(magic + header.pack(kind, length, 0)[:6]) == check:
            lost += 0 if _sound(data[at : at + length], kind, length, order) else min(length, len(data) - at)
            at += (length + 3) // 4 * 4
        else:
            following = data.find(magic, at + 1)
            following = len(data) if following < 0 else following
            lost += len(data[at:following].strip(b"\0\xff"))
            at = following
    return lost


def _sound(node: bytes, kind: int, length: int, order: str) -> bool:
    """Whether a node is whole and the check values of its header and of what follows that hold."""
    if len(node) < length:
        return False
    if kind not in _CHECKED or length < _CHECKED[kind]:
        return True
    size = _CHECKED[kind]
    first, second = map(int, struct.unpack_from(f"{order}II", node, size - 8))
    head = node[:2] + struct.pack(f"{order}H", kind) + node[4 : size - 8]
    if kind == _DIRENT:
        return _crc(head) == first and _crc(node[size : size + node[28]]) == second
    (packed,) = struct.unpack_from(f"{order}I", node, 48)
    return _crc(head) == second and _crc(node[size : size + packed]) == first


def _path(names: dict[int, Any], name: Any) -> bytes:
    """The path from the root; the walk upwards ends after 100 folders, so a cycle is only a long name."""
    parts = [bytes(name.name)]
    parent = int(name.pino)
    while parent != _ROOT and parent in names and len(parts) < _DEPTH:
        parts.append(bytes(names[parent].name))
        parent = int(names[parent].pino)
    return b"/".join(part.replace(b"/", b"\\x2f") for part in reversed(parts))


def _content(versions: list[Any], budget: Budget) -> bytes:
    """The newest node of each range wins; the last one says how long the file is."""
    size = int(versions[-1].isize)
    budget.room(size)
    out = bytearray(size)
    for node in versions:
        start, piece = int(node.offset), bytes(node.data)
        if start < size:
            piece = piece[: size - start]
            out[start : start + len(piece)] = piece
    return bytes(out)


READER = Reader("jffs2", claims, entries, broken=codec_errors, step=True)
