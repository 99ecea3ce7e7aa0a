"""Turn a TopoJSON of the world's countries into ``outline.json``; run by hand when the outline is to change.

    npm pack world-atlas@2.0.2 && tar xf world-atlas-2.0.2.tgz
    python -m tests.studies.make_outline package/countries-110m.json

Arcs are delta-coded integers (TopoJSON specification, section 2.1.4). Land is the rings of the object ``land``; borders are
the arcs that countries have and land has not, each drawn once. The projection is Mercator's, so that any part can be zoomed
to and keeps its shape; units are hundredths of a degree of the equator, y runs south. A line that crosses the antimeridian
runs on beyond 180 degrees: the map draws copies one turn to either side.
"""

from __future__ import annotations

import json
import sys
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any

from iotwatch.report import html
from iotwatch.report.html.projection import mercator

OUTLINE = Path(html.__file__).with_name("outline.json")
_UNITS = 100
_TURN = 360 * _UNITS
_LAST_LATITUDE = 85.0511  # where the projected world is a square
_ORIGIN = "Natural Earth 1:110m (naturalearthdata.com), public domain; countries-110m.json of the npm package world-atlas 2.0.2"
_Point = tuple[int, int]


def _arcs(topology: dict[str, Any]) -> list[list[_Point]]:
    scale, shift = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        points = accumulate(arc, lambda last, step: (last[0] + step[0], last[1] + step[1]))
        arcs.append(
            [
                (round((x * scale[0] + shift[0]) * _UNITS), -round(_northing(y * scale[1] + shift[1]) * _UNITS))
                for x, y in points
            ]
        )
    return arcs


def _northing(latitude: float) -> float:
    """Mercator's northing in degrees of the equator, at most half a turn."""
    return mercator(max(-_LAST_LATITUDE, min(_LAST_LATITUDE, latitude)))


def _rings(geometry: dict[str, Any]) -> list[list[int]]:
    if geometry["type"] == "GeometryCollection":
        return [ring for part in geometry["geometries"] for ring in _rings(part)]
    polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    return [ring for polygon in polygons for ring in polygon]


def _unwrapped(points: list[_Point]) -> list[_Point]:
    """The line without jumps from one edge of the world to the other; a ring around a pole is led over the pole."""
    turn, made = 0, points[:1]
    for (x0, _), (x, y) in pairwise(points):
        turn += -_TURN if x - x0 > _TURN / 2 else _TURN if x0 - x > _TURN / 2 else 0
        made.append((x + turn, y))
    if points[0] == points[-1] and turn:
        pole = _TURN // 2 * (1 if points[0][1] > 0 else -1)
        made += [(made[-1][0], pole), (made[0][0], pole)]
    return made


def _path(points: list[_Point], *, closed: bool) -> str:
    """Relative path data; a step that rounds to nothing is left out."""
    (x, y), text = points[0], f"M{points[0][0]} {points[0][1]}l"
    steps = []
    for after in points[1:]:
        if after != (x, y):
            steps.append(f"{after[0] - x} {after[1] - y}")
            x, y = after
    return text + " ".join(steps) + ("z" if closed else "") if steps else ""


def main(source: Path) -> None:
    """Write ``outline.json`` beside the report's own pages."""
    topology = json.loads(source.read_text())
    arcs = _arcs(topology)
    land = _rings(topology["objects"]["land"])
    rings = []
    for ring in land:
        points = [point for index in ring for point in (arcs[index] if index >= 0 else arcs[~index][::-1])]
        rings.append(_path(_unwrapped(points), closed=True))
    coast = {index if index >= 0 else ~index for ring in land for index in ring}
    all_arcs = {index if index >= 0 else ~index for ring in _rings(topology["objects"]["countries"]) for index in ring}
    borders = [_path(_unwrapped(arcs[index]), closed=False) for index in sorted(all_arcs - coast)]
    outline = {"origin": _ORIGIN, "units_per_degree": _UNITS, "land": "".join(rings), "borders": "".join(borders)}
    OUTLINE.write_text(json.dumps(outline, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
