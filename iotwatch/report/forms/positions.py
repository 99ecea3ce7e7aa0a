"""Stated positions for maps and GPS programs: GeoJSON (RFC 7946), KML 2.2 (OGC 07-147r2) and GPX 1.1 (topografix.com).

Only what states a place in degrees; lists of cells and access points have none. A masked reader gives degrees rounded to 0.01.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import IO
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from iotwatch.report.reader import Reader, Row

_TOLD = ("asset", "time", "direction", "dialect", "method", "valid", "reported_id", "server", "confidence")
_KML, _GPX = "http://www.opengis.net/kml/2.2", "http://www.topografix.com/GPX/1/1"


def write_positions(reader: Reader, out: IO[str], form: str, asset: str = "") -> int:
    """Write the positions of one asset, or of all, as ``geojson``, ``kml`` or ``gpx``; gives their number."""
    every = reader.table("position", asset=asset, limit=-1)
    stated = [
        {name: row[name] for name in (*_TOLD, "latitude", "longitude")} for row in every if row["latitude"] is not None
    ]
    # Row ids follow the order of scanning; what was stated does not.
    stated.sort(key=lambda row: (row["asset"], row["time"] or "", json.dumps(row, sort_keys=True)))
    out.write(_FORMS[form](stated) + "\n")
    return len(stated)


def _geojson(rows: list[Row]) -> str:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [row["longitude"], row["latitude"]]},
            "properties": {name: row[name] for name in _TOLD},
        }
        for row in rows
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, indent=1)


def _kml(rows: list[Row]) -> str:
    root = Element("kml", xmlns=_KML)
    document = SubElement(root, "Document")
    for row in rows:
        mark = SubElement(document, "Placemark")
        SubElement(mark, "name").text = row["asset"]
        SubElement(mark, "description").text = _described(row)
        if row["time"]:
            SubElement(SubElement(mark, "TimeStamp"), "when").text = row["time"]
        SubElement(SubElement(mark, "Point"), "coordinates").text = f"{row['longitude']},{row['latitude']}"
    return _xml(root)


def _gpx(rows: list[Row]) -> str:
    root = Element("gpx", xmlns=_GPX, version="1.1", creator="iotwatch")
    for row in rows:
        point = SubElement(root, "wpt", lat=str(row["latitude"]), lon=str(row["longitude"]))
        if row["time"]:
            SubElement(point, "time").text = row["time"]
        SubElement(point, "name").text = row["asset"]
        SubElement(point, "desc").text = _described(row)
    return _xml(root)


def _xml(root: Element) -> str:
    indent(root, " ")
    return tostring(root, encoding="unicode")


def _described(row: Row) -> str:
    return ", ".join(f"{name} {row[name]}" for name in _TOLD[2:] if row[name] not in (None, ""))


_FORMS: dict[str, Callable[[list[Row]], str]] = {"geojson": _geojson, "kml": _kml, "gpx": _gpx}
