"""YAFFS2's pages: chunks of ``page`` bytes with a spare area behind each, in which their tags stand.

Source: yaffs_packedtags2.c, yaffs_guts.h and utils/mkyaffs2image.c. Where in the spare area the tags begin is the chip
driver's choice (at once in files of mkyaffs2image, two bytes on under Linux), so the place is found by object headers: their
pages have a form of their own, and their tags must say so.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

SHAPES = ((2048, 64), (2048, 128), (4096, 128), (4096, 224), (4096, 256), (8192, 448), (8192, 512))
ORDERS = ("<", ">")
_FIRST_SEQUENCE, _LAST_SEQUENCE = 0x1000, 0xEFFFFF00
# What Linux writes for itself: its checkpoint, by the block's sequence number, and lists of a block's tags, by their object.
_CHECKPOINT, _SUMMARIES = 0x21, 0x10
_IS_HEADER, _SHRINKS = 0x80000000, 0x40000000
_NUMBER = 0x0FFFFFFF
_MOST_CHUNKS = 1 << 22
_TAGS = 16
_SAMPLE, _LEAST = 64, 2
_KINDS = range(1, 6)
UNUSED = b"\xff\xff"


class Layout(NamedTuple):
    """Bytes of a page and of its spare area, where the tags begin in that, and the order of bytes."""

    page: int
    spare: int
    at: int
    order: str

    @property
    def unit(self) -> int:
        """Bytes from one page to the next."""
        return self.page + self.spare


class Chunk(NamedTuple):
    """A page's tags: its erase block's sequence number, which page of the flash it is, its object, which chunk of that (0: its
    header), of how many bytes.
    """

    sequence: int
    page: int
    object: int
    number: int
    size: int
    shrinks: bool


class Lost(NamedTuple):
    """A page that is in use and whose tags are broken, or are none."""

    page: int


def is_header(data: bytes, at: int, order: str) -> bool:
    """Whether a page has the form of an object header: type, parent, two bytes that are not used any more, a name or none."""
    head = data[at : at + 11]
    if len(head) < 11 or head[8:10] != UNUSED:
        return False
    kind, parent = struct.unpack_from(f"{order}II", head)
    return kind in _KINDS and 0 < parent <= _NUMBER and (head[10] == 0 or 0x20 <= head[10] < 0xFF)


def _tags(data: bytes, index: int, layout: Layout) -> Chunk | None:
    at = index * layout.unit + layout.page + layout.at
    raw = data[at : at + _TAGS]
    if len(raw) < _TAGS:
        return None
    sequence, number, chunk, size = struct.unpack(f"{layout.order}4I", raw)
    if not _FIRST_SEQUENCE <= sequence <= _LAST_SEQUENCE:
        return None
    if chunk & _IS_HEADER:  # the rest of both numbers then repeats what the header says
        return Chunk(sequence, index, number & _NUMBER, 0, 0, bool(chunk & _SHRINKS)) if number & _NUMBER else None
    sound = 0 < number <= _NUMBER and chunk <= _MOST_CHUNKS and (chunk == 0 or size <= layout.page)
    return Chunk(sequence, index, number, chunk, size, shrinks=False) if sound else None


def layout(data: bytes, shape: tuple[int, int], pages: int) -> Layout | None:
    """How the pages of ``shape`` are tagged, by what stands in the first ``pages``; ``None`` where too few headers agree.

    Tags that are read from a wrong place on may look right for headers alone, so pages of data count as much; of places that fit
    as well the one with the lowest sequence numbers is right.
    """
    page, spare = shape
    unit = page + spare
    here = range(min(len(data) // unit, pages))
    for order in ORDERS:
        headers = list(islice((index for index in here if is_header(data, index * unit, order)), _SAMPLE))
        if len(headers) < _LEAST:
            continue
        blank = b"\xff" * page
        used = (index for index in here if not data.startswith(blank, index * unit))
        others = list(islice((index for index in used if not is_header(data, index * unit, order)), _SAMPLE))
        fits = [_fit(data, Layout(page, spare, at, order), headers, others) for at in range(spare - _TAGS + 1)]
        best = max(fits)
        if best.headers >= _LEAST and 2 * best.headers > len(headers):
            return Layout(page, spare, fits.index(best), order)
    return None


class _Fit(NamedTuple):
    """How well pages agree with their tags at one place; the greater the better."""

    agree: int
    low: int
    headers: int


def _fit(data: bytes, found: Layout, headers: list[int], others: list[int]) -> _Fit:
    of_headers = [tags for index in headers if (tags := _tags(data, index, found)) is not None and tags.number == 0]
    of_others = [tags for index in others if (tags := _tags(data, index, found)) is not None and tags.number > 0]
    low = -sum(tags.sequence for tags in (*of_headers, *of_others))
    return _Fit(len(of_headers) + len(of_others), low, len(of_headers))


def chunks(data: bytes, found: Layout) -> Iterator[Chunk | Lost]:
    """The tags of each page in use, in the order of the flash."""
    blank, own = b"\xff" * found.page, struct.pack(f"{found.order}I", _CHECKPOINT)
    for index in range(len(data) // found.unit):
        start = index * found.unit
        tags = _tags(data, index, found)
        if tags is not None:
            if tags.object != _SUMMARIES:
                yield tags
            continue
        if data.startswith(own, start + found.page + found.at):
            continue
        if data[start : start + found.page] not in (blank, bytes(found.page)):
            yield Lost(index)
