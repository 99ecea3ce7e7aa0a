"""Host patterns: names matched by suffix on label borders, the most specific pattern first and alone.

``heclouds.com`` and ``*.heclouds.com`` both know ``heclouds.com`` and all below it; ``*`` inside a label stands for any
run of characters without a dot. Addresses match whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

import re2

from iotwatch.words.hosts import is_address, read_host

NAME_LIMIT = 255  # RFC 1035 section 2.3.4

T = TypeVar("T")


def host_name(value: str) -> str:
    """Return the bare host of ``Name.:port`` in lower case; IPv6 addresses keep their colons."""
    return read_host(value[: NAME_LIMIT + 8]).name.rstrip(".")


class HostIndex(Generic[T]):
    """Host patterns with what each stands for; look-ups cost one dictionary access per label.

    ``literals`` are texts of which one stands in every host that the index knows.
    """

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self.literals: set[str] = set()
        self._addresses: dict[str, list[T]] = {}
        self._suffixes: dict[str, list[T]] = {}
        self._globs: dict[str, list[tuple[re2._Regexp[str], T]]] = {}
        for pattern, entry in entries:
            name = pattern.lower().removeprefix("*.")
            self.literals.add(name.rpartition("*")[2].lstrip("."))
            if "*" not in name:
                known = self._addresses if is_address(name) else self._suffixes
                known.setdefault(name, []).append(entry)
                continue
            fixed = name.rpartition("*")[2].partition(".")[2]
            labels = r"[^.]*".join(re2.escape(part) for part in name.split("*"))
            self._globs.setdefault(fixed, []).append((re2.compile(rf"(^|\.){labels}$"), entry))

    def find(self, value: str) -> list[T]:
        """Return the entries of the most specific pattern that knows the host; nothing for what is no host name."""
        name = host_name(value)
        if not name or len(name) > NAME_LIMIT:
            return []
        if is_address(name):
            return list(self._addresses.get(name, ()))
        suffix = name
        while suffix:
            found = [entry for regex, entry in self._globs.get(suffix, ()) if regex.search(name)]
            found = found or self._suffixes.get(suffix, [])
            if found:
                return list(found)
            suffix = suffix.partition(".")[2]
        return []
