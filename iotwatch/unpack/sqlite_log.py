"""What SQLite would make of a database and the log beside it when it next opened them: the state of the last commit.

A unit whose power goes leaves such a pair. Write-ahead log: https://www.sqlite.org/fileformat2.html section 4, frames up to the
last commit whose salts and running check values hold. Rollback journal: section 3, pages as they were before a change that
was not finished. Frames behind a commit, and journals whose head was cleared, change nothing.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT

DATABASE = b"SQLite format 3\0"
SUFFIXES = ("-wal", "-journal")
"""What the library puts behind a database's name for its log."""
_WAL = struct.Struct(">8I")
_FRAME = struct.Struct(">6I")
_BYTE_ORDERS = {0x377F0682: "<", 0x377F0683: ">"}
_VERSION = 3007000
_JOURNAL_MAGIC = bytes.fromhex("d9d505f920a163d7")
_JOURNAL = struct.Struct(">8s5I")
_TO_THE_END = 0xFFFFFFFF
_WORD = 0xFFFFFFFF
_PAGE_SIZES = frozenset(1 << power for power in range(9, 17))


def is_log(data: bytes) -> bool:
    """Whether the bytes begin like a log that has something to say."""
    return data.startswith(_JOURNAL_MAGIC) or int.from_bytes(data[:4], "big") in _BYTE_ORDERS


def with_log(database: bytes, log: bytes, limit: int = OUTPUT_LIMIT) -> bytes:
    """The database as its log leaves it; ``UnpackError`` where the log is another's, ``LimitReached`` over ``limit`` bytes."""
    size = int.from_bytes(database[16:18], "big")
    size = 1 << 16 if size == 1 else size
    if not database.startswith(DATABASE) or size not in _PAGE_SIZES:
        raise UnpackError("what stands beside the log is no SQLite database")
    if log.startswith(_JOURNAL_MAGIC):
        pages, count = _before(log, size)
    else:
        pages, count = _after(log, size)
    if count is None:
        return database
    if count * size > len(database) + len(log):
        raise UnpackError(f"the log tells of {count} pages, which are not there")
    if count * size > limit:
        raise LimitReached(f"more than {limit} bytes come out")
    out = bytearray(database[: count * size].ljust(count * size, b"\0"))
    for number, page in pages.items():
        if 0 < number <= count:
            out[(number - 1) * size : number * size] = page
    return bytes(out)


def _after(log: bytes, size: int) -> tuple[dict[int, bytes], int | None]:
    """The pages of a write-ahead log's transactions, and how many the database has behind the last (``None``: there is none)."""
    if len(log) < _WAL.size:
        return {}, None
    magic, version, page_size, _, *salts, one, two = _WAL.unpack_from(log)
    order = _BYTE_ORDERS.get(magic)
    if order is None or version != _VERSION or page_size != size:
        raise UnpackError("the write-ahead log is of another form or page size")
    sums = _sums(log[:24], (0, 0), order)
    if sums != (one, two):
        raise UnpackError("the check value of the write-ahead log's head is wrong")
    told, waiting, count = dict[int, bytes](), dict[int, bytes](), None
    for at in range(_WAL.size, len(log) - _FRAME.size - size + 1, _FRAME.size + size):
        number, pages, *frame_salts, one, two = _FRAME.unpack_from(log, at)
        page = log[at + _FRAME.size : at + _FRAME.size + size]
        sums = _sums(page, _sums(log[at : at + 8], sums, order), order)
        if frame_salts != salts or sums != (one, two):
            break
        waiting[number] = page
        if pages:
            told |= waiting
            waiting, count = {}, pages
    return told, count


def _sums(data: bytes, sums: tuple[int, int], order: str) -> tuple[int, int]:
    """The running check value of section 4.2 over eight bytes at a time."""
    first, second = sums
    for one, two in struct.iter_unpack(f"{order}2I", data):
        first = (first + one + second) & _WORD
        second = (second + two + first) & _WORD
    return first, second


def _before(log: bytes, size: int) -> tuple[dict[int, bytes], int | None]:
    """The pages of a rollback journal as they were, and how many the database had."""
    pages, count = dict[int, bytes](), None
    for records, nonce, initial, start in _segments(log, size):
        count = initial if count is None else count
        for at in range(start, start + records * (size + 8), size + 8):
            number, page = int.from_bytes(log[at : at + 4], "big"), log[at + 4 : at + 4 + size]
            check = (nonce + sum(page[size - 200 :: -200])) & _WORD
            if check != int.from_bytes(log[at + 4 + size : at + 8 + size], "big"):
                return pages, count
            pages.setdefault(number, page)
    return pages, count


def _segments(log: bytes, size: int) -> Iterator[tuple[int, int, int, int]]:
    """Of each head: records behind it that are there, nonce, pages of the database, where the records begin."""
    at = 0
    while at + _JOURNAL.size <= len(log):
        magic, records, nonce, initial, sector, page_size = _JOURNAL.unpack_from(log, at)
        if magic != _JOURNAL_MAGIC:
            return
        if page_size != size or not 32 <= sector <= 1 << 16:
            raise UnpackError("the rollback journal is of another page size")
        start = at + sector
        room = max(0, len(log) - start) // (size + 8)
        records = room if records == _TO_THE_END else min(records, room)
        yield records, nonce, initial, start
        end = start + records * (size + 8)
        at = (end + sector - 1) // sector * sector
