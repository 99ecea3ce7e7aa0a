"""Plain compressed files: one step of ``iotwatch.place.steps`` each, one entry, and what stands behind it.

Magics: gzip RFC 1952 section 2.3.1; xz file format 1.2 section 2.1.1; LZMA_Alone as the LZMA SDK's ``lzma.txt``
describes it; zlib RFC 1950 section 2.2; bzip2 ``BZh1`` to ``BZh9``; zstd RFC 8878 section 3.1.1; LZ4 frame format 1.6;
lzop's header.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import msgspec

from iotwatch.errors import LimitReached, UnpackError
from iotwatch.model import Cut, Operation, Step
from iotwatch.place.expansion import expand
from iotwatch.unpack.entry import SMALLEST_PART, Budget, Entry, Reader, Sniff, behind, safe_path

# Windows of 32 KiB, no dictionary, of all four levels.
_ZLIB_HEADS = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_ZLIB_TRIED, _ZLIB_LEAST = 1 << 14, 1 << 10


def _gzip_claims(data: bytes) -> bool:
    return data[:3] == b"\x1f\x8b\x08" and len(data) >= 18 and data[3] < 0x20


def _gzip_name(data: bytes) -> str:
    """The stored file name (flag FNAME), for the path only."""
    if data[3] & 8 and not data[3] & 4:
        end = data.find(b"\0", 10, 10 + 256)
        if end > 10:
            return safe_path(data[10:end].rsplit(b"/", 1)[-1])
    return "gunzipped"


def undone(data: bytes, chain: tuple[Operation, ...], name: str, budget: Budget, entry: Entry) -> tuple[Entry, int]:
    """``entry`` with what the compression ``name`` gives of ``data``, which ``chain`` leads to, and where its stream ends.

    What comes out before a break or a limit is given; where ``chain`` says that others stand beside it, an entry over the limit
    leaves them half of it. ``LimitReached`` when the budget was spent before.
    """
    left = budget.left()
    try:
        found = expand(name, data, left)
    except UnpackError as error:
        lost = msgspec.structs.replace(
            entry, type=entry.type or "file", status="damaged", note=str(error), size=len(data)
        )
        return lost, len(data)
    kept = found.data[: left // 2] if found.more and chain else found.data
    chain, status, note = (*chain, Step(name)), entry.status, entry.note
    if found.more:
        # The step alone would give more when it is replayed.
        chain = (*chain, Cut(((0, len(kept)),)))
        status, note = "limit", f"more than {left} bytes come out: the first are read"
    elif found.broken:
        status, note = "damaged", f"it breaks after {len(found.data)} bytes: {found.broken}"
    return msgspec.structs.replace(entry, chain=chain, load=lambda: kept, status=status, note=note), found.used


def remaining(entry: Entry, size: int) -> Iterator[Entry]:
    """The row of the ``size`` compressed bytes that an entry leaves behind a break or a limit."""
    if size:
        yield Entry(
            f"{entry.path}-remaining",
            type="compressed",
            status=entry.status,
            note=f"{size} bytes not undone",
            size=size,
        )


def _entries(name: str, path: str, data: bytes, budget: Budget) -> Iterator[Entry]:
    entry, end = undone(data, (), name, budget, Entry(path, kind="partition"))
    yield entry
    if entry.status == "ok":
        yield from behind(data, end)
    elif entry.chain:
        yield from remaining(entry, len(data) - end)


def _gzip(data: bytes, budget: Budget) -> Iterator[Entry]:
    return _entries("gzip", _gzip_name(data), data, budget)


def _lzma_claims(data: bytes) -> bool:
    """LZMA_Alone has no magic: a sane properties byte, a dictionary of a power of two, a size that is known or -1."""
    if len(data) < 24 or data[0] not in (0x5D, 0x6D, 0x5E, 0x2C):
        return False
    dictionary = int.from_bytes(data[1:5], "little")
    size = int.from_bytes(data[5:13], "little")
    power = dictionary >= 1 << 12 and dictionary & (dictionary - 1) == 0
    return power and dictionary <= 1 << 28 and (size == (1 << 64) - 1 or 0 < size < 1 << 32) and data[13] == 0


def _zlib_claims(data: bytes) -> bool:
    """zlib has two bytes of head, which chance makes often: what stands behind must be undone for a while, or to its end."""
    if data[:2] not in _ZLIB_HEADS:
        return False
    engine = zlib.decompressobj()
    try:
        out = engine.decompress(data[:_ZLIB_TRIED], _ZLIB_TRIED)
    except zlib.error:
        return False
    return len(out) >= _ZLIB_LEAST or (engine.eof and len(out) >= SMALLEST_PART)


def _single(name: str, inside: str, claims: Sniff) -> Reader:
    def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
        return _entries(name, inside, data, budget)

    return Reader(name, claims, entries)


def _bzip2_claims(data: bytes) -> bool:
    return data[:3] == b"BZh" and data[3:4] in b"123456789" and data[4:10] == b"1AY&SY"


def _lz4_legacy_claims(data: bytes) -> bool:
    """A magic, and the size of a block of 8 MiB at most."""
    return data[:4] == b"\x02\x21\x4c\x18" and 0 < int.from_bytes(data[4:8], "little") < 9 << 20


def _lzop(data: bytes, budget: Budget) -> Iterator[Entry]:
    """lzop files: blocks of (size, packed size, checksums), each raw LZO1X."""
    yield Entry("unlzopped", (Step("lzop", "unlzopped"),), load=lambda: lzop(data, budget.output), kind="partition")


def lzop(data: bytes, limit: int) -> bytes:
    """Undo lzop's file format (lzop 1.04 ``conf.h``/``lzop.c``: header, then blocks); ``UnpackError`` when broken."""
    from lzallright import LZOCompressor

    position, flags = _lzop_header(data)
    checks = 4 * bool(flags & 0x1) + 4 * bool(flags & 0x100)  # Adler-32 and CRC-32 of the plain block
    packed_checks = 4 * bool(flags & 0x2) + 4 * bool(flags & 0x200)
    out = bytearray()
    while position + 4 <= len(data):
        size = int.from_bytes(data[position : position + 4], "big")
        packed = int.from_bytes(data[position + 4 : position + 8], "big")
        if size == 0:
            break
        if size > 64 << 20 or packed > size:
            raise UnpackError("an lzop block is larger than the form allows")
        if len(out) + size > limit:
            raise LimitReached(f"more than {limit} bytes come out")
        position += 8 + checks + (packed_checks if packed < size else 0)
        block = data[position : position + packed]
        out += block if packed == size else LZOCompressor.decompress(block, size)
        position += packed
    else:
        raise UnpackError("the lzop file ends inside")
    return bytes(out)


def _lzop_header(data: bytes) -> tuple[int, int]:
    version = int.from_bytes(data[9:11], "big")
    position = 9 + (2 + 2 + 2 + 1 + 1 if version >= 0x940 else 2 + 2 + 1)
    flags = int.from_bytes(data[position : position + 4], "big")
    position += 4 + (4 if flags & 0x800 else 0)  # flags, filter
    position += 4 + 4 + (4 if version >= 0x940 else 0)  # mode, time, high word of time
    return position + 1 + data[position] + 4, flags  # name, header checksum


GZIP = Reader("gzip", _gzip_claims, _gzip)
READERS = (
    GZIP,
    _single("xz", "unxz", lambda data: data[:6] == b"\xfd7zXZ\0"),
    _single("lzma", "unlzma", _lzma_claims),
    _single("zlib", "unzlib", _zlib_claims),
    _single("bzip2", "bunzip2", _bzip2_claims),
    _single("zstd", "unzstd", lambda data: data[:4] == b"\x28\xb5\x2f\xfd"),
    _single("lz4", "unlz4", lambda data: data[:4] == b"\x04\x22\x4d\x18"),
    _single("lz4-legacy", "unlz4", _lz4_legacy_claims),
    Reader("lzop", lambda data: data[:9] == b"\x89LZO\0\r\n\x1a\n", _lzop, step=True),
)
