"""A google-re2 expression over bytes that answers with spans alone: what is asked for every message is asked so.

google-re2's match objects ask the engine how many groups it has before each span that they give, which costs more than the
match. Here the engine's own answer, all spans at once, is handed on. A release that hides its engine better is asked
through its match objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import re2

Spans = Sequence[tuple[int, int]]
"""Where an expression matched, and each of its groups: (-1, -1) for one that took no part."""
_Ask = Callable[[bytes, int, int], Spans]


class Expression:
    """Linear in time; a dot and a class are bytes, not UTF-8. ``re2.error`` when ``regex`` is broken.

    ``fold`` takes upper and lower case for the same; ``memory`` bounds what the engine keeps of its states, in bytes.
    """

    __slots__ = ("_match", "_search", "groupindex")

    def __init__(self, regex: bytes, *, fold: bool = False, memory: int = 8 << 20) -> None:
        options = re2.Options()
        options.case_sensitive = not fold
        options.max_mem = memory
        options.encoding = re2.Options.Encoding.LATIN1
        options.log_errors = False
        compiled = re2.compile(regex, options)
        self.groupindex: dict[bytes, int] = compiled.groupindex
        self._match, self._search = _engine(compiled) or _asked(compiled)

    def match(self, data: bytes, start: int = 0, end: int | None = None) -> Spans | None:
        """The spans of a match that begins at ``start``."""
        spans = self._match(data, start, len(data) if end is None else end)
        return spans if spans[0][0] >= 0 else None

    def search(self, data: bytes, start: int = 0, end: int | None = None) -> Spans | None:
        """The spans of the first match from ``start`` on."""
        spans = self._search(data, start, len(data) if end is None else end)
        return spans if spans[0][0] >= 0 else None

    def each(self, data: bytes, start: int, end: int) -> Iterator[Spans]:
        """The spans of one match after the other."""
        while start <= end and (spans := self.search(data, start, end)) is not None:
            yield spans
            first, start = spans[0]
            start += first == start


def _engine(compiled: Any) -> tuple[_Ask, _Ask] | None:
    """How the engine itself is asked for a match and a search; ``None`` where this release does not show it."""
    engine = getattr(getattr(compiled, "_regexp", None), "Match", None)
    anchors = getattr(re2, "_Anchor", None)
    if engine is None or anchors is None:
        return None
    return partial(engine, anchors.ANCHOR_START), partial(engine, anchors.UNANCHORED)


def _asked(compiled: Any) -> tuple[_Ask, _Ask]:
    """The same answers by way of the match objects."""

    def spans(match: Any) -> Spans:
        return [(-1, -1)] if match is None else [match.span(group) for group in range(compiled.groups + 1)]

    return (
        lambda data, start, end: spans(compiled.match(data, start, end)),
        lambda data, start, end: spans(compiled.search(data, start, end)),
    )
