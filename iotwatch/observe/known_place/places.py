"""The places that are looked for: where the car was, as its people know it, and the images of it that maps in China show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

METRES_A_DEGREE = 111_195.0
# GCJ-02's ellipsoid, and where it is applied, as all open implementations have them (first published as eviltransform).
_AXIS, _FLATNESS = 6_378_245.0, 0.00669342162296594323
_CHINA = (0.8293, 72.004, 55.8271, 137.8347)
_BAIDU = math.pi * 3000 / 180


class Image(NamedTuple):
    """A place in a datum, degrees."""

    datum: str
    latitude: float
    longitude: float


def images(latitude: float, longitude: float) -> Iterator[Image]:
    """The place in WGS-84, and where maps in China show it (GCJ-02, BD-09)."""
    yield Image("WGS-84", latitude, longitude)
    south, west, north, east = _CHINA
    if south <= latitude <= north and west <= longitude <= east:
        moved = _gcj(latitude, longitude)
        yield Image("GCJ-02", *moved)
        yield Image("BD-09", *baidu(*moved))


def _gcj(latitude: float, longitude: float) -> tuple[float, float]:
    y, x = latitude - 35.0, longitude - 105.0
    root = math.sqrt(abs(x))
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple * 2 / 3
    north += (20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple * 2 / 3
    east += (20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    angle = math.radians(latitude)
    bend = 1 - _FLATNESS * math.sin(angle) ** 2
    north = math.degrees(north / (_AXIS * (1 - _FLATNESS) / (bend * math.sqrt(bend))))
    east = math.degrees(east / (_AXIS / math.sqrt(bend) * math.cos(angle)))
    return latitude + north, longitude + east


def baidu(latitude: float, longitude: float) -> tuple[float, float]:
    """Where BD-09 shows a place of GCJ-02, degrees."""
    far = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * _BAIDU)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * _BAIDU)
    return far * math.sin(angle) + 0.006, far * math.cos(angle) + 0.0065


def box(latitude: float, longitude: float, radius: float) -> tuple[float, float, float, float]:
    """South, north, west and east of what lies within ``radius`` metres; not over a pole or the date line."""
    high = radius / METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(latitude)), 0.01)
    south, north = max(latitude - high, -90.0), min(latitude + high, 90.0)
    return south, north, max(longitude - wide, -180.0), min(longitude + wide, 180.0)
