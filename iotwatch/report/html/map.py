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

import msgspec

from iotwatch.report.document.model import Position
from iotwatch.report.html.projection import (
    HEIGHT,
    KM_PER_DEGREE,
    MARGIN,
    WIDTH,
    Line,
    Projection,
    degrees_text,
    grid,
    round_length,
)
from iotwatch.store.packing import microseconds

POINTS_DRAWN = 2000
TRACKS_DRAWN = 8
_MIN_SPAN = 0.004  # degrees, about 450 m: a standing car is shown with its street
_MIN_SPAN_ROUNDED = 0.1  # about 11 km: rounded positions stand a kilometre apart
_SPECK = 10  # a track that could fill so many times its width is drawn once more by itself
_SENT = frozenset({"up", "broadcast"})


class Track(msgspec.Struct, frozen=True):
    """Positions of one sender to one far end: ``path`` is drawn, ``points`` are (x, y, milliseconds or null) for the script.

    ``end`` is the last of them that has a time.
    """

    label: str
    count: int
    path: str
    line: str
    end: str
    points: tuple[tuple[float, float, int | None], ...]
    box: tuple[float, float, float, float]


class Closeup(msgspec.Struct, frozen=True):
    """A track that is a speck on the whole map, drawn again by itself; ``scale_width`` is of 1000."""

    label: str
    middle: str
    track: int
    view: str
    scale_km: float
    scale_width: float


class Map(msgspec.Struct, frozen=True):
    """What the template draws. ``transform`` takes the outline's units to drawing units."""

    shown: int
    total: int
    tracks: tuple[Track, ...]
    closeups: tuple[Closeup, ...]
    transform: str
    grid: tuple[Line, ...]
    scale_km: float
    scale_width: float
    locator: tuple[float, float] | None
    first: int | None
    last: int | None
    area: str
    data: str
    rounded: bool


def transmitted(positions: Sequence[Position]) -> list[Position]:
    """Positions with coordinates that left the device and were not said to be invalid."""
    return [one for one in positions if one.direction in _SENT and one.latitude is not None and one.valid is not False]


def draw(positions: Sequence[Position], *, rounded: bool) -> Map | None:
    """The map of all transmitted positions, ``rounded`` by masking or not; ``None`` when there is none."""
    found = transmitted(positions)
    if not found:
        return None
    places = [(one.latitude or 0.0, one.longitude or 0.0) for one in found]
    least = _MIN_SPAN_ROUNDED if rounded else _MIN_SPAN
    projection = Projection(places, least)
    tracks = _tracks(found, projection)
    times = [time for track in tracks for *_, time in track.points if time is not None]
    width_km = projection.km_per_unit * WIDTH
    scale_km = round_length(width_km / 5)
    first, last = min(times, default=None), max(times, default=None)
    data = {
        "km": KM_PER_DEGREE / projection.unit,
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
        closeups=_closeups(tracks, projection, least),
        transform=projection.transform,
        grid=grid(projection),
        scale_km=scale_km,
        scale_width=round(scale_km / projection.km_per_unit, 1),
        locator=projection.locator,
        first=first,
        last=last,
        area=_area(places),
        data=json.dumps(data, separators=(",", ":")),
        rounded=rounded,
    )


def _area(places: Sequence[tuple[float, float]]) -> str:
    south_west, north_east = map(min, zip(*places, strict=True)), map(max, zip(*places, strict=True))
    south, west, north, east = (*south_west, *north_east)
    return (
        f"between {degrees_text(south, 2, 'N', 'S')} and {degrees_text(north, 2, 'N', 'S')},"
        f" {degrees_text(west, 2, 'E', 'W')} and {degrees_text(east, 2, 'E', 'W')}"
    )


def _tracks(found: Sequence[Position], projection: Projection) -> tuple[Track, ...]:
    groups: dict[str, list[Position]] = defaultdict(list)
    labels = _numbered(found)
    for one in found:
        groups[labels[_label(one), one.sender]].append(one)
    named = sorted(groups, key=lambda label: (-len(groups[label]), label))
    if len(named) > TRACKS_DRAWN:
        rest = [one for label in named[TRACKS_DRAWN - 1 :] for one in groups[label]]
        others = f"{len(named) - TRACKS_DRAWN + 1} more senders"
        groups = {**{label: groups[label] for label in named[: TRACKS_DRAWN - 1]}, others: rest}
        named = list(groups)
    share = POINTS_DRAWN / len(found)
    return tuple(_track(label, groups[label], projection, share, joined=len(named)) for label in named)


def _numbered(found: Sequence[Position]) -> dict[tuple[str, int], str]:
    """(label, sender) -> the label, with a number behind it where masking made another sender's look the same."""
    alike: dict[str, dict[int, str]] = defaultdict(dict)
    for one in found:
        label = _label(one)
        senders = alike[label]
        senders.setdefault(one.sender, f"{label} ({len(senders) + 1})" if senders else label)
    return {(label, sender): shown for label, senders in alike.items() for sender, shown in senders.items()}


def _label(one: Position) -> str:
    sender = one.reported_id or one.client or "sender without a name"
    far_end = one.server_name or one.server
    return f"{sender} to {far_end}" if far_end else f"{sender}, {one.direction}"


def _track(label: str, rows: Sequence[Position], projection: Projection, share: float, *, joined: int) -> Track:
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
    timed = [point for point in kept if point[2] is not None]
    end = f"M{timed[-1][0]:.8g} {timed[-1][1]:.8g}h0" if timed else ""
    return Track(label, len(rows), dots, line, end, tuple(kept), (min(xs), min(ys), max(xs), max(ys)))


def _closeups(tracks: Sequence[Track], projection: Projection, least: float) -> tuple[Closeup, ...]:
    """Tracks that the whole map shows as a speck, because another stands far from them."""
    made = []
    for index, track in enumerate(tracks):
        left, top, right, bottom = track.box
        y = (top + bottom) / 2
        latitude, longitude = projection.latitude_at(y), projection.longitude_at((left + right) / 2)
        shrink = math.cos(math.radians(latitude))
        room = 1 + 2 * MARGIN
        width = max((right - left) * room, (bottom - top) * room * WIDTH / HEIGHT, least / shrink * projection.unit)
        if width * _SPECK > WIDTH:
            continue
        view = (left + right - width) / 2, y - width * HEIGHT / WIDTH / 2, width, width * HEIGHT / WIDTH
        wide_km = KM_PER_DEGREE * shrink / projection.unit * width
        scale_km = round_length(wide_km / 4)
        shown = " ".join(f"{number:.8g}" for number in view)
        middle = f"{degrees_text(latitude, 2, 'N', 'S')}, {degrees_text(longitude, 2, 'E', 'W')}"
        made.append(Closeup(track.label, middle, index, shown, scale_km, round(scale_km / wide_km * WIDTH, 1)))
    return tuple(made)


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
