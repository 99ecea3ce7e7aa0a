"""Codes of places: geohash and plus code, which state both coordinates in one word."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import msgspec

from iotwatch.decode.generic.codes import geohash, plus_code
from iotwatch.observe.known_place.keys import GAP, Axis, KeyRange, Reading, of_prefixes
from iotwatch.patterns import regex

_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"
_BASE20 = "23456789CFGHJMPQRVWX"
_WORD = regex(rb"[0-9A-Za-z+]{6,15}")
_GEOHASH_LENGTHS = ((600.0, 6), (40.0, 7), (0.0, 8))
"""From which radius in metres on how many letters are looked for: cells of 1.2 km by 0.6 km, 153 m and 38 m by 19 m."""
_PLUS_DEGREES = 0.0025
_MOST_CELLS = 1024


class Code(msgspec.Struct, frozen=True):
    """One kind of code in one case of letters."""

    name: str
    upper: bool
    decoded: Callable[[str], tuple[float, float] | None]
    gap: int = GAP
    little: bool = False

    def codes(self, south: float, north: float, west: float, east: float, radius: float) -> Iterator[KeyRange]:
        """The keys of what codes of places in the box (degrees) begin with."""
        made = set[str]()
        if self.name.startswith("plus"):
            rows, columns = _steps(south, north, _PLUS_DEGREES), _steps(west, east, _PLUS_DEGREES)
            made = {_plus(latitude, longitude) for latitude, longitude in product(rows, columns)}
            chance = 20.0**-8
        else:
            letters = next(length for least, length in _GEOHASH_LENGTHS if radius >= least)
            bits = 5 * letters
            rows = _steps(south, north, 180 / 2 ** (bits // 2))
            columns = _steps(west, east, 360 / 2 ** (bits - bits // 2))
            made = {_geohash(latitude, longitude, letters) for latitude, longitude in product(rows, columns)}
            chance = 32.0**-letters
        for code in sorted(made)[:_MOST_CELLS]:
            written = (code.upper() if self.upper else code).encode()
            yield of_prefixes(written, written, len(written), 15, chance)

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:  # noqa: ARG002
        """The coordinate of the code that stands at ``at`` as a word of its own."""
        found = _WORD.match(data, at)
        if found is None or (data[at - 1 : at].isalnum() and at):
            return None
        place = self.decoded(found[0].decode())
        if place is None:
            return None
        return Reading(place[0] if axis is Axis.LATITUDE else place[1], at, found.end(), signed=True)

    def field(self, axis: Axis) -> str:  # noqa: ARG002  dialects have no word for it
        return ""


def _steps(low: float, high: float, size: float) -> list[float]:
    """Degrees of the middles of the cells that the range touches."""
    first, last = int((low + 180) // size), int((high + 180) // size)
    return [(number + 0.5) * size - 180 for number in range(first, min(last, first + 40) + 1)]


def _geohash(latitude: float, longitude: float, letters: int) -> str:
    bounds = [[-90.0, 90.0], [-180.0, 180.0]]
    code, axis = "", 1
    for _ in range(letters):
        letter = 0
        for _ in range(5):
            low, high = bounds[axis]
            middle = (low + high) / 2
            above = (latitude, longitude)[axis] >= middle
            bounds[axis][0 if above else 1] = middle
            letter = letter << 1 | above
            axis ^= 1
        code += _BASE32[letter]
    return code


def _plus(latitude: float, longitude: float) -> str:
    """The first eight digits of an Open Location Code."""
    rows, columns = round((latitude + 90) // _PLUS_DEGREES), round((longitude + 180) // _PLUS_DEGREES)
    digits = ""
    for _ in range(4):
        digits = _BASE20[rows % 20] + _BASE20[columns % 20] + digits
        rows, columns = rows // 20, columns // 20
    return digits


CODES = (
    Code("geohash", upper=False, decoded=geohash),
    Code("geohash upper", upper=True, decoded=geohash),
    Code("plus code", upper=True, decoded=plus_code),
)
