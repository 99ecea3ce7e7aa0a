"""Finds parts in raw bytes: flash dumps, update blobs, images with something behind them. The only user of pybinwalk.

binwalk v3's engine knows the sizes of most formats. Its weak hits (copyright texts, hash constants, pictures, gzip of a
few bytes, ELF headers inside programs ...) are no candidates: ``CARVED`` is an allow-list. Where the engine has no
wheel, and for formats it does not know, the readers' own magics are searched.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.files.limits import OUTPUT_LIMIT
from iotwatch.files.magics import ANCHORS, CARVED, CARVED_NAMES, MORE_ANCHORS, STREAMS
from iotwatch.model import Cut
from iotwatch.patterns import regex
from iotwatch.place.expansion import expand
from iotwatch.unpack.entry import SMALLEST_PART, Entry, Reader

# binwalk calls these sure (250) or fair (128); below that a hit is a guess.
_CONFIDENCE = 128
_SMALLEST = {"gzip": 512, "xz": 256, "lzma": 512, "bzip2": 512, "zstd": 256, "lz4": 256, "zip": 128, "elf": 256}
_WINDOW = 1 << 16
_LARGEST_STREAM = 64 << 20
# What needs no reader: its strings and headers are read as they stand.
_LEAVES = frozenset({"elf", "dtb", "linux_kernel", "linux_arm_zimage", "linux_arm64_boot_image"})
_MOST = 4096
_PADDING = regex(rb"[^\x00\xff]")


class Hit(msgspec.Struct, frozen=True):
    """A candidate: ``size`` is 0 where only its start is known."""

    offset: int
    size: int
    name: str


def engine() -> bool:
    """Whether binwalk's engine is installed here."""
    from importlib.util import find_spec

    return find_spec("pybinwalk") is not None


def search(data: bytes, readers: Sequence[Reader]) -> list[Hit]:
    """All credible candidates by offset; they may overlap. Magics count where their format's reader agrees."""
    hits: list[Hit] = []
    if engine():
        import pybinwalk

        for result in pybinwalk.Binwalk().scan_bytes(data):
            name = CARVED_NAMES.get(result.name, result.name)
            if result.name not in CARVED or result.confidence < _CONFIDENCE:
                continue
            size = elf_size(data, result.offset) if name == "elf" else result.size
            hits.append(Hit(result.offset, size, name))
        hits += _anchored(data, ANCHORS, readers)
    else:
        hits = _anchored(data, ANCHORS + MORE_ANCHORS, readers)
    wide = [hit for hit in hits if not hit.size or hit.size >= _SMALLEST.get(hit.name, SMALLEST_PART)]
    return sorted(wide, key=lambda hit: (hit.offset, -hit.size))


def _anchored(data: bytes, anchors: tuple[tuple[str, int, bytes], ...], readers: Sequence[Reader]) -> list[Hit]:
    """Where the magics stand and, for formats with a reader, its own test agrees with the place."""
    claims = {reader.name: reader.claims for reader in readers}
    hits = []
    for name, shift, magic in anchors:
        at = data.find(magic, shift)
        tries = 0
        while at >= 0 and tries < _MOST:
            start = at - shift
            tries += 1
            if name not in claims or claims[name](data[start : start + _WINDOW]):
                hits.append(Hit(start, _SIZES[name](data, start) if name in _SIZES else 0, name))
            at = data.find(magic, at + 1)
    return hits


def parts(data: bytes, hits: list[Hit]) -> list[Hit]:
    """The hits that do not overlap, the first and larger one winning; an unknown size ends at the next hit."""
    kept: list[Hit] = []
    end = 0
    for index, hit in enumerate(hits):
        if hit.offset < end:
            continue
        following = next((other.offset for other in hits[index + 1 :] if other.offset > hit.offset), len(data))
        size = hit.size or following - hit.offset
        kept.append(Hit(hit.offset, min(size, len(data) - hit.offset), hit.name))
        end = hit.offset + kept[-1].size
        if len(kept) >= _MOST:
            break
    return kept


def entries(data: bytes, readers: Sequence[Reader]) -> Iterator[Entry]:
    """Candidates as carved entries, and what stands between them as parts of unknown content."""
    kept = parts(data, search(data, readers) or _anchored(data, STREAMS, readers))
    opened = _LEAVES.union(reader.name for reader in readers)
    if not kept or (len(kept) == 1 and kept[0].size == len(data)):
        # One part that is everything is not a part: it would come back for ever.
        if kept and kept[0].name not in opened:
            yield Entry(kept[0].name, type=kept[0].name, status="no-reader")
        return
    end = 0
    for hit in kept:
        yield from _gap(data, end, hit.offset)
        if not (hit.offset == 0 and hit.name == "elf" and data[:4] == b"\x7fELF" and hit.size == len(data)):
            status = "ok" if hit.name in opened else "no-reader"
            yield Entry(f"{hit.offset:#x}-{hit.name}", (Cut(((hit.offset, hit.size),)),), kind="carved", status=status)
        end = hit.offset + hit.size
    yield from _gap(data, end, len(data))


def _gap(data: bytes, start: int, end: int) -> Iterator[Entry]:
    """What no signature names, without the padding around it."""
    first = _PADDING.search(data, start, end)
    if first is None or end - first.start() < SMALLEST_PART:
        return
    start = first.start()
    last = len(data[start:end].rstrip(b"\0" if data[end - 1] == 0 else b"\xff"))
    yield Entry(f"{start:#x}-unknown", (Cut(((start, last),)),), kind="carved", status="unknown")


def _lz4_size(data: bytes, offset: int) -> int:
    """Bytes of an LZ4 stream of the first form, which has no size of its own; 0 where it breaks.

    Kernels hold such a stream that they pack in another, where its magic stands as it is.
    """
    try:
        found = expand("lz4-legacy", data[offset : offset + _LARGEST_STREAM], OUTPUT_LIMIT)
    except UnpackError:
        return 0
    return 0 if found.broken or found.more else found.used


def elf_size(data: bytes, offset: int) -> int:
    """Bytes of an ELF file by its own headers: the end of its last segment, section or section table; 0 when broken."""
    head = data[offset : offset + 64]
    if len(head) < 52 or head[4] not in (1, 2) or head[5] not in (1, 2):
        return 0
    wide, order = head[4] == 2, "little" if head[5] == 1 else "big"

    def word(at: int, size: int) -> int:
        return int.from_bytes(data[offset + at : offset + at + size], order)  # type: ignore[arg-type]

    program, section = (word(32, 8), word(40, 8)) if wide else (word(28, 4), word(32, 4))
    program_size, programs, section_size, sections = (
        word(at, 2) for at in ((54, 56, 58, 60) if wide else (42, 44, 46, 48))
    )
    end = max(section + section_size * sections, program + program_size * programs)
    for index in range(min(programs, 1024)):
        at = program + index * program_size
        end = max(end, word(at + 8, 8) + word(at + 32, 8) if wide else word(at + 4, 4) + word(at + 16, 4))
    for index in range(min(sections, 4096)):
        at = section + index * section_size
        if word(at + 4, 4) != 8:  # SHT_NOBITS has no bytes
            end = max(end, word(at + 24, 8) + word(at + 32, 8) if wide else word(at + 16, 4) + word(at + 20, 4))
    return end if end <= len(data) - offset else 0


_SIZES = {"elf": elf_size, "lz4-legacy": _lz4_size}
