"""Mercator's projection of one area into drawing units, with its grid of degrees; degrees and lengths as people write them."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

WIDTH, HEIGHT = 1000, 560
KM_PER_DEGREE = 111.195  # mean, on a sphere of 6,371 km
MARGIN = 0.15
_DIGITS = 4  # of a unit: some metres on a map of the world, so that zooming in shows the track
_WIDE = 100.0


class Line(msgspec.Struct, frozen=True):
    """One line of the grid of degrees."""

    label: str
    x1: float
    y1: float
    x2: float
    y2: float


@cache
def outline() -> dict[str, Any]:
    """Natural Earth's land and borders as path data, with its note of origin."""
    found: dict[str, Any] = json.loads(Path(__file__).with_name("outline.json").read_text(encoding="ascii"))
    return found


def mercator(latitude: float) -> float:
    """Northing of a latitude in degrees of the equator; the poles are cut off at 85.0511 degrees, half a turn."""
    northing = math.degrees(math.asinh(math.tan(math.radians(latitude))))
    return max(-180.0, min(180.0, northing))


class Projection:
    """Degrees to drawing units for one area that is at least ``least`` degrees of a meridian wide."""

    def __init__(self, places: Sequence[tuple[float, float]], least: float) -> None:
        northings, longitudes = [mercator(place[0]) for place in places], [place[1] for place in places]
        self.northing = (min(northings) + max(northings)) / 2
        self.longitude = (min(longitudes) + max(longitudes)) / 2
        self.latitude = math.degrees(math.atan(math.sinh(math.radians(self.northing))))
        self.shrink = math.cos(math.radians(self.latitude))
        wide, high = max(longitudes) - min(longitudes), max(northings) - min(northings)
        room = 1 + 2 * MARGIN
        self.span = max(wide * room, high * room * WIDTH / HEIGHT, least / self.shrink)
        self.unit = WIDTH / self.span

    def xy(self, latitude: float, longitude: float) -> tuple[float, float]:
        x = WIDTH / 2 + (longitude - self.longitude) * self.unit
        return round(x, _DIGITS), round(HEIGHT / 2 - (mercator(latitude) - self.northing) * self.unit, _DIGITS)

    def latitude_at(self, y: float) -> float:
        """The latitude that a drawing unit stands for."""
        northing = self.northing + (HEIGHT / 2 - y) / self.unit
        return math.degrees(math.atan(math.sinh(math.radians(northing))))

    def longitude_at(self, x: float) -> float:
        """The longitude that a drawing unit stands for."""
        return self.longitude + (x - WIDTH / 2) / self.unit

    @property
    def km_per_unit(self) -> float:
        """At the middle of the area."""
        return KM_PER_DEGREE * self.shrink / self.unit

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


def round_length(km: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not longer."""
    power = 10.0 ** math.floor(math.log10(km))
    return max(step * power for step in (1, 2, 5) if step * power <= km)


def length_text(km: float) -> str:
    """``20 km``, ``500 m``."""
    return f"{km:g} km" if km >= 1 else f"{km * 1000:g} m"


def degrees_text(value: float, digits: int, ahead: str, behind: str) -> str:
    """``46.8° S`` for a parallel (``N``, ``S``) or meridian (``E``, ``W``)."""
    text = f"{abs(value):.{digits}f}°"
    return text if not float(text[:-1]) else f"{text} {ahead if value > 0 else behind}"


def grid(projection: Projection) -> tuple[Line, ...]:
    """Parallels and meridians at round degrees across the first view; the script draws them anew when zooming."""
    step = round_length(projection.span / 4)
    digits = max(0, -math.floor(math.log10(step)))
    lines = []
    for index in range(-4, 5):
        latitude = (round(projection.latitude / step) + index) * step
        y = projection.xy(latitude, 0)[1]
        if -90 <= latitude <= 90 and 0 < y < HEIGHT:
            lines.append(Line(degrees_text(latitude, digits, "N", "S"), 0, y, WIDTH, y))
        longitude = (round(projection.longitude / step) + index) * step
        x = projection.xy(0, longitude)[0]
        if -180 <= longitude <= 180 and 0 < x < WIDTH:
            lines.append(Line(degrees_text(longitude, digits, "E", "W"), x, 0, x, HEIGHT))
    return tuple(lines)
