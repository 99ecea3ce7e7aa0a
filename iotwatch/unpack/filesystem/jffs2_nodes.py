"""The nodes of a JFFS2 flash as it is after use: obsolete ones, erased blocks between them, either byte order, writes cut short.

Source: Linux include/uapi/linux/jffs2.h and fs/jffs2/scan.c. Every header ends in a check value, so what only looks like a node
is none. A node that was made obsolete has lost a bit of its type since the check values were made.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.errors import UnpackError
from iotwatch.patterns import regex

LITTLE, BIG = "<", ">"
_ORDERS = {b"\x85\x19": LITTLE, b"\x19\x85": BIG}
_MAGIC = regex(b"\x85\x19|\x19\x85")
_ACCURATE = 0x2000
_DIRENT, _INODE = 0xE001, 0xE002
_HEADER = 12
_NAME, _DATA = 40, 68
_PIECE_LIMIT = 1 << 20
"""Bytes that one compressed node may hold; a node is written for one page of memory."""
_NONE, _ZERO, _RTIME, _COPY, _ZLIB, _LZO, _LZMA, _LZMA_PROPS = 0, 1, 2, 4, 6, 7, 8, 21
# Linux fs/jffs2/compr_lzma of OpenWrt: no header, literal and position bits 0, a dictionary of 8 KiB.
_LZMA_HEADER = struct.pack("<BI", 0, 0x2000)


class Name(NamedTuple):
    """A name in a folder; ``inode`` 0 says that it was removed."""

    order: str
    folder: int
    version: int
    inode: int
    name: bytes
    obsolete: bool


class Piece(NamedTuple):
    """A piece of a file, ``length`` bytes at ``offset``, with the file's mode and size as they were when it was written.

    ``data`` is as stored; ``broken`` where its check value is wrong.
    """

    order: str
    inode: int
    version: int
    mode: int
    size: int
    offset: int
    length: int
    method: int
    data: bytes
    obsolete: bool
    broken: bool


class Lost(NamedTuple):
    """Bytes that are neither a sound node nor padding."""

    length: int


def crc(data: bytes) -> int:
    """CRC-32 without its first and last inversion, as Linux' ``crc32(0, ...)``."""
    return zlib.crc32(data, 0xFFFFFFFF) ^ 0xFFFFFFFF


def header(data: bytes, at: int) -> tuple[str, int, int, bool] | None:
    """Byte order, type, length, and whether it is obsolete, of the node at ``at``; ``None`` where none stands."""
    head = data[at : at + _HEADER]
    order = _ORDERS.get(head[:2])
    if order is None or len(head) < _HEADER:
        return None
    kind, length, check = struct.unpack(f"{order}HII", head[2:])
    restored = kind | _ACCURATE
    if length < _HEADER or crc(head[:2] + struct.pack(f"{order}HI", restored, length)) != check:
        return None
    return order, restored, length, restored != kind


def nodes(data: bytes) -> Iterator[Name | Piece | Lost]:
    """Every name and piece in the order of the flash, and what is lost between them."""
    at = 0
    while at < len(data):
        found = header(data, at)
        if found is None:
            following = _MAGIC.search(data, at + 1)
            end = following.start() if following else len(data)
            lost = len(data[at:end].strip(b"\0\xff"))
            if lost:
                yield Lost(lost)
            at = end
            continue
        order, kind, length, obsolete = found
        node = data[at : at + length]
        one = _read(node, order, kind, length, obsolete=obsolete)
        if one is not None:
            yield one
        at += (length + 3) // 4 * 4


def _read(node: bytes, order: str, kind: int, length: int, *, obsolete: bool) -> Name | Piece | Lost | None:
    """The node's content; ``Lost`` where it is cut short or its head is broken, ``None`` for markers and summaries."""
    least = {_DIRENT: _NAME, _INODE: _DATA}.get(kind, _HEADER)
    if len(node) < length or length < least:
        return Lost(len(node))
    if kind not in (_DIRENT, _INODE):
        return None
    head = node[:2] + struct.pack(f"{order}H", kind) + node[4 : least - 8]
    first, second = struct.unpack_from(f"{order}II", node, least - 8)
    if kind == _DIRENT:
        folder, version, inode = struct.unpack_from(f"{order}III", node, 12)
        name = node[_NAME : _NAME + node[28]]
        if crc(head) != first or crc(name) != second:
            return Lost(len(node))
        return Name(order, folder, version, inode, name, obsolete)
    if crc(head) != second:
        return Lost(len(node))
    inode, version, mode = struct.unpack_from(f"{order}III", node, 12)
    size, _, _, _, offset, packed, count = struct.unpack_from(f"{order}7I", node, 28)
    stored = node[_DATA : _DATA + packed]
    broken = len(stored) < packed or crc(stored) != first
    return Piece(order, inode, version, mode, size, offset, count, node[56], stored, obsolete, broken)


def undone(piece: Piece, most: int) -> bytes:
    """The first ``most`` bytes of what the piece holds; ``UnpackError`` where its method is not known or its data breaks."""
    if piece.method == _ZERO:
        return bytes(min(piece.length, most))
    if piece.method in (_NONE, _COPY):
        return piece.data[:most]
    if piece.length > _PIECE_LIMIT:
        raise UnpackError(f"a node says that it holds {piece.length} bytes")
    try:
        return _expanded(piece)[:most]
    except (zlib.error, lzma.LZMAError, LookupError, ValueError) as error:
        raise UnpackError(f"a node does not decompress: {error}") from error


def _expanded(piece: Piece) -> bytes:
    data, count = piece.data, piece.length
    if piece.method == _ZLIB:
        return zlib.decompressobj().decompress(data, count)
    if piece.method == _RTIME:
        return _rtime(data, count)
    if piece.method == _LZO:
        from lzallright import LZOCompressor

        return bytes(LZOCompressor.decompress(data, count))
    if piece.method in (_LZMA, _LZMA_PROPS):
        start, body = (_LZMA_HEADER, data) if piece.method == _LZMA else (data[:5], data[5:])
        stream = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=1 << 26)
        return stream.decompress(start + struct.pack("<Q", count) + body, count)
    raise UnpackError(f"the compression {piece.method} of a node is not known")


def _rtime(data: bytes, count: int) -> bytes:
    """Pairs of a byte and how many bytes follow that stood behind its last occurrence (Linux fs/jffs2/compr_rtime.c)."""
    out, last, at = bytearray(), [0] * 256, 0
    while len(out) < count:
        value, repeat = data[at], data[at + 1]
        at += 2
        out.append(value)
        back, last[value] = last[value], len(out)
        for step in range(repeat):
            out.append(out[back + step])
    return bytes(out[:count])
