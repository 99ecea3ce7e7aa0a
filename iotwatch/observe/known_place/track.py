"""The track of a drive: where the car was and when, as known places, and how it moved.

A track is GPX, NMEA 0183 or CSV (time, latitude, longitude; named in its first line or in this order). Points are thinned to
places that stand closer than the radius; where the car came by again, the place keeps both times. Gaps stay gaps.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from iotwatch.decode import decode
from iotwatch.decode.geodesy import distance
from iotwatch.errors import OptionError
from iotwatch.files.drive import Drive
from iotwatch.files.known_places import KnownPlace, in_microseconds
from iotwatch.observe.known_place.places import METRES_A_DEGREE
from iotwatch.read.stream import from_bytes

_MOST_BYTES = 64 << 20
_MOST_PLACES = 1000
_SPACING = 0.7  # of the radius: a place between two points lies within it of one of them
_SAME_VISIT_US = 60_000_000
_NOISE_M = 10.0
_STANDING_US = 10_000_000
_MOST_POINTS = 20_000
_NAMES = {
    "time": ("time", "timestamp", "datetime", "date", "utc"),
    "latitude": ("lat", "latitude"),
    "longitude": ("lon", "lng", "long", "longitude"),
}


class Point(NamedTuple):
    """Microseconds UTC and degrees."""

    time: int
    latitude: float
    longitude: float


class Track(NamedTuple):
    """What a track says: the places it passed, and how the car moved."""

    places: tuple[KnownPlace, ...]
    drive: Drive


def read_track(path: Path, radius: float) -> Track:
    """Read a track; ``OptionError`` when it cannot be read, has fewer than two timed points, or too many places."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise OptionError(f"cannot read the track {path}: {error.strerror}") from error
    if len(data) > _MOST_BYTES:
        raise OptionError(f"the track {path} is larger than {_MOST_BYTES >> 20} MB")
    points = sorted(_decoded(data)) or sorted(_listed(data, path))
    if len(points) < 2:
        raise OptionError(
            f"the track {path} has fewer than two points with a time: GPX, NMEA 0183 or CSV (time,lat,lon)"
        )
    try:
        return Track(_thinned(points, radius, path), _drive(points))
    except ValueError as error:
        raise OptionError(f"the track {path}: {error}") from error


def _decoded(data: bytes) -> Iterator[Point]:
    """The points of what a decoder reads, whose times are UTC by their formats."""
    for message in decode(from_bytes(data, kind="text"), []):
        for fix in message.fixes:
            if message.protocol in ("gpx", "nmea") and fix.time is not None and fix.valid is not False:
                yield Point(fix.time, fix.latitude, fix.longitude)


def _listed(data: bytes, path: Path) -> Iterator[Point]:
    columns = (0, 1, 2)
    for number, row in _rows(data, path):
        if number == 1 and (named := _columns(row)) is not None:
            columns = named
            continue
        if not any(row):
            continue
        if len(row) <= max(columns):
            raise OptionError(f"the track {path}, line {number}: a time, a latitude and a longitude are needed")
        try:
            time, latitude, longitude = (row[column].strip() for column in columns)
            point = Point(_time(time), float(latitude), float(longitude))
        except (ValueError, OverflowError) as error:
            raise OptionError(f"the track {path}, line {number}: {error}") from error
        yield point


def _rows(data: bytes, path: Path) -> Iterator[tuple[int, list[str]]]:
    try:
        yield from enumerate(csv.reader(data.decode("utf-8-sig", "replace").splitlines()), 1)
    except csv.Error as error:
        raise OptionError(f"the track {path} is no CSV: {error}") from error


def _columns(row: list[str]) -> tuple[int, int, int] | None:
    """Which columns the first line names."""
    words = [word.strip().lower() for word in row]
    found = [next((at for at, word in enumerate(words) if word in names), -1) for names in _NAMES.values()]
    return (found[0], found[1], found[2]) if min(found) >= 0 else None


def _time(written: str) -> int:
    """Microseconds of Unix seconds or ISO 8601 with an offset: of a time without one nobody knows when it was."""
    try:
        return round(float(written) * 1_000_000)
    except ValueError:
        return in_microseconds(datetime.fromisoformat(written))


def _thinned(points: Iterable[Point], radius: float, path: Path) -> tuple[KnownPlace, ...]:
    KnownPlace(0.0, 0.0, radius)  # that the radius is of use is known before anything is divided by it
    places, cells = list[KnownPlace](), dict[tuple[int, int], list[int]]()
    size = radius / METRES_A_DEGREE
    for time, latitude, longitude in points:
        row, column = int(latitude // size), int(longitude // size)
        near = (index for y in (-1, 0, 1) for x in _beside(latitude) for index in cells.get((row + y, column + x), ()))
        at = next((i for i in near if _apart(places[i], latitude, longitude) <= _SPACING * radius), None)
        if at is None:
            cells.setdefault((row, column), []).append(len(places))
            places.append(KnownPlace(latitude, longitude, radius, passed=((time, time),)))
            if len(places) > _MOST_PLACES:
                raise OptionError(
                    f"the track {path} has more than {_MOST_PLACES:,} places: a larger --radius has fewer"
                )
        else:
            places[at] = replace(places[at], passed=_visited(places[at].passed, time))
    return tuple(places)


def _drive(points: Sequence[Point]) -> Drive:
    """How the car moved, in steps that are longer than a receiver's noise; of a very long track every few points count."""
    anchor = points[0]
    times, metres, headings = [anchor.time], [0.0], [0.0]
    for point in points[:: 1 + len(points) // _MOST_POINTS]:
        step = distance(anchor.latitude, anchor.longitude, point.latitude, point.longitude)
        if step < _NOISE_M and point.time - times[-1] < _STANDING_US:
            continue
        times.append(point.time)
        metres.append(metres[-1] + (step if step >= _NOISE_M else 0.0))
        headings.append(headings[-1])
        if step >= _NOISE_M:
            headings[-2:] = [_heading(anchor, point)] * 2
            anchor = point
    return Drive(tuple(times), tuple(round(one) for one in metres), tuple(round(one) for one in headings))


def _heading(one: Point, other: Point) -> float:
    """Degrees from north."""
    east = (other.longitude - one.longitude) * math.cos(math.radians(one.latitude))
    return math.degrees(math.atan2(east, other.latitude - one.latitude)) % 360


def _beside(latitude: float) -> range:
    """How many cells of longitude lie within a radius: more of them towards the poles."""
    wide = 1 + int(abs(latitude) > 45) + 2 * int(abs(latitude) > 65) + 8 * int(abs(latitude) > 80)
    return range(-wide, wide + 1)


def _apart(place: KnownPlace, latitude: float, longitude: float) -> float:
    return distance(place.latitude, place.longitude, latitude, longitude)


def _visited(passed: tuple[tuple[int, int], ...], time: int) -> tuple[tuple[int, int], ...]:
    first, last = passed[-1]
    return (*passed[:-1], (first, time)) if time - last <= _SAME_VISIT_US else (*passed, (time, time))
