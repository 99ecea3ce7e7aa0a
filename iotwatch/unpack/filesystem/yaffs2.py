"""YAFFS2 with its spare areas, used or new: of each chunk the newest counts. A file is the step ``yaffs2`` with its path.

Source: yaffs_yaffs2.c (``yaffs2_scan_chunk``: the log is read from its end), yaffs_guts.h (object headers). What was removed and is
still on the flash stands below ``removed-files``. Without spare areas no page says whose it is: then only names are told.
"""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Step
from iotwatch.unpack.entry import Budget, Entry, Reader, device, link, path_note, safe_path
from iotwatch.unpack.filesystem.yaffs2_tags import (
    ORDERS,
    SHAPES,
    UNUSED,
    Chunk,
    Layout,
    Lost,
    chunks,
    is_header,
    layout,
)

_FILE, _SYMLINK, _FOLDER, _HARDLINK = 1, 2, 3, 4
_ROOT, _GONE = 1, (3, 4)  # the folders "unlinked" and "deleted" are never on the flash
_DEPTH = 100
_HEADER_SIZE = 512
_LEAST = 4 * sum(min(SHAPES))
_FIRST_PAGES, _ALL_PAGES = 256, 1 << 24
_TAGGED = 0.9
_NO_HIGH = 0xFFFFFFFF
_REMOVED, _LOST = b"removed-files/", b"lost-files/"


class _Header(NamedTuple):
    """What an object header says."""

    kind: int
    parent: int
    name: bytes
    size: int
    equivalent: int
    target: bytes
    shrinks: bool


class _Object(msgspec.Struct):
    """An object as the log from its end shows it: its newest headers, and the newest page of each chunk."""

    headers: list[_Header] = msgspec.field(default_factory=list)
    pages: dict[int, tuple[int, int]] = msgspec.field(default_factory=dict)
    limit: float = float("inf")
    written: int = 0

    @property
    def present(self) -> _Header | None:
        """What the last header says that is not its removal."""
        return next((one for one in self.headers if one.parent not in _GONE), None)

    @property
    def removed(self) -> bool:
        return bool(self.headers) and self.headers[0].parent in _GONE

    def size(self) -> int:
        """Bytes of the file; what was written behind the last header may have made it longer."""
        return max(self.present.size if self.present else 0, self.written)


_UNITS = tuple((shape, sum(shape)) for shape in SHAPES)


def claims(data: bytes) -> bool:
    """Whether nearly all pages are YAFFS2's: of a chip with other parts too its reader (``nand``) gives these by themselves."""
    found = _layout(data, _FIRST_PAGES)
    every = list(chunks(data, found)) if found is not None else []
    return sum(isinstance(one, Lost) for one in every) < (1 - _TAGGED) * len(every)


def _layout(data: bytes, pages: int) -> Layout | None:
    """The first shape whose tags agree; looked for where whole pages are there, or the first of them is a header."""
    size = len(data)
    if size < _LEAST:
        return None
    begins = data[8:10] == UNUSED and any(is_header(data, 0, order) for order in ORDERS)
    sizes = [shape for shape, unit in _UNITS if begins or size % unit == 0]
    return next((found for shape in sizes if (found := layout(data, shape, pages)) is not None), None)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    found = _layout(data, _ALL_PAGES)
    if found is None:
        raise UnpackError("no spare area holds YAFFS2's tags")
    every = list(chunks(data, found))
    tagged = [one for one in every if isinstance(one, Chunk)]
    lost = len(every) - len(tagged)
    objects = _objects(data, found, tagged)
    # What was removed comes last, so that the room it takes costs nothing that is there.
    for number, one in sorted(objects.items(), key=lambda item: (item[1].removed, item[0])):
        yield from _entry(data, found, objects, number, one, budget)
    if lost:
        note = "the tags in their spare areas are broken"
        yield Entry("broken-pages", type="yaffs2-pages", status="damaged", note=note, size=lost * found.page)


def _objects(data: bytes, found: Layout, every: list[Chunk]) -> dict[int, _Object]:
    objects: dict[int, _Object] = defaultdict(_Object)
    for chunk in sorted(every, key=lambda one: (one.sequence, one.page), reverse=True):
        one, start = objects[chunk.object], chunk.page * found.unit
        if chunk.number == 0:
            header = _header(data[start : start + _HEADER_SIZE], found.order)
            one.headers.append(header)
            # A file that was cut and grew again: what stood behind the cut is no part of it.
            if (header.shrinks or chunk.shrinks) and header.parent not in _GONE:
                one.limit = min(one.limit, header.size)
            continue
        base = (chunk.number - 1) * found.page
        if chunk.number not in one.pages and base < one.limit:
            one.pages[chunk.number] = start, chunk.size
            if not one.headers:
                one.written = max(one.written, base + chunk.size)
    return objects


def _header(raw: bytes, order: str) -> _Header:
    """``struct yaffs_obj_hdr``; its numbers are words of four bytes behind 256 bytes of name."""
    kind, parent = struct.unpack_from(f"{order}II", raw)
    size, equivalent = struct.unpack_from(f"{order}II", raw, 292)
    high, _, _, shrinks = struct.unpack_from(f"{order}4I", raw, 496)
    name, target = (raw[at : at + most].split(b"\0", 1)[0] for at, most in ((10, 256), (300, 160)))
    size = 0 if size == _NO_HIGH else size
    return _Header(kind, parent, name, size | (high << 32 if high != _NO_HIGH else 0), equivalent, target, shrinks == 1)


def _path(objects: dict[int, _Object], number: int) -> bytes:
    """The path from the root; the walk upwards ends after 100 folders, so a cycle is only a long name."""
    parts: list[bytes] = []
    while number != _ROOT and len(parts) < _DEPTH:
        header = objects[number].present if number in objects else None
        if header is None:
            parts.append(_LOST.rstrip(b"/"))
            break
        parts.append(header.name.replace(b"/", b"\\x2f") or str(number).encode())
        number = header.parent
    return b"/".join(reversed(parts))


def _entry(
    data: bytes, found: Layout, objects: dict[int, _Object], number: int, one: _Object, budget: Budget
) -> Iterator[Entry]:
    header = one.present
    if header is None and (one.removed or not one.pages):
        return
    path = (_REMOVED if one.removed else b"") + (_path(objects, number) if header else _LOST + str(number).encode())
    if header is not None and header.kind == _SYMLINK:
        yield link(path, header.target)
    elif header is not None and header.kind == _HARDLINK:
        yield link(path, _path(objects, header.equivalent), kind="hardlink")
    elif header is None or header.kind == _FILE:
        safe = budget.unique(safe_path(path))
        trouble = "" if one.removed else _trouble(one, found.page, named=header is not None)
        notes = (path_note(path), "removed: what the flash still holds of it" if one.removed else "", trouble)
        note = ", ".join(part for part in notes if part)
        load = partial(_content, data, found.page, one, budget)
        yield Entry(safe, (Step("yaffs2", safe),), load=load, status="damaged" if trouble else "ok", note=note)
    elif header.kind != _FOLDER:
        yield device(path)


def _trouble(one: _Object, page: int, *, named: bool) -> str:
    """Why the content may not be what was written; empty where nothing is missing."""
    if not named:
        return "no header says what it is called"
    for number in range(1, (one.size() + page - 1) // page + 1):
        if number not in one.pages:
            return f"it has a hole at byte {(number - 1) * page}: it was left out, or the page is lost"
    return ""


def _content(data: bytes, page: int, one: _Object, budget: Budget) -> bytes:
    size = one.size()
    budget.room(size)
    out = bytearray(size)
    for number, (start, length) in one.pages.items():
        base = (number - 1) * page
        if base < size:
            part = data[start : start + min(length, size - base)]
            out[base : base + len(part)] = part
    return bytes(out)


READER = Reader("yaffs2", claims, entries, step=True)
