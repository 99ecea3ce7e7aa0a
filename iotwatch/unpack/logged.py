"""A database and the log beside it, put together: what a reader finds in a container is one file at a time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Step
from iotwatch.place.cuts import apply_cut
from iotwatch.unpack.sqlite_log import DATABASE, SUFFIXES, is_log, with_log
from iotwatch.unpack.wire import Found


def logs_of(path: str) -> tuple[str, ...]:
    """The names that a database's log may have."""
    return tuple(path + suffix for suffix in SUFFIXES)


class Databases:
    """Databases and logs that the named reader found in ``data``, held back until both of a pair are there.

    A pair gives ``limit`` bytes at most.
    """

    def __init__(self, reader: str, data: bytes, limit: int) -> None:
        self._reader = reader
        self._data = data
        self._limit = limit
        self._held: dict[str, tuple[Found, bytes]] = {}

    def hold(self, found: Found, follows: bytes) -> bool:
        """Whether ``found``, whose bytes follow it or are cut out, is a database or a log, and held."""
        content = self._cut(found) if found.cut else follows
        named = found.path.endswith(SUFFIXES) and is_log(content)
        held = (named or content.startswith(DATABASE)) and found.path not in self._held
        if held:
            self._held[found.path] = found, content
        return held

    def found(self) -> Iterator[tuple[Found, bytes]]:
        """What is held and the bytes that follow it, in the order found: a database as its log leaves it. Of a log that was
        applied only the row is left: its pages are read in the database, and what it holds of people is counted there."""
        applied = dict[str, str]()
        told = list[tuple[Found, bytes]]()
        for path, (found, content) in self._held.items():
            log = next((self._held[name] for name in logs_of(path) if name in self._held), None)
            follows = b"" if found.cut else content
            if log is None or not content.startswith(DATABASE):
                told.append((found, follows))
                continue
            try:
                whole = with_log(content, log[1], self._limit)
            except UnpackError as error:
                told.append((msgspec.structs.replace(found, note=f"its log was not applied: {error}"), follows))
            else:
                applied[log[0].path] = f"read in {_last(path)}"
                note = f"with what {_last(log[0].path)} holds" if whole != content else found.note
                pair = msgspec.structs.replace(
                    found,
                    chain=(Step(self._reader, path),),
                    follow=len(whole),
                    cut=False,
                    note=note,
                    takes=(*_takes(found), *_takes(log[0])),
                )
                told.append((pair, whole))
        for found, follows in told:
            if found.path in applied:
                row = {"type": "sqlite-log", "note": applied[found.path], "size": len(self._held[found.path][1])}
                yield msgspec.structs.replace(found, chain=(), follow=0, cut=False, **row), b""
            else:
                yield found, follows

    def _cut(self, found: Found) -> bytes:
        content = self._data
        for operation in found.chain:
            content = apply_cut(content, operation) if isinstance(operation, Cut) else b""
        return content


def _takes(found: Found) -> tuple[tuple[int, int], ...]:
    """The spans of the container that belong to an entry, as far as they are known."""
    match found:
        case Found(cut=True, chain=(Cut(spans=spans),)):
            return spans
    return found.takes


def _last(path: str) -> str:
    return path.rpartition("/")[2]
