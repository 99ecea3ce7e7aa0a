"""U-Boot images: the legacy uImage header and the FIT (a device tree with ``/images``). Parts are cuts.

Source: U-Boot ``include/image.h``; doc/usage/fit; the Devicetree Specification chapter 5 for the flattened form.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, safe_path, span

_HEADER = 64
_MULTI = 4
_TYPES = {1: "standalone", 2: "kernel", 3: "ramdisk", 4: "multi", 5: "firmware", 6: "script", 7: "filesystem", 8: "fdt"}
_BEGIN_NODE, _END_NODE, _PROPERTY, _NOP, _END = 1, 2, 3, 4, 9
_DEPTH = 32
_NAME_LIMIT = 256


def uimage_claims(data: bytes) -> bool:
    return data[:4] == b"\x27\x05\x19\x56" and len(data) > _HEADER


def uimage(data: bytes, budget: Budget) -> Iterator[Entry]:
    (size,) = struct.unpack_from(">I", data, 12)
    kind, name = data[30], safe_path(data[32:64].split(b"\0", 1)[0])
    length = min(size, len(data) - _HEADER)
    status, note = ("ok", "") if length == size else ("damaged", "the image ends inside")
    if kind == _MULTI:
        yield from _multi(data, name, budget)
    else:
        path = f"{_TYPES.get(kind, 'image')}-{name}".replace("/", "_")
        yield Entry(path, span(data, _HEADER, length), kind="partition", status=status, note=note)
    yield from behind(data, _HEADER + length)


def _multi(data: bytes, name: str, budget: Budget) -> Iterator[Entry]:
    """A list of sizes that a zero ends, then the parts, each padded to four bytes."""
    sizes: list[int] = []
    at = _HEADER
    while (size := int.from_bytes(data[at : at + 4], "big")) and len(sizes) < 64:
        sizes.append(size)
        at += 4
    at += 4
    for index, size in enumerate(sizes):
        yield Entry(budget.unique(f"{index}-{name}".replace("/", "_")), span(data, at, size), kind="partition")
        at += (size + 3) // 4 * 4


class _Node(msgspec.Struct):
    """An image node of a FIT: its name, where its data stand, and the small properties."""

    name: str
    where: tuple[int, int] | None = None
    numbers: dict[str, int] = msgspec.field(default_factory=dict)


def fit_claims(data: bytes) -> bool:
    if data[:4] != b"\xd0\x0d\xfe\xed" or len(data) < 56:
        return False
    (tree,) = struct.unpack_from(">I", data, 8)
    return data.find(b"images\0", tree, tree + (1 << 16)) >= 0 and data.find(b"configurations\0") >= 0


def fit(data: bytes, budget: Budget) -> Iterator[Entry]:
    total, tree, strings = struct.unpack_from(">III", data, 4)
    end = base = (total + 3) // 4 * 4
    for node in _images(data, tree, strings):
        where = node.where
        if where is None and "data-size" in node.numbers:
            start = node.numbers.get("data-position", base + node.numbers.get("data-offset", 0))
            where = (start, node.numbers["data-size"])
        if where is not None:
            yield Entry(budget.unique(safe_path(node.name)), span(data, *where), kind="partition")
            end = max(end, sum(where))
    yield from behind(data, end)


def _images(data: bytes, tree: int, strings: int) -> Iterator[_Node]:
    """The nodes of ``/images``: the tokens are walked once, so the tree costs what it weighs."""
    at, path = tree, list[str]()
    node: _Node | None = None
    while at + 4 <= len(data):
        (token,) = struct.unpack_from(">I", data, at)
        at += 4
        if token == _BEGIN_NODE:
            end = data.index(b"\0", at, at + _NAME_LIMIT)
            path.append(data[at:end].decode("ascii", "replace"))
            if len(path) > _DEPTH:
                raise UnpackError("the device tree is nested too deep")
            at = (end + 4) // 4 * 4
            if len(path) == 3 and path[1] == "images":
                node = _Node(path[2])
        elif token == _END_NODE:
            if len(path) == 3 and node is not None:
                yield node
                node = None
            path = path[:-1]
        elif token == _PROPERTY:
            size, name_at = struct.unpack_from(">II", data, at)
            if len(path) == 3 and node is not None:
                _property(data, node, strings + name_at, at + 8, size)
            at = (at + 8 + size + 3) // 4 * 4
        elif token == _END:
            return
        elif token != _NOP:
            raise UnpackError(f"token {token} in a device tree")


def _property(data: bytes, node: _Node, name_at: int, start: int, size: int) -> None:
    end = data.find(b"\0", name_at, name_at + _NAME_LIMIT)
    name = data[name_at : max(end, name_at)].decode("ascii", "replace")
    if name == "data":
        node.where = (start, size)
    elif size == 4 and name.startswith("data-"):
        node.numbers[name] = int.from_bytes(data[start : start + 4], "big")


UIMAGE = Reader("uimage", uimage_claims, uimage)
FIT = Reader("fit", fit_claims, fit)
