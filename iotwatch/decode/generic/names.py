"""What a key says: ``gpsLatitude``, ``start_lontitude``, ``latitude_i``, ``纬度`` ... (reference facts: location payloads, section 1).

A key is split into words; the word that names a coordinate gives the role, all others must be the same in its partner:
``native_latitude`` pairs with ``native_longitude`` and never with ``longitude``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

LATITUDE, LONGITUDE, PAIR, CODE = "latitude", "longitude", "pair", "code"

_WORD = re.compile(r"[A-Z]{2,}(?=[A-Z][a-z]|$|[^A-Za-z])|[A-Z]?[a-z]+|[A-Z]+|\d+|[^\x00-\x7f]+")
_LATITUDES = frozenset(
    [
        "lat",
        "lati",
        "lats",
        "latt",
        "latd",
        "latit",
        "latitud",
        "latitude",
        "latitudes",
        "lattitude",
        "latidude",
        "latitute",
        "latitide",
        "latutude",
        "latitudine",
        "latdeg",
        "gpslat",
        "gpslatitude",
        "breitengrad",
        "breddegrad",
        "breddgrad",
        "leveysaste",
        "leveyspiiri",
        "enlem",
        "szerokosc",
        "weidu",
        "wei",
        "纬度",
        "緯度",
        "北纬",
        "南纬",
        "위도",
        "широта",
        "širina",
        "sirina",
        "szélesség",
        "szelesseg",
        "latitudo",
        "vido",
        "zemepisnasirka",
    ]
)
_LONGITUDES = frozenset(
    [
        "lon",
        "lng",
        "long",
        "longi",
        "lont",
        "lont",
        "longit",
        "longitud",
        "longitude",
        "longitudes",
        "longtitude",
        "lontitude",
        "longitute",
        "longitide",
        "logitude",
        "longtitud",
        "longitudine",
        "lontude",
        "lngitude",
        "lgt",
        "gpslon",
        "gpslng",
        "gpslong",
        "gpslongitude",
        "laengengrad",
        "längengrad",
        "langengrad",
        "lengdegrad",
        "længdegrad",
        "laengdegrad",
        "längdgrad",
        "langdgrad",
        "pituusaste",
        "pituuspiiri",
        "boylam",
        "dlugosc",
        "jingdu",
        "经度",
        "經度",
        "経度",
        "东经",
        "西经",
        "경도",
        "долгота",
        "довгота",
        "dužina",
        "duzina",
        "hosszúság",
        "hosszusag",
        "longitudo",
        "kinhdo",
        "zemepisnadelka",
    ]
)
_WEAK = {
    **dict.fromkeys(("la", "wd", "y"), LATITUDE),
    **dict.fromkeys(("lo", "ln", "jd", "x"), LONGITUDE),
}
_EXTRA_LATITUDES = ("szerokość", "weiDu", "vĩđộ")
_EXTRA_LONGITUDES = ("długość", "jingDu", "kinhđộ")
_PAIRS = frozenset(
    [
        "ll",
        "latlng",
        "latlon",
        "latlong",
        "lonlat",
        "lnglat",
        "coordinates",
        "coordinate",
        "coords",
        "coord",
        "gps",
        "gpspos",
        "loc",
        "location",
        "position",
        "pos",
        "geo",
        "geopoint",
        "geolocation",
        "geopos",
        "geoposition",
        "point",
        "center",
        "centre",
        "place",
        "gpsinfo",
        "gpsdata",
        "lastlocation",
        "latestlocation",
        "坐标",
        "位置",
        "定位",
        "坐標",
        "座標",
        "координаты",
        "koordinaten",
        "coordenadas",
        "ubicacion",
        "posicion",
        "posizione",
        "standort",
        "zuobiao",
        "weizhi",
        "dingwei",
        "geom",
        "geometry",
        "wkt",
        "the_geom",
        "currentlocation",
        "devicelocation",
        "lbs",
        "fix",
        "gnss",
    ]
)
_STRONG_PAIRS = frozenset(
    [
        "ll",
        "latlng",
        "latlon",
        "latlong",
        "lonlat",
        "lnglat",
        "coordinates",
        "coordinate",
        "coords",
        "coord",
        "gps",
        "gpspos",
        "geopoint",
        "geoposition",
        "geolocation",
        "geopos",
        "坐标",
        "坐標",
        "座標",
        "координаты",
        "koordinaten",
        "coordenadas",
        "zuobiao",
    ]
)
LON_FIRST = frozenset({"lonlat", "lnglat", "coordinates", "coordinate", "坐标", "zuobiao"})
"""Keys whose arrays or texts put the longitude first (GeoJSON, and the habit of Chinese map services)."""
_CODES = {
    "geohash": "geohash", "ghash": "geohash", "gh": "geohash", "pluscode": "plus code", "plus": "plus code",
    "olc": "plus code", "openlocationcode": "plus code", "globalcode": "plus code", "mgrs": "mgrs", "usng": "mgrs",
    "h3": "h3", "h3index": "h3", "h3cell": "h3", "maidenhead": "maidenhead", "gridsquare": "maidenhead", "qth": "maidenhead",
    "qthlocator": "maidenhead", "locator": "maidenhead",
}  # fmt: skip
_NOT_A_COORDINATE = frozenset(
    [
        "delta",
        "err",
        "error",
        "std",
        "dev",
        "stddev",
        "sigma",
        "var",
        "variance",
        "offset",
        "span",
        "dir",
        "hemi",
        "hemisphere",
        "unit",
        "units",
        "acc",
        "accuracy",
        "rate",
        "diff",
        "enabled",
        "enable",
        "ns",
        "us",
        "p",
        "ms",
        "label",
        "name",
        "id",
        "ref",
        "type",
        "format",
        "precision",
        "min",
        "max",
        "range",
        "bound",
        "bounds",
        "sw",
        "ne",
        "nw",
        "se",
        "north",
        "south",
        "east",
        "west",
        "top",
        "bottom",
        "left",
        "right",
        "size",
        "count",
        "index",
        "key",
        "field",
        "column",
        "col",
    ]
)
_SUFFIX = re.compile(
    r"^(?P<head>[a-z]{1,16}?)(?P<name>latitude|longitude|longtitude|lontitude|lattitude|lat|lon|lng|long)(?P<tail>[a-z]?)$"
)
_SCALES = {
    "e7": 7,
    "e6": 6,
    "e5": 5,
    "e4": 4,
    "1e7": 7,
    "1e6": 6,
    "i": 7,
    "micro": 6,
    "microdegrees": 6,
    "int": 0,
    "mas": -1,
}


@dataclass(frozen=True, slots=True)
class Name:
    """A key's role, what its partner's key must share (``stem``), the exponent its name tells, and how much it proves."""

    role: str
    stem: tuple[str, ...] = ()
    exponent: int = 0
    weak: bool = False
    code: str = ""


@lru_cache(maxsize=8192)
def read_name(key: str) -> Name | None:
    """What ``key`` says of a place, or ``None``."""
    if len(key) > 64:
        return None
    words = [word.lower() for word in _WORD.findall(key)]
    if not words or len(words) > 10:
        return None
    joined = "".join(words)
    if code := _CODES.get(joined) or _CODES.get(words[-1] if len(words) > 1 else ""):
        return Name(CODE, code=code)
    if (
        found := _coordinate(words)
        or _weak(words)
        or (_coordinate([joined]) if len(words) > 1 else None)
        or _suffixed(joined, words)
    ):
        return found
    for candidate in (joined, words[-1], words[0]):
        if candidate in _PAIRS:
            return Name(PAIR, (candidate,), weak=candidate not in _STRONG_PAIRS or joined != candidate)
    return None


def _coordinate(words: list[str]) -> Name | None:
    for index, word in enumerate(words):
        role = LATITUDE if word in _LATITUDES else LONGITUDE if word in _LONGITUDES else ""
        if not role:
            role = LATITUDE if word in _EXTRA_LATITUDES else LONGITUDE if word in _EXTRA_LONGITUDES else ""
        if role:
            others = [other for at, other in enumerate(words) if at != index]
            return _named(role, others)
    return None


def _named(role: str, others: list[str]) -> Name | None:
    if any(other in _NOT_A_COORDINATE for other in others):
        return None
    exponent = 0
    tail = "".join(others[-2:])
    for mark in (others[-1] if others else "", tail):
        if mark in _SCALES:
            exponent = _SCALES[mark]
            break
    return Name(role, tuple(others), exponent)


def _weak(words: list[str]) -> Name | None:
    if len(words) == 1 and words[0] in _WEAK:
        return Name(_WEAK[words[0]], (), weak=True)
    if len(words) == 2 and words[1] in _WEAK and words[0] in ("gps", "pos", "loc", "geo", "gcj", "bd", "wgs"):
        return Name(_WEAK[words[1]], (words[0],), weak=True)
    return None


def _suffixed(joined: str, words: list[str]) -> Name | None:
    """Words run together in lower case: ``gpslat``, ``userlongitude``, ``latitudei``."""
    if len(words) > 2:
        return None
    match = _SUFFIX.match(joined)
    if match is None:
        stemmed = re.match(r"^(latitude|longitude|lat|lon|lng)(i|e|deg|itude|value|val|wgs|gcj|bd)$", joined)
        if stemmed is None:
            return None
        role = LATITUDE if stemmed[1].startswith("lat") else LONGITUDE
        return _named(role, [stemmed[2]])
    role = LATITUDE if match["name"].startswith("lat") else LONGITUDE
    tail = [match["tail"]] if match["tail"] else []
    return _named(role, [match["head"], *tail])
