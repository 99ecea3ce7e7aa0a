"""The words of ``vocabulary.toml``: data, so that a language or a maker's habit is added without code."""

from __future__ import annotations

import msgspec

from iotwatch.files.beside import beside

Words = frozenset[str]


class Names(msgspec.Struct, frozen=True):
    """Words of keys that name a half, both halves, or make something else of a key."""

    latitude: Words
    longitude: Words
    weak_latitude: Words
    weak_longitude: Words
    before_weak: Words
    pair: Words
    strong_pair: Words
    longitude_first: Words
    something_else: Words


class Surroundings(msgspec.Struct, frozen=True):
    """Words around a pair: corners of boxes, and what a receiver says of its fix."""

    bounds: Words
    no_fix: Words
    fix: Words


class RadioWords(msgspec.Struct, frozen=True):
    """Keys of cells and access points, without punctuation and in lower case."""

    mcc: Words
    mnc: Words
    plmn: Words
    area: Words
    cell: Words
    bssid: Words
    mac: Words
    signal: Words
    ssid: Words
    listed_points: Words
    listed_cells: Words


class Vocabulary(msgspec.Struct, frozen=True):
    """All of them; ``codes``, ``whose`` and ``identity`` map a meaning to its words, ``scales`` an ending to an exponent."""

    names: Names
    codes: dict[str, Words]
    scales: dict[str, int]
    whose: dict[str, Words]
    context: Surroundings
    identity: dict[str, Words]
    radio: RadioWords


VOCABULARY = beside(__file__, Vocabulary)


def by_word(meanings: dict[str, Words]) -> dict[str, str]:
    """Each word with its meaning."""
    return {word: meaning for meaning, words in meanings.items() for word in words}
