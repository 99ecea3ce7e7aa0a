"""Known places in payloads: what is found is read exactly, and told with its chance."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import msgspec
import numpy as np

from iotwatch.decode.geodesy import distance
from iotwatch.files.known_places import KnownPlace
from iotwatch.observe.known_place.codes import CODES, Code
from iotwatch.observe.known_place.keys import Axis, Encoding, Reading
from iotwatch.observe.known_place.places import Image, box, images
from iotwatch.observe.known_place.search import Arena, Half, Search
from iotwatch.observe.known_place.table import ENCODINGS


class Hit(msgspec.Struct, frozen=True):
    """A known place in payload number ``payload``.

    ``rate``: how many such places to expect in a byte of chance alone, in an encoding as rare, with as few bytes between the
    halves. ``alone``: the chance of these two numbers at these two offsets.
    """

    payload: int
    place: KnownPlace
    datum: str
    encoding: Encoding | Code
    latitude: Reading
    longitude: Reading
    rate: float
    alone: float

    @property
    def layout(self) -> tuple[str, int]:
        """What two messages of one form have in common: the encoding, and where the longitude stands from the latitude.

        Numbers in text have no length of their own: of them only which one is first.
        """
        apart = self.longitude.start - self.latitude.start
        name = self.encoding.name
        return name, apart if not name.startswith("text") else (1 if apart > 0 else -1)

    @property
    def span(self) -> tuple[int, int]:
        return min(self.latitude.start, self.longitude.start), max(self.latitude.end, self.longitude.end)


class Finder:
    """Looks for some known places."""

    def __init__(self, places: Sequence[KnownPlace]) -> None:
        self._sought = [_Sought(place, image) for place in places for image in images(place.latitude, place.longitude)]

    @property
    def tried(self) -> int:
        """How many places are looked for, their images in other datums counted."""
        return len(self._sought)

    def hits(self, payloads: Sequence[bytes], fits: Callable[[Hit], bool] = lambda hit: True) -> list[Hit]:  # noqa: ARG005
        """The known places in ``payloads`` that ``fits`` lets pass, in order; of readings that share bytes the least probable."""
        arena = Arena(payloads)
        found = [hit for sought in self._sought for hit in sought.hits(arena, payloads) if fits(hit)]
        found.sort(key=lambda hit: (hit.payload, hit.rate, hit.span))
        kept, spans = list[Hit](), list[tuple[int, int, int]]()
        for hit in found:
            start, end = hit.span
            at = bisect_left(spans, (hit.payload, start, 0))
            before = spans[at - 1] if at else (-1, 0, 0)
            behind = spans[at] if at < len(spans) else (-1, 0, 0)
            if (before[0] != hit.payload or before[2] <= start) and (behind[0] != hit.payload or end <= behind[1]):
                spans.insert(at, (hit.payload, start, end))
                kept.append(hit)
        return sorted(kept, key=lambda hit: (hit.payload, hit.span))


@lru_cache(maxsize=4)
def finder(places: tuple[KnownPlace, ...]) -> Finder:
    """The finder of some places, made once a process."""
    return Finder(places)


class _Sought:
    """One image of a place."""

    def __init__(self, place: KnownPlace, image: Image) -> None:
        self._place, self._image = place, image
        self._search = Search(ENCODINGS, *box(image.latitude, image.longitude, place.radius))
        chances = np.array(self._search.chances)
        # Whatever is more probable than a hit counts as probable as it is.
        self._tried = np.minimum(chances[:, None], chances[None, :]).sum(axis=1)
        bounds = box(image.latitude, image.longitude, place.radius)
        codes = [(number, one) for number, code in enumerate(CODES) for one in code.codes(*bounds, place.radius)]
        self._codes = Half([(number, False, one) for number, one in codes])
        self._of_codes = sum(one.chance for _, one in codes)

    def hits(self, arena: Arena, payloads: Sequence[bytes]) -> Iterator[Hit]:
        for pair in self._search.pairs(arena):
            number = arena.payload_at(pair.latitude)
            payload, start = payloads[number], int(arena.starts[number])
            hit = self._read(payload, number, pair.encoding, pair.latitude - start, pair.longitude - start)
            if hit is not None:
                yield hit
        for index, at in self._codes.all_hits(arena):
            number = arena.payload_at(at)
            hit = self._read_code(payloads[number], number, CODES[index], at - int(arena.starts[number]))
            if hit is not None:
                yield hit

    def _read_code(self, payload: bytes, number: int, code: Code, at: int) -> Hit | None:
        halves = _halves(code, payload, at, at, self._image)
        if halves is None or halves[0].end > len(payload) or self._far(*halves):
            return None
        rate = self._of_codes + float(np.minimum(self._search.chances, self._of_codes).sum())
        return Hit(number, self._place, self._image.datum, code, *halves, rate, self._of_codes)

    def _far(self, north: Reading, east: Reading) -> bool:
        there = self._image.latitude, self._image.longitude
        return distance(*there, north.degrees, east.degrees) > self._place.radius

    def _read(self, payload: bytes, number: int, index: int, latitude: int, longitude: int) -> Hit | None:
        encoding = self._search.encodings[index]
        if not 0 <= longitude < len(payload):
            return None
        halves = _halves(encoding, payload, latitude, longitude, self._image)
        if halves is None:
            return None
        north, east = halves
        gap = max(north.start, east.start) - min(north.end, east.end)
        # A zero, and the end of a scale, are written where there is no fix or nothing at all.
        if abs(north.degrees) in (0, 90) or abs(east.degrees) in (0, 180):
            return None
        if not 0 <= gap <= encoding.gap or self._far(north, east):
            return None
        rate, alone = 2 * (gap + 1) * float(self._tried[index]), self._search.chances[index]
        return Hit(number, self._place, self._image.datum, encoding, north, east, rate, alone)


def _halves(
    encoding: Encoding | Code, payload: bytes, latitude: int, longitude: int, image: Image
) -> tuple[Reading, Reading] | None:
    north = encoding.read(payload, latitude, Axis.LATITUDE, image.latitude)
    east = encoding.read(payload, longitude, Axis.LONGITUDE, image.longitude)
    return (north, east) if north is not None and east is not None else None
