"""A table of the database: its columns are declared once and give its schema, what is inserted and what is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import IntEnum, StrEnum
from functools import cache, lru_cache
from itertools import islice, repeat
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from iotwatch.model import LARGEST, iso
from iotwatch.store.packing import microseconds, to_json
from iotwatch.words.doubts import doubts_stored
from iotwatch.words.said import Said, packed

_T = TypeVar("_T")
_CHUNK = 1024
_Decode = Callable[[Any], Any]


class Kind(msgspec.Struct, frozen=True):
    """What a column holds: its type in SQLite, and how values pass into it and out of it where they are not stored as they are.

    ``check`` is stricter than ``read``: it raises for what was never written.
    """

    sql: type
    write: Callable[[Any], Any] | None = None
    read: _Decode | None = None
    index: bool = False
    unique: bool = False
    check: _Decode | None = None

    def fault(self, stored: str, cell: Any) -> str:
        """What is wrong with a ``cell`` whose storage class is ``stored`` (text as its bytes); empty for what is ours."""
        if cell is not None and stored not in _STORED[self.sql]:
            return f"is of the type {stored}"
        if (self.sql is int and cell is not None and not 0 <= cell <= LARGEST) or cell in _ENDLESS:
            return "is out of range"
        if self.unique and cell is None:
            return "is empty"
        try:
            value = cell.decode() if isinstance(cell, bytes) and self.sql is str else cell
            if (check := self.check or self.read) is not None:
                check(value)
        except BROKEN as error:
            return f"cannot be read ({type(error).__name__})"
        return ""


BROKEN = (
    *(ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError),
    *(msgspec.MsgspecError, sqlite3.Error),
)
"""What reading values of the wrong shape raises."""
_STORED = {int: ("integer",), float: ("real", "integer"), str: ("text",), bytes: ("blob",)}
_ENDLESS = (float("inf"), float("-inf"))
_DEEPEST_JSON = 32


def _check_time(text: str | None) -> None:
    if text is not None and iso(microseconds(text)) != text:
        raise ValueError("no time as the tables write it")


INTEGER, REAL, TEXT, BLOB = Kind(int), Kind(float), Kind(str), Kind(bytes)
# Microseconds here, ISO-8601 there.
TIME = Kind(str, iso, microseconds, check=_check_time)
# A time that is ISO-8601 here too.
ISO_TIME = Kind(str, check=_check_time)
FLAG = Kind(
    int,
    lambda value: None if value is None else int(value),
    lambda value: None if value is None else bool(value),
    check=(None, 0, 1).index,
)
HEX = Kind(str, bytes.hex, bytes.fromhex)


def indexed(kind: Kind) -> Kind:
    """The same with an index."""
    return msgspec.structs.replace(kind, index=True)


def unique(kind: Kind) -> Kind:
    """The same with an index that has each value once."""
    return msgspec.structs.replace(kind, index=True, unique=True)


def json(shape: Any) -> Kind:
    """Any value as JSON text, which gives a value of the type ``shape`` again; nothing where the text is empty."""
    empty = {dict: b"{}", tuple: b"[]"}.get(getattr(shape, "__origin__", shape), b"null")
    decode = msgspec.json.Decoder(shape).decode

    def check(text: str | None) -> None:
        decode(text or empty)
        value = msgspec.json.decode(text or empty)
        # Surrogates alone are valid in JSON and cannot be written again.
        to_json(value)
        _check_depth(value)

    return Kind(str, to_json, lambda text: decode(text or empty), check=check)


def _check_depth(value: Any) -> None:
    level = [value]
    for _ in range(_DEEPEST_JSON):
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    if level:
        raise ValueError("JSON is nested too deeply")


def word(kind: type[StrEnum]) -> Kind:
    """A member of an enum of texts."""
    return Kind(str, None, lambda text: kind(text or ""))


def _read_doubts(text: str) -> tuple[Said, ...]:
    return doubts_stored(msgspec.json.decode(text or b"[]", type=list[Any]))


# Most of the many rows of a source have the same ones.
DOUBTS = Kind(str, lambda said: to_json([packed(one) for one in said]), lru_cache(1024)(_read_doubts))


def level(kind: type[IntEnum]) -> Kind:
    """A member of an ordered enum, as its name in small letters."""
    names = {one.name.lower(): one for one in kind}
    return Kind(str, {one: name for name, one in names.items()}.__getitem__, names.__getitem__)


class Table:
    """One table, in the order of its columns; each has an ``id`` besides. ``about`` says what a row is."""

    def __init__(self, name: str, about: str, /, **columns: Kind) -> None:
        self.name = name
        self.about = about
        self.columns = {"id": INTEGER, **columns}
        self._getters = {name: attrgetter(name) for name in self.columns}
        # One statement for each choice of columns.
        self._inserting = cache(self._statement)

    def insert(self, connection: sqlite3.Connection, rows: Iterable[object], **given: object) -> None:
        """Insert a row for each of ``rows``.

        A column is what ``given`` says (a function of the row, or one value for all), else the attribute of its name. The row
        id is SQLite's where it is not given.
        """
        names = [name for name in self.columns if name != "id" or name in given]
        left = iter(rows)
        while some := list(islice(left, _CHUNK)):
            columns = [self._column(name, given.get(name, self._getters[name]), some) for name in names]
            connection.executemany(self._inserting(*names), zip(*columns, strict=True))

    def _column(self, name: str, given: Any, rows: Sequence[object]) -> Iterator[object]:
        if not callable(given):
            return repeat(self._written(name, given), len(rows))
        write, values = self.columns[name].write, map(given, rows)
        return values if write is None else map(write, values)

    def add(self, connection: sqlite3.Connection, **values: object) -> int:
        """Insert one row of ``values`` by column, the others empty; gives its id."""
        written = [self._written(name, value) for name, value in values.items()]
        return int(connection.execute(self._inserting(*values), written).lastrowid or 0)

    def _written(self, name: str, value: object) -> object:
        write = self.columns[name].write
        return value if write is None else write(value)

    def _statement(self, *names: str) -> str:
        columns = ", ".join(f'"{name}"' for name in names)
        return f"INSERT INTO {self.name} ({columns}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608

    def read(
        self,
        connection: sqlite3.Connection,
        made: Callable[..., _T],
        tail: str,
        parameters: Sequence[object] = (),
        *,
        fields: Sequence[str] = (),
        **given: tuple[str, _Decode | None],
    ) -> Iterator[_T]:
        """Rows as values of ``made``; ``tail`` is the query from WHERE on.

        The arguments of ``made`` are ``fields`` (of a struct: its own fields) in turn. Each is the column of that name as its
        kind reads it, or what ``given`` says: a column and what is made of its stored value.
        """
        wanted = fields or made.__struct_fields__  # type: ignore[attr-defined]
        sources = [given[name] if name in given else (name, self.columns[name].read) for name in wanted]
        names = ", ".join(f'{self.name}."{column}"' for column, _ in sources)
        decoders = [(index, decode) for index, (_, decode) in enumerate(sources) if decode is not None]
        for row in connection.execute(f"SELECT {names} FROM {self.name} {tail}", parameters):  # noqa: S608
            values = list(row)
            for index, decode in decoders:
                values[index] = decode(values[index])
            yield made(*values)
