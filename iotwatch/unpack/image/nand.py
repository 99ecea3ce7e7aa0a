"""NAND dumps with their spare areas, as a chip reader gives them: the step ``nand`` leaves the pages.

The page and spare sizes are those of common parts (ONFI 4.0 section 3; Linux ``nand_ids.c``). Two proofs: UBI's second header
stands one page behind the first, so here one page and one spare area behind; and the mark of a good block, two bytes 0xff, where
every spare area begins (Linux ``nand_bbt.c``; of pages of 512 bytes the sixth), under pages that are no padding. Errors that the
spare's code would correct stay as they were read, and blocks that are marked as bad stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Step
from iotwatch.unpack.entry import Budget, Entry, Reader
from iotwatch.unpack.filesystem import yaffs2_tags

_COUNTER = b"UBI#\x01\0\0\0"
_LEAST = 1 << 18
_TRIES = 64
_COLUMNS = 8
_LEAST_PAGES = 64
_MARKED, _PADDED = 0.98, 0.6
_ALL_PAGES = 1 << 24
_BLOCK = 64  # pages of an erase block of most parts


class _Shape(NamedTuple):
    """Bytes of a page and of its spare area, and where in that a good block is marked."""

    page: int
    spare: int
    marks: tuple[int, ...] = (0, 1)

    @property
    def unit(self) -> int:
        return self.page + self.spare


_SHAPES = (
    _Shape(2048, 64), _Shape(2048, 128), _Shape(4096, 128), _Shape(4096, 224), _Shape(4096, 256), _Shape(8192, 448),
    _Shape(8192, 512), _Shape(8192, 640), _Shape(512, 16, (5,)),
)  # fmt: skip


def _shape(data: bytes) -> _Shape | None:
    """The shape that is proven; ``None`` where none is."""
    if len(data) < _LEAST:
        return None
    shapes = [shape for shape in _SHAPES if len(data) % shape.unit == 0]
    by_ubi = _of_ubi(data, shapes) if shapes else None
    return by_ubi or next((shape for shape in shapes if _marked(data, shape)), None)


def _of_ubi(data: bytes, shapes: list[_Shape]) -> _Shape | None:
    at = data.find(_COUNTER)
    for _ in range(_TRIES):
        if at < 0:
            break
        for shape in shapes:
            if at % shape.unit == 0 and data[at + shape.unit : at + shape.unit + 4] == b"UBI!":
                return shape
        at = data.find(_COUNTER, at + 1)
    return None


def _marked(data: bytes, shape: _Shape) -> bool:
    """Whether nearly all pages in use have the mark behind them, and no column of the pages themselves looks like it."""
    columns = [data[at :: shape.unit] for at in range(0, shape.page, shape.page // _COLUMNS)]
    used = [index for index, some in enumerate(zip(*columns, strict=True)) if min(some) < 0xFF]
    if len(used) < _LEAST_PAGES:
        return False
    if any(sum(column[index] == 0xFF for index in used) > _PADDED * len(used) for column in columns):
        return False
    marks = [data[shape.page + at :: shape.unit] for at in shape.marks]
    return all(sum(mark[index] == 0xFF for index in used) >= _MARKED * len(used) for mark in marks)


def claims(data: bytes) -> bool:
    return _shape(data) is not None


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    shape = _shape(data)
    if shape is None:
        raise UnpackError("nothing proves the page size")
    path = f"pages-{shape.page}+{shape.spare}"

    def load() -> bytes:
        budget.room(len(data) // shape.unit * shape.page)
        return b"".join(data[at : at + shape.page] for at in range(0, len(data), shape.unit))

    marks = zip(*(data[shape.page + at :: shape.unit] for at in shape.marks), strict=True)
    bad = sum(max(mark) < 0xFF for mark in marks)
    note = "spare areas left out, not corrected" + (f", {bad} pages marked as bad" if bad else "")
    yield Entry(path, (Step("nand", path),), load=load, kind="partition", note=note)
    yield from _tagged(data, shape)


def _tagged(data: bytes, shape: _Shape) -> Iterator[Entry]:
    """The parts whose pages YAFFS2 tagged: they are nobody's without their spare areas. Other pages, a block of them, part two."""
    found = yaffs2_tags.layout(data, (shape.page, shape.spare), _ALL_PAGES)
    parts: list[tuple[int, int]] = []
    others = _BLOCK
    for one in yaffs2_tags.chunks(data, found) if found is not None else ():
        if isinstance(one, yaffs2_tags.Lost):
            others += 1
            continue
        first = one.page if others >= _BLOCK else parts.pop()[0]
        parts.append((first, one.page + 1))
        others = 0
    for first, last in parts:
        start, size = first * shape.unit, (last - first) * shape.unit
        if size < len(data):
            yield Entry(f"{start:#x}-yaffs2", (Cut(((start, size),)),), kind="partition")


READER = Reader("nand", claims, entries, step=True)
