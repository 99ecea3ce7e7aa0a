"""Where stated places lie: the area they cover, how far apart, and whether inside a named site."""

from __future__ import annotations

from collections.abc import Sequence

from iotwatch.decode.geodesy import distance
from iotwatch.files.case import Site
from iotwatch.model import Position


def area(positions: Sequence[Position]) -> dict[str, float]:
    """The box that holds all positions with coordinates, degrees; empty without any."""
    points = [
        (one.latitude, one.longitude) for one in positions if one.latitude is not None and one.longitude is not None
    ]
    if not points:
        return {}
    latitudes, longitudes = zip(*points, strict=True)
    return {"south": min(latitudes), "west": min(longitudes), "north": max(latitudes), "east": max(longitudes)}


def inside(position: Position, site: Site) -> bool:
    """Whether a position with coordinates lies within the site's radius."""
    if position.latitude is None or position.longitude is None:
        return False
    return distance(site.latitude, site.longitude, position.latitude, position.longitude) <= site.radius
