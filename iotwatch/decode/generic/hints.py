"""Is it worth parsing at all? One pass of a linear-time matcher over the raw bytes answers for most traffic.

Every hint is a key word followed by a value of the right form, or a shape that only places have; half a pair of key
words is not enough. Ordinary text, HTML, JSON and ciphertext pass by at hundreds of megabytes a second.
"""

from __future__ import annotations

from functools import cache

import msgspec

from iotwatch.decode.expression import Expression
from iotwatch.files.beside import beside

_VALUE = (
    r"""[^a-z0-9]{0,4}[=:>"'\]][^a-z0-9]{0,8}(?:(?:value|val|v|deg|degrees|n)["'\s:=>]{1,6})?[NSEW]?[ ]?[-+]?\.?\d"""
)
_PACKED_NUMBER = r"[a-z]{0,10}[\x18-\x1b\x38-\x3b\xf9-\xfb\xca-\xd3]"
"""The rest of a key in CBOR or MessagePack, and the first byte of a number behind it."""
MAX_LINES = 100_000


class _Hints(msgspec.Struct, frozen=True):
    """Alternatives: words that name a half, what tells of radio, and what needs no partner."""

    latitude: list[str]
    longitude: list[str]
    radio: list[str]
    single: list[str]


_HINTS = beside(__file__, _Hints)


@cache
def _compiled(pattern: str) -> Expression:
    return Expression(pattern.encode("utf-8"), fold=True, memory=64 << 20)


_WORD_BEFORE = r"(?:^|[^a-z0-9])"
_LATITUDE_HINT = f"(?:{'|'.join(_HINTS.latitude)}|{_WORD_BEFORE}(?:wd|la|y)){_VALUE}|lat{_PACKED_NUMBER}"
_LONGITUDE_HINT = f"(?:{'|'.join(_HINTS.longitude)}|{_WORD_BEFORE}(?:jd|lo|x)){_VALUE}|l(?:on|ng){_PACKED_NUMBER}"
_SINGLE_HINT = "|".join([*_HINTS.single, *_HINTS.radio])
_RADIO_HINT = "|".join([*_HINTS.radio, "cell|mac|lac|tac|eci|bts"])


def worth(data: bytes, start: int = 0, end: int | None = None) -> bool:
    """Whether ``data[start:end]`` may state a place, a radio cell or an identity by name or shape."""
    end = len(data) if end is None else end
    if _compiled(_SINGLE_HINT).search(data, start, end) is not None:
        return True
    return (
        _compiled(_LATITUDE_HINT).search(data, start, end) is not None
        and _compiled(_LONGITUDE_HINT).search(data, start, end) is not None
    )


def worthy_lines(data: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """The ranges of the lines of ``data[start:end]`` that ``worth`` would take, found in one pass for each hint."""
    singles = _line_starts(_SINGLE_HINT, data, start, end)
    pairs = _line_starts(_LATITUDE_HINT, data, start, end)
    if pairs:
        pairs &= _line_starts(_LONGITUDE_HINT, data, start, end)
    lines = []
    for low in sorted(singles | pairs):
        high = data.find(b"\n", low, end)
        lines.append((low, end if high < 0 else high))
    return lines


def _line_starts(pattern: str, data: bytes, start: int, end: int) -> set[int]:
    found: set[int] = set()
    at = start
    search = _compiled(pattern).search
    for _ in range(MAX_LINES):
        spans = search(data, at, end)
        if spans is None:
            break
        here = spans[0][0]
        found.add(max(start, data.rfind(b"\n", start, here) + 1))
        after = data.find(b"\n", here, end)
        if after < 0:
            break
        at = after + 1
    return found


def radio_worth(data: bytes, start: int, end: int) -> bool:
    """Whether ``data[start:end]`` may name radio cells or access points."""
    return _compiled(_RADIO_HINT).search(data, start, end) is not None
