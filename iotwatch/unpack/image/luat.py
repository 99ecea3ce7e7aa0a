"""LuaDB, the script archive of openLuat modules: parts are cuts.

Source: reference facts (``lua.img`` of Luat_CSDK_Air724U): every record begins 01 04 5A A5 5A A5; then type, length and value
follow each other: 02 is the name, 03 the length of the content, FE its check value, behind which the content stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.errors import UnpackError
from iotwatch.unpack.entry import Budget, Entry, Reader, behind, safe_path, stored

_MAGIC = b"\x01\x04\x5a\xa5\x5a\xa5"
_NAME, _LENGTH, _CHECK = 2, 3, 0xFE
_MOST_FIELDS = 16


def claims(data: bytes) -> bool:
    return data.startswith(_MAGIC)


def entries(data: bytes, budget: Budget) -> Iterator[Entry]:
    at = 0
    while data.startswith(_MAGIC, at):
        fields, at = _fields(data, at + len(_MAGIC))
        if _LENGTH not in fields:
            continue  # the head of the archive
        name, size = fields.get(_NAME, b""), int.from_bytes(fields[_LENGTH], "little")
        yield stored(data, budget.unique(safe_path(name)), name, at, size)
        at += size
    yield from behind(data, at)


def _fields(data: bytes, at: int) -> tuple[dict[int, bytes], int]:
    """The values of one record by type, and where they end: behind the check value."""
    fields: dict[int, bytes] = {}
    for _ in range(_MOST_FIELDS):
        if at + 2 > len(data) or data.startswith(_MAGIC, at):
            break
        kind, size = data[at], data[at + 1]
        fields[kind] = data[at + 2 : at + 2 + size]
        at += 2 + size
        if kind == _CHECK:
            return fields, at
    if _LENGTH in fields:
        raise UnpackError("a record of the LuaDB archive has no check value")
    return fields, at


READER = Reader("luadb", claims, entries)
