"""Places written as codes: geohash, plus code (Open Location Code), MGRS, Maidenhead and H3. The middle of the cell is given.

Sources: geohash.org; Open Location Code specification; NGA.STND.0037 (MGRS) over a transverse Mercator on WGS-84
(Krüger's series to the fourth order); IARU locator; H3's index layout (h3geo.org), of which only the resolution is read.
"""

from __future__ import annotations

import math

from iotwatch.patterns import regex

_GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
_OLC = "23456789CFGHJMPQRVWX"
_PLUS = regex(r"[23456789CFGHJMPQRVWX]{8}\+[23456789CFGHJMPQRVWX]{2,7}$")
_MGRS = regex(r"(\d{1,2})([C-HJ-NP-X])([A-HJ-NP-Z])([A-HJ-NP-V])((?:\d\d){1,5})$")
_MAIDENHEAD = regex(r"[A-R]{2}\d{2}[A-X]{2}(?:\d{2})?$")


def geohash(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of a geohash of 6 to 12 characters."""
    text = text.strip().lower()
    if not 6 <= len(text) <= 12 or any(char not in _GEOHASH for char in text):
        return None
    if text.isdigit() or text.isalpha():  # a number or a word, not a code
        return None
    bounds = [[-90.0, 90.0], [-180.0, 180.0]]
    axis = 1
    for char in text:
        bits = _GEOHASH.index(char)
        for mask in (16, 8, 4, 2, 1):
            low, high = bounds[axis]
            bounds[axis][0 if bits & mask else 1] = (low + high) / 2
            axis ^= 1
    return sum(bounds[0]) / 2, sum(bounds[1]) / 2


def plus_code(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of a full plus code (ten digits or more)."""
    text = text.strip().upper()
    if not _PLUS.match(text):
        return None
    digits = text.replace("+", "")
    latitude, longitude, step = -90.0, -180.0, 20.0
    for index in range(0, 10, 2):
        latitude += _OLC.index(digits[index]) * step
        longitude += _OLC.index(digits[index + 1]) * step
        step /= 20
    height = width = step * 20
    for char in digits[10:]:
        height, width = height / 5, width / 4
        latitude += _OLC.index(char) // 4 * height
        longitude += _OLC.index(char) % 4 * width
    latitude, longitude = latitude + height / 2, longitude + width / 2
    return (latitude, longitude) if abs(latitude) <= 90 and abs(longitude) <= 180 else None


def maidenhead(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of a locator of six or eight characters (5 by 2.5 minutes of arc, or a tenth of it)."""
    text = text.strip().upper()
    if not _MAIDENHEAD.match(text):
        return None
    longitude = (ord(text[0]) - 65) * 20 - 180 + int(text[2]) * 2 + (ord(text[4]) - 65) / 12
    latitude = (ord(text[1]) - 65) * 10 - 90 + int(text[3]) + (ord(text[5]) - 65) / 24
    if len(text) == 8:
        return latitude + int(text[7]) / 240 + 1 / 480, longitude + int(text[6]) / 120 + 1 / 240
    return latitude + 1 / 48, longitude + 1 / 24


def mgrs(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of an MGRS reference (its south-west corner, as the grid defines it)."""
    match = _MGRS.match(text.replace(" ", "").upper())
    if match is None or not 1 <= int(match[1]) <= 60:
        return None
    zone, band, column, row, digits = int(match[1]), match[2], match[3], match[4], match[5]
    half = len(digits) // 2
    scale = 10 ** (5 - half)
    columns = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")[(zone - 1) % 3]
    if column not in columns:
        return None
    easting = (columns.index(column) + 1) * 100_000 + int(digits[:half]) * scale
    rows = "ABCDEFGHJKLMNPQRSTUV"
    northing = (rows.index(row) - (5 if zone % 2 == 0 else 0)) % 20 * 100_000 + int(digits[half:]) * scale
    south = -80 + 8 * "CDEFGHJKLMNPQRSTUVWX".index(band)
    for _ in range(5):  # the row letters repeat every 2000 km: the band says which repetition
        latitude, longitude = utm(zone, easting, northing - (10_000_000 if south < 0 else 0))
        if south - 0.5 <= latitude <= south + (12 if band == "X" else 8) + 0.5:
            return latitude, longitude
        northing += 2_000_000
    return None


def utm(zone: int, easting: float, northing: float) -> tuple[float, float]:
    """Degrees of UTM metres (northing negative south of the equator): Krüger's inverse series on WGS-84."""
    n = (1 / 298.257223563) / (2 - 1 / 298.257223563)
    radius = 6_378_137 / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    xi, eta = northing / (0.9996 * radius), (easting - 500_000) / (0.9996 * radius)
    betas = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    x, y = xi, eta
    for j, beta in enumerate(betas, 1):
        x -= beta * math.sin(2 * j * xi) * math.cosh(2 * j * eta)
        y -= beta * math.cos(2 * j * xi) * math.sinh(2 * j * eta)
    chi = math.asin(max(-1.0, min(1.0, math.sin(x) / math.cosh(y))))
    deltas = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
    latitude = chi + sum(delta * math.sin(2 * j * chi) for j, delta in enumerate(deltas, 1))
    return math.degrees(latitude), zone * 6 - 183 + math.degrees(math.atan2(math.sinh(y), math.cos(x)))
