"""CBOR (RFC 8949) and MessagePack (msgpack spec), walked with the range of every value; no recursion, bounded counts."""

from __future__ import annotations

import struct
from collections.abc import Callable

from iotwatch.decode.fields import Cursor
from iotwatch.decode.generic.tree.node import ARRAY, BYTES, MAX_DEPTH, NUMBER, OBJECT, TEXT, WORD, Node, Scalar
from iotwatch.errors import DecodeError

MAX_ITEMS = 100_000
_OPEN = 1 << 62
_SIGNS = ("tag", "break")
_MSGPACK_NUMBERS = {
    0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q",
}  # fmt: skip
_MSGPACK_BYTES = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xC7: 1, 0xC8: 2, 0xC9: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_MSGPACK_EXT = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


class _Open:
    """A container that is being filled: ``left`` values are still to come (keys count in maps)."""

    __slots__ = ("key", "key_start", "left", "names", "node")

    def __init__(self, node: Node, left: int) -> None:
        self.node = node
        self.left = left
        self.names = node.kind == OBJECT
        self.key: str | None = None
        self.key_start = 0

    def name(self, kind: str, value: Scalar, at: int) -> None:
        """Keep the key of the value that follows."""
        if kind in (OBJECT, ARRAY):
            raise DecodeError("a key is a container")
        self.key, self.key_start = str(value), at
        self.left -= 1

    def add(self, node: Node) -> None:
        """Take ``node`` with the key that waits for it."""
        if self.key is not None:
            node.key, node.start, self.key = self.key, self.key_start, None
        self.node.children.append(node)
        self.left -= 1


_Item = tuple[str, Scalar, int]
"""Kind, scalar, and for containers how many values follow."""


def read_cbor(data: bytes, start: int, end: int) -> tuple[Node, int]:
    """The CBOR item at ``start`` and where it ends; ``DecodeError`` when it is none."""
    return _read(Cursor(data, start, end), _cbor_item)


def read_msgpack(data: bytes, start: int, end: int) -> tuple[Node, int]:
    """The MessagePack item at ``start`` and where it ends; ``DecodeError`` when it is none."""
    return _read(Cursor(data, start, end), _msgpack_item)


def _read(cursor: Cursor, item: Callable[[Cursor], _Item]) -> tuple[Node, int]:
    stack: list[_Open] = []
    top: _Open | None = None
    for _ in range(MAX_ITEMS):
        at = cursor.at
        kind, value, count = item(cursor)
        if top is not None and top.names and top.key is None and kind not in _SIGNS:
            top.name(kind, value, at)
            continue
        if kind == "tag":
            continue
        if kind == "break":
            node = _ended(stack)
        else:
            node = Node("", kind, at, cursor.at, value)
            if kind in (TEXT, BYTES):
                node.inner = (cursor.at - _size(value), cursor.at)
            if top is not None:
                top.add(node)
            if count:
                if len(stack) >= MAX_DEPTH:
                    raise DecodeError("too deep")
                top = _Open(node, count)
                stack.append(top)
        while top is not None and top.left == 0:
            node = stack.pop().node
            node.end = cursor.at
            top = stack[-1] if stack else None
        if top is None:
            return node, cursor.at
    raise DecodeError("too many items")


def _ended(stack: list[_Open]) -> Node:
    """The container of no declared size that ends here."""
    if not stack or stack[-1].left < _OPEN >> 1:
        raise DecodeError("an item ends that was not open")
    stack[-1].left = 0
    return stack[-1].node


def _size(value: Scalar) -> int:
    """How many bytes a text or a byte string has."""
    return len(value) if isinstance(value, bytes) else len(str(value).encode())


def _cbor_item(cursor: Cursor) -> _Item:
    first = cursor.u8()
    if first < 24:
        return NUMBER, first, 0
    major, info = first >> 5, first & 31
    if major == 7:
        return _cbor_simple(cursor, info)
    size = info if info < 24 else _cbor_size(cursor, major, info)
    if major == 3:
        return TEXT, _text(cursor.take(size)), 0
    if major < 2:
        return NUMBER, -1 - size if major else size, 0
    if major == 2:
        return BYTES, cursor.take(size), 0
    if major == 6:
        return "tag", None, 0
    if size != _OPEN and size > cursor.left:
        raise DecodeError("a container is larger than the message")
    return (ARRAY, None, size) if major == 4 else (OBJECT, None, size if size == _OPEN else size * 2)


def _cbor_size(cursor: Cursor, major: int, info: int) -> int:
    """The number of the next bytes, or the sign that a container's end will be told."""
    if info < 28:
        return cursor.uint(1 << (info - 24))
    if info == 31 and major in (4, 5):
        return _OPEN
    raise DecodeError("a length that is not defined")


def _cbor_simple(cursor: Cursor, info: int) -> _Item:
    if info in (20, 21, 22, 23):
        return WORD, {20: False, 21: True}.get(info), 0
    if info in (25, 26, 27):
        raw = cursor.take(2 << (info - 25))
        return NUMBER, float(struct.unpack({25: ">e", 26: ">f", 27: ">d"}[info], raw)[0]), 0
    if info == 31:
        return "break", None, 0
    raise DecodeError("a simple value that is not defined")


def _msgpack_item(cursor: Cursor) -> _Item:
    first = cursor.u8()
    if first < 0x80 or first >= 0xE0:
        return NUMBER, first if first < 0x80 else first - 256, 0
    if first < 0xA0:
        return (OBJECT, None, (first & 15) * 2) if first < 0x90 else (ARRAY, None, first & 15)
    if first < 0xC0:
        return TEXT, _text(cursor.take(first & 31)), 0
    if first in (0xC0, 0xC2, 0xC3):
        return WORD, {0xC2: False, 0xC3: True}.get(first), 0
    if first in _MSGPACK_NUMBERS:
        layout = _MSGPACK_NUMBERS[first]
        return NUMBER, struct.unpack(layout, cursor.take(struct.calcsize(layout)))[0], 0
    if first in _MSGPACK_BYTES:
        size = cursor.uint(_MSGPACK_BYTES[first])
        if first in (0xC7, 0xC8, 0xC9):
            cursor.skip(1)
        raw = cursor.take(size)
        return (TEXT, _text(raw), 0) if first >= 0xD9 else (BYTES, raw, 0)
    if first in _MSGPACK_EXT:
        cursor.skip(1)
        return BYTES, cursor.take(_MSGPACK_EXT[first]), 0
    if first in (0xDC, 0xDD, 0xDE, 0xDF):
        count = cursor.uint(2 if first in (0xDC, 0xDE) else 4)
        if count > cursor.left:
            raise DecodeError("a container is larger than the message")
        return (ARRAY, None, count) if first < 0xDE else (OBJECT, None, count * 2)
    raise DecodeError("a byte that MessagePack does not define")


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DecodeError("a text is not UTF-8") from error
