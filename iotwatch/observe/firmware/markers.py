"""What is looked for in every file of an image, compiled into one matcher that runs at memory speed.

The markers are data: ``markers.toml``, and the dialects' own strings. One has a kind (``identity``, ``position``, ``network``,
``url``, ``key-word`` ...), the value that an observation shall carry, and a pattern in YARA's syntax. ``strong`` markers are
calls, commands and paths that only code with that purpose holds; the others are words, which texts hold too.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

import msgspec

from iotwatch.decode.trackers import STRINGS
from iotwatch.files.beside import beside

if TYPE_CHECKING:
    import yara_x

HITS_PER_MARKER = 256
# Of these every one is a statement of its own, and a monolithic image holds all programs' in one.
_MANY = frozenset({"url", "host", "pem", "der", "key", "key-word", "agent"})
_HITS_OF_MANY = 4096


class Marker(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pattern. ``word``: it counts only as a word of its own, as letters and capitals tell; ``bare``: only in raw bytes."""

    kind: str
    value: str
    pattern: str
    strong: bool = True
    word: bool = False
    bare: bool = False


class Hit(msgspec.Struct, frozen=True):
    """Where a marker stands; ``wide``: as UTF-16LE."""

    marker: Marker
    start: int
    end: int
    wide: bool = False


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    value: str
    words: str
    strong: bool = True
    nocase: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What ``markers.toml`` says; ``component`` maps a name to its pattern."""

    keys: tuple[str, ...]
    words: tuple[_Words, ...]
    pattern: tuple[Marker, ...]
    component: dict[str, str]
    resolved: tuple[str, ...]

    def markers(self) -> Iterator[Marker]:
        for group in self.words:
            for word in group.words.split():
                pattern = _text(word, nocase=group.nocase) + " ascii wide"
                yield Marker(group.kind, group.value, pattern, strong=group.strong, word=True)
        yield from self.pattern
        for key in self.keys:
            yield Marker("key-word", key, _text(key, nocase=True))
        for name, pattern in self.component.items():
            yield Marker("component", name, pattern)
        for name in self.resolved:
            yield Marker("resolved", name, f"{{ {_number_of(name).hex(' ')} }}")


def _number_of(name: str) -> bytes:
    """What an application of SIMCom's OpenSDK holds instead of a function's name."""
    return ((~zlib.crc32(name.encode()) + len(name)) & 0xFFFFFFFF).to_bytes(4, "little")


def _text(text: str, *, nocase: bool) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"' + (" nocase" if nocase else "")


MARKERS = (
    *beside(__file__, _File).markers(),
    *(Marker("dialect", name, f"/{string}/") for name, string in STRINGS),
)


@cache
def _compiled() -> yara_x.Rules:
    import yara_x

    # A rule each: a scan then gives those that matched, and not all patterns to be asked one by one.
    rules = (f"rule m{index} {{ strings: $m = {one.pattern} condition: $m }}" for index, one in enumerate(MARKERS))
    return yara_x.compile("\n".join(rules))


def find(data: bytes) -> dict[str, list[Hit]]:
    """All markers in ``data`` by kind, in the order of their places; at most 256 of a marker, 4,096 of addresses and keys."""
    import yara_x

    scanner = yara_x.Scanner(_compiled())
    scanner.max_matches_per_pattern(_HITS_OF_MANY)
    found: dict[str, list[Hit]] = {}
    for rule in scanner.scan(data).matching_rules:
        marker = MARKERS[int(rule.identifier[1:])]
        most = _HITS_OF_MANY if marker.kind in _MANY else HITS_PER_MARKER
        (pattern,) = rule.patterns
        for place in islice(pattern.matches, most):
            hit = _hit(marker, data, place.offset, place.offset + place.length)
            if hit is not None:
                found.setdefault(marker.kind, []).append(hit)
    for hits in found.values():
        hits.sort(key=lambda hit: (hit.start, -hit.end))
    return found


def _hit(marker: Marker, data: bytes, start: int, end: int) -> Hit | None:
    wide = end - start > 1 and data[start + 1] == 0 and data[start] != 0
    if marker.word and not _is_word(data[start : end : 2 if wide else 1], *_around(data, start, end, wide=wide)):
        return None
    return Hit(marker, start, end, wide)


def _around(data: bytes, start: int, end: int, *, wide: bool) -> tuple[bytes, bytes]:
    if wide:
        return data[max(start - 2, 0) : max(start - 1, 0)], data[end : end + 1]
    return data[max(start - 1, 0) : start], data[end : end + 1]


def _is_word(text: bytes, before: bytes, after: bytes) -> bool:
    """Whether it begins and ends where a word does: ``getImei`` and ``IMEI2`` hold one, ``timeit`` and ``TimeInfo`` do not."""
    if text.lower() in _PLAIN and text not in (text.lower(), text.upper(), text.capitalize()):
        return False
    if text[:1].islower() and before.isalpha():
        return False
    return not (text[:1].isupper() and before.isupper()) and not _goes_on(text[-1:], after)


_PLAIN = frozenset({b"imei", b"imsi", b"iccid", b"latitude", b"longitude"})


def _goes_on(inside: bytes, outside: bytes) -> bool:
    return (outside.islower() and inside.islower()) or (outside.isupper() and inside.isupper())
