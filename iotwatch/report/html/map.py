"""The map of transmitted positions as inline SVG: no tiles, no request. The table beside it holds every position.

Mercator's projection (on a sphere): any part can be zoomed to and keeps its shape. Drawing units are fractions of the shown
area, so that a street and a continent both draw exactly; the scale bar holds for the middle of what is shown. Tracks are
thinned for drawing only, and the page says by how much.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from iotwatch.report.document import Position
from iotwatch.store.rows import microseconds

WIDTH, HEIGHT = 1000, 560
POINTS_DRAWN = 2000
TRACKS_DRAWN = 8
_DIGITS = 4  # of a unit: some metres on a map of the world, so that zooming in shows the track
_MARGIN = 0.15
_MIN_SPAN = 0.004  # degrees, about 450 m: a standing car is shown with its street
_MIN_SPAN_ROUNDED = 0.1  # about 11 km: rounded positions stand a kilometre apart
_WIDE = 100.0
_KM_PER_DEGREE = 111.195  # mean, on a sphere of 6,371 km
_SENT = frozenset({"up", "broadcast"})


class Track(msgspec.Struct, frozen=True):
    """Positions of one sender to one far end: ``path`` is drawn, ``points`` are (x, y, milliseconds or null) for the script."""

    label: str
    count: int
    path: str
    line: str
    points: tuple[tuple[float, float, int | None], ...]
    box: tuple[float, float, float, float]


class Line(msgspec.Struct, frozen=True):
    """One line of the grid of degrees."""

    label: str
    x1: float
    y1: float
    x2: float
    y2: float


class Map(msgspec.Struct, frozen=True):
    """What the template draws. ``transform`` takes the outline's units to drawing units."""

    shown: int
    total: int
    tracks: tuple[Track, ...]
    transform: str
    grid: tuple[Line, ...]
    scale_km: float
    scale_width: float
    km_per_unit: float
    locator: tuple[float, float] | None
    first: int | None
    last: int | None
    area: str
    data: str
    rounded: bool


@cache
def outline() -> dict[str, Any]:
    """Natural Earth's land and borders as path data, with its note of origin."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("outline.json").read_text(encoding="ascii"))
    return found


def transmitted(positions: Sequence[Position]) -> list[Position]:
    """Positions with coordinates that left the device and were not said to be invalid."""
    return [one for one in positions if one.direction in _SENT and one.latitude is not None and one.valid is not False]


def mercator(latitude: float) -> float:
    """Northing of a latitude in degrees of the equator; the poles are cut off at 85.0511 degrees, half a turn."""
    northing = math.degrees(math.asinh(math.tan(math.radians(latitude))))
    return max(-180.0, min(180.0, northing))


class _Projection:
    """Degrees to drawing units for one area that is at least ``least`` degrees of a meridian wide."""

    def __init__(self, places: Sequence[tuple[float, float]], least: float) -> None:
        northings, longitudes = [mercator(place[0]) for place in places], [place[1] for place in places]
        self.northing = (min(northings) + max(northings)) / 2
        self.longitude = (min(longitudes) + max(longitudes)) / 2
        self.latitude = math.degrees(math.atan(math.sinh(math.radians(self.northing))))
        self.shrink = math.cos(math.radians(self.latitude))
        wide, high = max(longitudes) - min(longitudes), max(northings) - min(northings)
        room = 1 + 2 * _MARGIN
        self.span = max(wide * room, high * room * WIDTH / HEIGHT, least / self.shrink)
        self.unit = WIDTH / self.span

    def xy(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - self.longitude) * self.unit
        return round(x, _DIGITS), round(HEIGHT / 2 - (mercator(latitude) - self.northing) * self.unit, _DIGITS)

    @property
    def km_per_unit(self) -> float:
        """At the middle of the area."""
        return _KM_PER_DEGREE * self.shrink / self.unit

    @property
    def locator(self) -> tuple[float, float] | None:
        """The middle in the outline's units, for the small map of the world; a wide area needs none."""
        units = float(outline()["units_per_degree"])
        return (round(self.longitude * units, 1), round(-self.northing * units, 1)) if self.span < _WIDE else None

    @property
    def transform(self) -> str:
        scale = self.unit / float(outline()["units_per_degree"])
        x, y = self.xy(0, 0)
        return f"matrix({scale:.6g} 0 0 {scale:.6g} {x:.1f} {y:.1f})"


def draw(positions: Sequence[Position], *, rounded: bool) -> Map | None:
    """The map of all transmitted positions, ``rounded`` by masking or not; ``None`` when there is none."""
    found = transmitted(positions)
    if not found:
        return None
    places = [(one.latitude or 0.0, one.longitude or 0.0) for one in found]
    least = _MIN_SPAN_ROUNDED if rounded else _MIN_SPAN
    projection = _Projection(places, least)
    tracks = _tracks(found, projection)
    times = [time for track in tracks for *_, time in track.points if time is not None]
    width_km = projection.km_per_unit * WIDTH
    scale_km = _round_length(width_km / 5)
    first, last = min(times, default=None), max(times, default=None)
    data = {
        "km": _KM_PER_DEGREE / projection.unit,
        "middle": (projection.longitude, projection.northing),
        "degree": projection.unit,
        "least": least / projection.shrink * projection.unit,
        "tracks": [{"points": track.points, "box": track.box} for track in tracks],
        "first": first,
        "last": last,
    }
    return Map(
        shown=sum(len(track.points) for track in tracks),
        total=len(found),
        tracks=tracks,
        transform=projection.transform,
        grid=_grid(projection),
        scale_km=scale_km,
        scale_width=round(scale_km / projection.km_per_unit, 1),
        km_per_unit=projection.km_per_unit,
        locator=projection.locator,
        first=first,
        last=last,
        area=_area(places),
        data=json.dumps(data, separators=(",", ":")),
        rounded=rounded,
    )


def _area(places: Sequence[tuple[float, float]]) -> str:
    latitudes, longitudes = [place[0] for place in places], [place[1] for place in places]
    return f"latitude {min(latitudes):.2f} to {max(latitudes):.2f}, longitude {min(longitudes):.2f} to {max(longitudes):.2f}"


def _tracks(found: Sequence[Position], projection: _Projection) -> tuple[Track, ...]:
    groups: dict[str, list[Position]] = defaultdict(list)
    for one in found:
        groups[_label(one)].append(one)
    named = sorted(groups, key=lambda label: (-len(groups[label]), label))
    if len(named) > TRACKS_DRAWN:
        rest = [one for label in named[TRACKS_DRAWN - 1 :] for one in groups[label]]
        others = f"{len(named) - TRACKS_DRAWN + 1} more senders"
        groups = {**{label: groups[label] for label in named[: TRACKS_DRAWN - 1]}, others: rest}
        named = list(groups)
    share = POINTS_DRAWN / len(found)
    return tuple(_track(label, groups[label], projection, share, joined=len(named)) for label in named)


def _label(one: Position) -> str:
    sender = one.reported_id or one.client or "sender without a name"
    far_end = one.server_name or one.server
    return f"{sender} to {far_end}" if far_end else f"{sender}, {one.direction}"


def _track(label: str, rows: Sequence[Position], projection: _Projection, share: float, *, joined: int) -> Track:
    points = []
    for one in sorted(rows, key=lambda row: row.time or ""):
        time = microseconds(one.time)
        place = projection.xy(one.latitude or 0.0, one.longitude or 0.0)
        points.append((*place, None if time is None else time // 1000))
    kept = thinned(points, max(2, int(len(points) * share)))
    xs, ys = [point[0] for point in kept], [point[1] for point in kept]
    dots = "".join(f"M{x:.8g} {y:.8g}h0" for x, y, _ in kept)
    # Senders that were put together have no common way.
    line = "" if label.endswith("more senders") and joined == TRACKS_DRAWN else polyline(kept)
    return Track(label, len(rows), dots, line, tuple(kept), (min(xs), min(ys), max(xs), max(ys)))


def thinned(points: list[tuple[float, float, int | None]], most: int) -> list[tuple[float, float, int | None]]:
    """At most ``most`` points, evenly over the track, the first and the last among them."""
    if len(points) <= most:
        return points
    step = (len(points) - 1) / (most - 1)
    return [points[round(index * step)] for index in range(most)]


def polyline(points: Sequence[tuple[float, float, int | None]]) -> str:
    """Path data through the points that have a time, in their order."""
    timed = [point for point in points if point[2] is not None]
    return "M" + "L".join(f"{x:.8g} {y:.8g}" for x, y, _ in timed) if len(timed) > 1 else ""


def _round_length(km: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(km))
    return max(step * power for step in (1, 2, 5) if step * power <= km)


def _grid(projection: _Projection) -> tuple[Line, ...]:
    """Parallels and meridians at round degrees across the first view; the script draws them anew when zooming."""
    step = _round_length(projection.span / 4)
    digits = max(0, -math.floor(math.log10(step)))
    lines = []
    for index in range(-4, 5):
        latitude = (round(projection.latitude / step) + index) * step
        y = projection.xy(latitude, 0)[1]
        if -90 <= latitude <= 90 and 0 < y < HEIGHT:
            lines.append(Line(f"{latitude:.{digits}f}°", 0, y, WIDTH, y))
        longitude = (round(projection.longitude / step) + index) * step
        x = projection.xy(0, longitude)[0]
        if -180 <= longitude <= 180 and 0 < x < WIDTH:
            lines.append(Line(f"{longitude:.{digits}f}°", x, 0, x, HEIGHT))
    return tuple(lines)
