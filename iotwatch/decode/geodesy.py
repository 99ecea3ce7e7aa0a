"""How far apart two places are."""

from __future__ import annotations

import math

_EARTH_M = 6_371_008.8  # mean radius (IUGG)


def distance(south: float, west: float, north: float, east: float) -> float:
    """Metres between two points on the sphere (haversine), longitudes over the date line included."""
    first, second = math.radians(south), math.radians(north)
    half = math.sin((second - first) / 2) ** 2
    half += math.cos(first) * math.cos(second) * math.sin(math.radians(east - west) / 2) ** 2
    return 2 * _EARTH_M * math.asin(min(1.0, math.sqrt(half)))
