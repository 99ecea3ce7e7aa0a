"""The journal of ext3 and ext4: which blocks the next mount would write, and where the journal holds them.

Source: Linux fs/jbd2/recovery.c and include/linux/jbd2.h; Documentation/filesystems/ext4/journal.rst. Its numbers are big-endian.
A transaction counts once its commit block is there; check values of blocks and fast commits are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from iotwatch.errors import UnpackError

MAGIC = b"\xc0\x3b\x39\x98"
_DESCRIPTOR, _COMMIT, _REVOKE = 1, 2, 5
_SUPERBLOCKS = (3, 4)
_64BIT, _CHECK_V2, _CHECK_V3, _FAST = 0x2, 0x8, 0x10, 0x20
_ESCAPED, _SAME_UUID, _LAST = 1, 2, 8
_HEADER, _UUID, _TAIL = 12, 16, 4


class Logged(NamedTuple):
    """Where the journal holds a block, and whether its first four bytes were the journal's own magic, and are zero there."""

    offset: int
    escaped: bool


class Replay(NamedTuple):
    """The newest content of each block by its number, and how many transactions gave it."""

    blocks: dict[int, Logged]
    transactions: int


class Copy(NamedTuple):
    """A block's number, and what it was at a time."""

    block: int
    logged: Logged


class _Journal(NamedTuple):
    """The volume's bytes, the offset in them of each block of the journal, and what its superblock says."""

    data: bytes
    places: Sequence[int]
    block: int
    first: int
    last: int
    features: int
    sequence: int
    start: int

    def content(self, number: int) -> bytes:
        return self.data[self.places[number] : self.places[number] + self.block]

    def following(self, number: int, steps: int = 1) -> int:
        """The block ``steps`` behind; the log is a ring."""
        return self.first + (number - self.first + steps) % (self.last - self.first)


def replay(data: bytes, places: Sequence[int], block: int) -> Replay:
    """What the journal whose blocks of ``block`` bytes stand at ``places`` in ``data`` has to write; ``UnpackError`` for none."""
    journal = _opened(data, places, block)
    found: dict[int, Logged] = {}
    told = list(_transactions(journal, journal.start, journal.sequence)) if journal.start else []
    revoked = {number: index for index, one in enumerate(told) for number in one.revoked}
    for index, one in enumerate(told):
        found |= {number: logged for number, logged in one.blocks.items() if revoked.get(number, -1) < index}
    return Replay(found, len(told))


def copies(data: bytes, places: Sequence[int], block: int) -> list[Copy]:
    """Every block that the journal still holds, written or not, from the oldest; ``UnpackError`` where there is no journal."""
    journal = _opened(data, places, block)
    found: list[tuple[int, int, Copy]] = []
    for at in range(journal.first, journal.last):
        content = journal.content(at)
        if content[:4] == MAGIC and int.from_bytes(content[4:8], "big") == _DESCRIPTOR:
            sequence = int.from_bytes(content[8:12], "big")
            # What stands behind the ring's end was written over before this was.
            for held, (target, escaped) in zip(range(at + 1, journal.last), _tags(journal, content), strict=False):
                found.append((sequence, held, Copy(target, Logged(places[held], escaped))))
    return [copy for _, _, copy in sorted(found)]


def _opened(data: bytes, places: Sequence[int], block: int) -> _Journal:
    head = data[places[0] : places[0] + 1024] if places else b""
    if len(head) < 1024 or head[:4] != MAGIC or int.from_bytes(head[4:8], "big") not in _SUPERBLOCKS:
        raise UnpackError("the journal's superblock is broken")
    size, length, first, sequence, start = struct.unpack_from(">5I", head, 12)
    (features,) = struct.unpack_from(">I", head, 40)
    fast = int.from_bytes(head[84:88], "big") if features & _FAST else 0
    last = length - fast
    if size != block or not 0 < first < last <= len(places) or (start and not first <= start < last):
        raise UnpackError("the journal's superblock does not fit its volume")
    return _Journal(data, places, block, first, last, features, sequence, start)


class _Transaction(NamedTuple):
    blocks: dict[int, Logged]
    revoked: set[int]


def _transactions(journal: _Journal, at: int, sequence: int) -> Iterator[_Transaction]:
    """Those with a commit block, from the oldest; the ring is gone round once at most."""
    one, left = _Transaction({}, set()), journal.last - journal.first
    while left > 0:
        block = journal.content(at)
        kind, number = struct.unpack_from(">II", block, 4) if len(block) == journal.block else (0, 0)
        if block[:4] != MAGIC or number != sequence:
            return
        held = 0
        if kind == _DESCRIPTOR:
            for held, (target, escaped) in enumerate(_tags(journal, block), 1):
                if held >= left:
                    return
                one.blocks[target] = Logged(journal.places[journal.following(at, held)], escaped)
        elif kind == _REVOKE:
            one.revoked.update(_revoked(journal, block))
        elif kind == _COMMIT:
            yield one
            one, sequence = _Transaction({}, set()), (sequence + 1) & 0xFFFFFFFF
        else:
            return
        at = journal.following(at, held + 1)
        left -= held + 1


def _tags(journal: _Journal, block: bytes) -> Iterator[tuple[int, bool]]:
    """Number and escape of each block that stands behind a descriptor (``journal_tag_bytes``)."""
    wide, checked = bool(journal.features & _64BIT), bool(journal.features & _CHECK_V2)
    size = 16 if journal.features & _CHECK_V3 else 8 + 4 * wide + 2 * checked
    end = len(block) - (_TAIL if journal.features & (_CHECK_V2 | _CHECK_V3) else 0)
    at = _HEADER
    while at + size <= end:
        (number,) = struct.unpack_from(">I", block, at)
        flags = int.from_bytes(block[at + 4 : at + 8] if size == 16 else block[at + 6 : at + 8], "big")
        high = int.from_bytes(block[at + 8 : at + 12], "big") if wide else 0
        yield number | high << 32, bool(flags & _ESCAPED)
        if flags & _LAST:
            return
        at += size + (0 if flags & _SAME_UUID else _UUID)


def _revoked(journal: _Journal, block: bytes) -> Iterator[int]:
    """Blocks that this and older transactions must not write; the count is of bytes, the head's own among them."""
    size = 8 if journal.features & _64BIT else 4
    end = min(int.from_bytes(block[12:16], "big"), len(block))
    for at in range(_HEADER + 4, end - size + 1, size):
        yield int.from_bytes(block[at : at + size], "big")
