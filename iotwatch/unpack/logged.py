"""A database and the log beside it, put together: what a reader finds in a container is one file at a time."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.errors import UnpackError
from iotwatch.model import Cut, Operation, Step
from iotwatch.place.cuts import apply_cut
from iotwatch.place.sqlite_log import DATABASE, SUFFIXES, is_log, with_log
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
        """What is held and the bytes that follow it, in the order found: a database as its log leaves it."""
        for path, (found, content) in self._held.items():
            log = next((self._held[name] for name in logs_of(path) if name in self._held), None)
            follows = b"" if found.cut else content
            if log is None or not content.startswith(DATABASE):
                yield found, follows
                continue
            try:
                whole = with_log(content, log[1], self._limit)
            except UnpackError as error:
                yield msgspec.structs.replace(found, note=f"its log was not applied: {error}"), follows
            else:
                note = f"with what {log[0].path.rpartition('/')[2]} holds" if whole != content else found.note
                chain = self._chain(found, log[0], len(content))
                yield msgspec.structs.replace(found, chain=chain, follow=len(whole), cut=False, note=note), whole

    def _cut(self, found: Found) -> bytes:
        content = self._data
        for operation in found.chain:
            content = apply_cut(content, operation) if isinstance(operation, Cut) else b""
        return content

    def _chain(self, found: Found, log: Found, size: int) -> tuple[Operation, ...]:
        """Where the pair stands: both cut out and joined, or, where a step gave either, the step of its path gives the pair."""
        match found, log:
            case Found(cut=True, chain=(Cut(spans=one),)), Found(cut=True, chain=(Cut(spans=other),)):
                return Cut((*one, *other)), Step("sqlite-log", str(size))
        return (Step(self._reader, found.path),)
