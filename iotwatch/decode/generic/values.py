"""Numbers and texts that state a coordinate, in all the ways seen: degrees, scaled integers, degrees and minutes, DMS.

Scales are told by the key's name first, then by range (reference facts: location payloads, section 2).
"""

from __future__ import annotations

import math
import re

import msgspec

from iotwatch.decode.generic.tree.node import Scalar
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

_NUMBER = regex(r"[+-]?(?:\d{1,17}(?:[.,]\d{0,17})?|\.\d{1,17})(?:[eE][+-]?\d{1,3})?$")
_LETTERED = regex(
    r"(?P<before>[NSEWnsew])?\s{0,2}[:=]?\s{0,2}(?P<number>[+-]?\d{1,9}(?:[.,]\d{0,15})?)\s{0,2}(?:°|deg|º)?\s{0,2}(?P<after>[NSEWnsew])?$"
)
_DMS = regex(
    r"(?P<before>[NSEW])?\s{0,2}(?P<sign>[+-])?(?P<d>\d{1,3})\s{0,2}(?:°|º|deg|d|:|\s|\u2103)\s{0,2}(?P<m>\d{1,2}(?:[.,]\d{1,10})?)"
    r"\s{0,2}(?:(?:['\u2032\u2019m:]|\s)\s{0,2}(?:(?P<s>\d{1,2}(?:[.,]\d{1,10})?)\s{0,2}(?:\"|''|\u2033|\u201d|s)?)?)?\s{0,2}(?P<after>[NSEWnsew])?$"
)
_HALF_TEXT = r"[NSEW]?[+-]?\d{1,3}(?:\.\d{1,17})?\s?[NSEW]?"
_PAIR = regex(
    rf"\s{{0,4}}[\[(]?\s{{0,4}}(?P<first>{_HALF_TEXT})\s{{0,4}}[,;| ]\s{{0,4}}(?P<second>{_HALF_TEXT})\s{{0,4}}[\])]?"
    r"(?:\s{0,4}[,;| ]\s{0,4}[+-]?\d{1,9}(?:\.\d{1,9})?){0,3}\s{0,4}$"
)
_WKT = regex(
    r"(?:SRID=4326;)?\s{0,4}POINT\s?Z?M?\s{0,4}\(\s{0,4}(?P<x>-?\d{1,3}(?:\.\d+)?) (?P<y>-?\d{1,3}(?:\.\d+)?)",
    re.IGNORECASE,
)
_GEO_URI = regex(r"geo:(?P<y>-?\d{1,2}(?:\.\d+)?),(?P<x>-?\d{1,3}(?:\.\d+)?)")
_ISO6709 = regex(r"(?P<y>[+-]\d{2}\.\d{2,15})(?P<x>[+-]\d{3}\.\d{2,15})")
MARKERS = frozenset(
    (90.0, 91.0, 99.0, 99.9, 180.0, 181.0, 200.0, 999.0, 9999.0, 99999.0, 214.7483647, 2147.483647, 65535.0)
)
"""What stands for "no fix" when both halves hold such a number (sign apart)."""


class Coordinate(msgspec.Struct, frozen=True, gc=False):
    """One half: its number as written, whether that is a whole number, a hemisphere letter and if minutes are inside."""

    number: float
    whole: bool
    decimals: int
    letter: str = ""
    minutes: bool = False
    ready: bool = False


class Degrees(msgspec.Struct, frozen=True, gc=False):
    """A place in degrees with what speaks against it; ``fixed`` is false for markers that mean no fix."""

    latitude: float
    longitude: float
    doubts: tuple[Said, ...] = ()
    fixed: bool = True
    weak: bool = False


def coordinate(value: Scalar) -> Coordinate | None:
    """Half a place from a number or a text, or ``None`` when it is none."""
    if isinstance(value, bool) or value is None or isinstance(value, bytes):
        return None
    if isinstance(value, int):
        return Coordinate(float(value), whole=True, decimals=0) if abs(value) < 1 << 63 else None
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        text = repr(value)
        return Coordinate(
            value, whole=False, decimals=decimals(text) if "e" in text else len(text) - text.find(".") - 1
        )
    text = value.strip().strip("\"'")
    if not text or len(text) > 40:
        return None
    if _NUMBER.match(text):
        number = float(text.replace(",", "."))
        fraction = decimals(text)
        plain = "." not in text and "," not in text
        return (
            Coordinate(number, whole=plain, decimals=fraction, minutes=_padded(text)) if math.isfinite(number) else None
        )
    if match := _LETTERED.match(text):
        letter = (match["before"] or match["after"] or "").upper()
        number_text = match["number"].replace(",", ".")
        return Coordinate(
            float(number_text),
            whole="." not in number_text,
            decimals=decimals(number_text),
            letter=letter,
            minutes=_padded(number_text) or abs(float(number_text)) > 180,
        )
    return _dms(text)


def _padded(text: str) -> bool:
    """Whether digits are padded to ``ddmm.mmmm`` or ``dddmm.mmmm``."""
    whole, point, fraction = text.lstrip("+-").partition(".")
    return bool(point) and len(fraction) >= 2 and len(whole) in (4, 5) and int(whole[-2:] or 0) < 60


def _dms(text: str) -> Coordinate | None:
    match = _DMS.match(text)
    if match is None or not (match["before"] or match["after"] or "°" in text or "º" in text):
        return None
    minutes, seconds = float(match["m"].replace(",", ".")), float((match["s"] or "0").replace(",", "."))
    if minutes >= 60 or seconds >= 60:
        return None
    number = int(match["d"]) + minutes / 60 + seconds / 3600
    letter = (match["before"] or match["after"] or "").upper()
    return Coordinate(-number if match["sign"] == "-" else number, whole=False, decimals=6, letter=letter, ready=True)


def decimals(text: str) -> int:
    """How many digits stand after the point."""
    return len(text.replace(",", ".").partition(".")[2].partition("e")[0])


def place(first: Coordinate, second: Coordinate, exponent: int = 0) -> Degrees | None:
    """The place of a latitude and a longitude; ``None`` when no reading puts them on the globe.

    ``exponent`` is the scale that the key's name tells (7: units of 1e-7 degrees), 0 for none.
    """
    if first.letter in ("E", "W") and second.letter in ("N", "S"):
        first, second = second, first
    if first.letter in ("E", "W") or second.letter in ("N", "S"):
        return None
    marker = _marker(first.number, second.number)
    if marker is not None:
        return marker
    if first.minutes and second.minutes and (abs(first.number) > 90 or abs(second.number) > 180):
        return _minutes(first, second)
    doubts: tuple[Said, ...] = ()
    latitude, longitude = first.number, second.number
    if first.whole and second.whole and not first.ready and (exponent or _is_scaled(latitude, longitude)):
        scaled = _scaled(latitude, longitude, exponent)
        if scaled is None:
            return None
        latitude, longitude, doubts = scaled
    elif min(first.decimals, second.decimals) <= 1 and not first.ready:
        doubts = (ReadingDoubt.COARSE(),)
    latitude = _signed(latitude, first.letter)
    longitude = _signed(longitude, second.letter)
    if abs(latitude) <= 90 and abs(longitude) <= 180:
        if latitude == 0 == longitude or (abs(latitude) < 1e-4 and abs(longitude) < 1e-4):
            return Degrees(latitude, longitude, fixed=False)
        return Degrees(latitude, longitude, doubts)
    if abs(longitude) <= 90 and abs(latitude) <= 180 and not (first.minutes or second.minutes):
        return Degrees(longitude, latitude, (*doubts, ReadingDoubt.SWAPPED()), weak=True)
    if first.decimals and second.decimals and first.decimals >= 2:
        return _minutes(first, second)
    return None


def _signed(value: float, letter: str) -> float:
    return -abs(value) if letter in ("S", "W") else value


def _marker(latitude: float, longitude: float) -> Degrees | None:
    """Both halves zero, a marker or the largest integer: the device says that it has no fix."""
    largest = (2**31 - 1, 2**31, 2**32 - 1, 0x7FFFFFF, 900000001.0, 1800000001.0)
    both = [abs(value) in MARKERS or abs(value) in largest for value in (latitude, longitude)]
    if all(both) or (abs(latitude) == 90.0 and longitude == 0):
        return Degrees(0.0, 0.0, fixed=False)
    return None


def _is_scaled(latitude: float, longitude: float) -> bool:
    return abs(latitude) > 180 or abs(longitude) > 180


def _scaled(latitude: float, longitude: float, exponent: int) -> tuple[float, float, tuple[Said, ...]] | None:
    """Degrees of whole numbers. Kasa plugs name 1e-4 like others name 1e-7: small numbers tell them apart."""
    size = max(abs(latitude) / 90, abs(longitude) / 180)
    if exponent == 7 and size <= 10_000 and max(abs(latitude), abs(longitude)) > 1000:
        exponent = 4
    if exponent > 0:
        return latitude / 10**exponent, longitude / 10**exponent, ()
    if exponent < 0:
        return latitude / 3_600_000, longitude / 3_600_000, ()
    for power in (4, 5, 6, 7, 8):
        if size <= 10**power:
            if size < 10 ** (power - 1) / 500:
                return None
            guessed = (ReadingDoubt.SCALE_GUESSED(),) if power in (4, 5, 8) else ()
            return latitude / 10**power, longitude / 10**power, guessed
    return None


def _minutes(first: Coordinate, second: Coordinate) -> Degrees | None:
    """Degrees and minutes run together, as NMEA writes them."""
    halves = []
    for half, most in ((first, 90), (second, 180)):
        degrees, minutes = divmod(abs(half.number), 100)
        value = degrees + minutes / 60
        if minutes >= 60 or value > most:
            return None
        halves.append(_signed(math.copysign(value, half.number), half.letter))
    lettered = bool(first.letter and second.letter)
    doubts = () if lettered else (ReadingDoubt.AS_MINUTES(), ReadingDoubt.NO_HEMISPHERE())
    if halves == [0.0, 0.0]:
        return Degrees(0.0, 0.0, fixed=False)
    return Degrees(halves[0], halves[1], doubts, weak=not lettered)


def pair(text: str, *, lon_first: bool = False) -> tuple[Coordinate, Coordinate] | None:
    """Latitude and longitude that stand in one text: ``48.85,2.29``, ``geo:48.85,2.29``, ``POINT(2.29 48.85)``, ISO 6709."""
    if len(text) > 256:
        return None
    for pattern in (_WKT, _GEO_URI, _ISO6709):
        if match := pattern.search(text):
            return _half(match["y"]), _half(match["x"])
    match = _PAIR.match(text)
    if match is None:
        return None
    first, second = coordinate(match["first"]), coordinate(match["second"])
    if first is None or second is None:
        return None
    if first.letter or second.letter:
        return (second, first) if first.letter in ("E", "W") else (first, second)
    if lon_first or (abs(first.number) > 90 >= abs(second.number)):
        return second, first
    return first, second


def _half(text: str) -> Coordinate:
    return Coordinate(float(text), whole="." not in text, decimals=decimals(text))
