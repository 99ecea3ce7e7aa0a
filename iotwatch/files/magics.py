"""The magics of every form of files that is known, out of ``magics.toml``, which has their sources."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from iotwatch.files.beside import beside
from iotwatch.words.vantage import Vantage


class Form(NamedTuple):
    """A form of captures that is known and not read: its short name, what a person calls such a file, where it is taken."""

    name: str
    title: str
    vantage: Vantage


_Placed = tuple[tuple[str, int, str], ...]
_Named = dict[str, tuple[str, ...]]


class _Carved(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    credible: frozenset[str]
    names: dict[str, str]
    anchors: _Placed
    without_engine: _Placed
    streams: _Placed


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    read: _Placed
    compressed: frozenset[str]
    unread: tuple[tuple[str, str, Vantage, str], ...]
    unopened: tuple[tuple[str, int, str, str, str], ...]
    bytecode: tuple[str, ...]
    documents: _Named
    titles: dict[str, str]
    types: _Named
    elf_machines: dict[int, str]
    carved: _Carved


def _bytes(text: str) -> bytes:
    return text.encode("ascii").decode("unicode_escape").encode("latin-1")


def _named(table: _Named) -> tuple[tuple[bytes, str], ...]:
    return tuple((_bytes(magic), name) for name, magics in table.items() for magic in magics)


def _placed(table: _Placed) -> tuple[tuple[str, int, bytes], ...]:
    return tuple((name, at, _bytes(magic)) for name, at, magic in table)


_FILE = beside(__file__, _File)
READ = tuple((name, at, pattern.encode("ascii")) for name, at, pattern in _FILE.read)
COMPRESSED = _FILE.compressed
UNREAD = tuple((Form(name, title, where), pattern.encode("ascii")) for name, title, where, pattern in _FILE.unread)
UNOPENED = tuple((name, at, _bytes(magic), status, note) for name, at, magic, status, note in _FILE.unopened)
DOCUMENTS = (*(magic for magic, _ in _named(_FILE.documents)), *map(_bytes, _FILE.bytecode))
TYPES = (*_named(_FILE.documents), *_named(_FILE.types))
TITLES = _FILE.titles
ELF_MACHINES = _FILE.elf_machines
CARVED, CARVED_NAMES = _FILE.carved.credible, _FILE.carved.names
ANCHORS, MORE_ANCHORS = _placed(_FILE.carved.anchors), _placed(_FILE.carved.without_engine)
STREAMS = _placed(_FILE.carved.streams)
