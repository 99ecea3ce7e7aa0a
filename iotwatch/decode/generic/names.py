"""What a key says: ``gpsLatitude``, ``start_lontitude``, ``latitude_i``, ``纬度`` ... (reference facts:
location payloads, section 1).

A key is split into words; the word that names a coordinate gives the role, all others must be the same in its partner:
``native_latitude`` pairs with ``native_longitude`` and never with ``longitude``.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from iotwatch.decode.generic.vocabulary import VOCABULARY, by_word
from iotwatch.patterns import regex

LATITUDE, LONGITUDE, PAIR, CODE = "latitude", "longitude", "pair", "code"

_WORD = regex(r"[A-Z]{2,}(?=[A-Z][a-z]|$|[^A-Za-z])|[A-Z]?[a-z\u00df-\u024f]+|[A-Z]+|\d+|[^\x00-\u024f]+")
_WORDS = VOCABULARY.names
_WEAK = {**dict.fromkeys(_WORDS.weak_latitude, LATITUDE), **dict.fromkeys(_WORDS.weak_longitude, LONGITUDE)}
_CODES = by_word(VOCABULARY.codes)
LON_FIRST = _WORDS.longitude_first
_SUFFIX = regex(
    r"^(?P<head>[a-z]{1,16}?)(?P<name>latitude|longitude|longtitude|lontitude|lattitude|lat|lon|lng|long)(?P<tail>[a-z]?)$"
)


class Name(msgspec.Struct, frozen=True, gc=False):
    """A key's role, what its partner's key must share (``stem``), the exponent its name tells, and how much it proves."""

    role: str
    stem: tuple[str, ...] = ()
    exponent: int = 0
    weak: bool = False
    code: str = ""


@lru_cache(maxsize=8192)
def read_name(key: str) -> Name | None:
    """What ``key`` says of a place, or ``None``."""
    if len(key) > 64:
        return None
    words = [word.lower() for word in _WORD.findall(key)]
    if not words or len(words) > 10:
        return None
    joined = "".join(words)
    if code := _CODES.get(joined) or _CODES.get(words[-1] if len(words) > 1 else ""):
        return Name(CODE, code=code)
    if joined in _WORDS.strong_pair:
        return Name(PAIR, (joined,))
    if (
        found := _coordinate(words)
        or _weak(words)
        or (_coordinate([joined]) if len(words) > 1 else None)
        or _suffixed(joined, words)
    ):
        return found
    for candidate in (joined, words[-1], words[0]):
        if candidate in _WORDS.pair or candidate in _WORDS.strong_pair:
            return Name(PAIR, (candidate,), weak=candidate not in _WORDS.strong_pair or joined != candidate)
    return None


def _coordinate(words: list[str]) -> Name | None:
    for index, word in enumerate(words):
        role = LATITUDE if word in _WORDS.latitude else LONGITUDE if word in _WORDS.longitude else ""
        if role:
            others = [other for at, other in enumerate(words) if at != index]
            return _named(role, others)
    return None


def _named(role: str, others: list[str]) -> Name | None:
    if any(other in _WORDS.something_else for other in others):
        return None
    exponent = 0
    tail = "".join(others[-2:])
    for mark in (others[-1] if others else "", tail):
        if mark in VOCABULARY.scales:
            exponent = VOCABULARY.scales[mark]
            break
    return Name(role, tuple(others), exponent)


def _weak(words: list[str]) -> Name | None:
    if words[0] in _WEAK and len(words) == 1:
        return Name(_WEAK[words[0]], weak=True)
    if words[0] in _WEAK and len(words) == 2 and words[1].startswith("geogr"):
        return Name(_WEAK[words[0]])
    if len(words) == 2 and words[1] in _WEAK and words[0] in _WORDS.before_weak:
        return Name(_WEAK[words[1]], (words[0],), weak=True)
    return None


def _suffixed(joined: str, words: list[str]) -> Name | None:
    """Words run together in lower case: ``gpslat``, ``userlongitude``, ``latitudei``."""
    if len(words) > 2:
        return None
    match = _SUFFIX.match(joined)
    if match is None:
        stemmed = re.match(r"^(latitude|longitude|lat|lon|lng)(i|e|deg|itude|value|val|wgs|gcj|bd)$", joined)
        if stemmed is None:
            return None
        role = LATITUDE if stemmed[1].startswith("lat") else LONGITUDE
        return _named(role, [stemmed[2]])
    role = LATITUDE if match["name"].startswith("lat") else LONGITUDE
    tail = [match["tail"]] if match["tail"] else []
    return _named(role, [match["head"], *tail])
