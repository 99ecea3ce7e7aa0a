"""The compressed files of erofs: LZ4 in clusters of one block, with compact indexes, as mkfs.erofs makes them.

Source: Linux fs/erofs/erofs_fs.h and zmap.c. An index says for every block of the file whether an extent begins in
it, where, and at which block of the image. The full indexes of kernels before
5.4, larger clusters, inline tails, fragments and LZMA are not read and say so.
"""

from __future__ import annotations

import struct

import msgspec

from iotwatch.errors import UnpackError

FULL, COMPACT = 1, 3
_PLAIN, _HEAD, _NOT_HEAD = 0, 1, 2
_BITS = 12
_BLOCK = 1 << _BITS
_ADVISE_2B = 0x01
_UNREAD = {0x02: "large clusters", 0x04: "large clusters", 0x08: "inline tails", 0x10: "interlaced", 0x20: "fragments"}


class Clusters(msgspec.Struct, frozen=True):
    """Where the indexes of one file stand; ``reason`` says why it cannot be read, empty when it can."""

    data: bytes
    size: int
    start: int
    advise: int
    reason: str

    def read(self) -> bytes:
        """The file's bytes; ``UnpackError`` when they do not add up."""
        heads = self._heads()
        out = bytearray()
        for index, (start, kind, block) in enumerate(heads):
            end = heads[index + 1][0] if index + 1 < len(heads) else self.size
            if start != len(out) or end < start:
                raise UnpackError("the extents of an erofs file do not join")
            out += _extent(self.data[block * _BLOCK : (block + 1) * _BLOCK], kind, end - start)
        return bytes(out)

    def _heads(self) -> list[tuple[int, int, int]]:
        """``(first byte, kind, block)`` of each extent."""
        count = (self.size + _BLOCK - 1) // _BLOCK
        if self.start + 2 * count > len(self.data):
            raise UnpackError("the erofs indexes are outside the image")
        heads = []
        for number in range(count):
            kind, offset, block = self._index(number, count)
            if kind != _NOT_HEAD:
                heads.append((number * _BLOCK + offset, kind, block))
        return heads

    def _index(self, number: int, count: int) -> tuple[int, int, int]:
        """Entries of four bytes up to a border of 32, then of two in packs of sixteen, then of four again."""
        first = (32 - self.start % 32) // 4 % 8
        short = (count - first) // 16 * 16 if self.advise & _ADVISE_2B and count > first else 0
        if number < first:
            return self._pack(self.start + 4 * number, 4)
        if number < first + short:
            return self._pack(self.start + 4 * first + 2 * (number - first), 2)
        return self._pack(self.start + 4 * first + 2 * short + 4 * (number - first - short), 4)

    def _pack(self, at: int, width: int) -> tuple[int, int, int]:
        """One entry of a pack: 12 bits of offset or distance and 2 of kind; the pack ends with its first block."""
        length = 8 if width == 4 else 32
        base = at // length * length
        raw = int.from_bytes(self.data[base : base + length], "little")
        bits = (length - 4) * 8 // (length // width)
        index = (at - base) // width

        def entry(which: int) -> tuple[int, int]:
            value = raw >> bits * which
            return value & (_BLOCK - 1), value >> _BITS & 3

        low, kind = entry(index)
        blocks = 1
        while index > 0:
            index -= 1
            distance, before = entry(index)
            if before == _NOT_HEAD:
                index -= distance
            if index >= 0:
                blocks += 1
        return kind, low, (raw >> (length - 4) * 8) + blocks


def _extent(block: bytes, kind: int, length: int) -> bytes:
    if kind == _PLAIN:
        content = block[:length]
    elif kind == _HEAD:
        import lz4.block

        content = lz4.block.decompress(block.lstrip(b"\0"), uncompressed_size=length)
    else:
        raise UnpackError("an erofs extent of a second algorithm")
    if len(content) != length:
        raise UnpackError("an erofs extent is cut off")
    return content


def clusters(data: bytes, layout: int, size: int, tail: int, block: int) -> Clusters:
    """The indexes behind an inode that ends at ``tail``."""
    header = (tail + 7) // 8 * 8
    if header + 8 > len(data):
        raise UnpackError("an erofs index header is outside the image")
    advise, algorithm, bits = struct.unpack_from("<HBB", data, header + 4)
    reasons = [] if layout == COMPACT else ["full indexes"]
    reasons += [reason for flag, reason in _UNREAD.items() if advise & flag]
    if algorithm & 15:
        reasons.append("another algorithm than LZ4")
    if bits or block != _BLOCK:
        reasons.append("other blocks than 4 KiB")
    return Clusters(data, size, header + 8, advise, ", ".join(dict.fromkeys(reasons)))
