"""Positions in answers of modems: satellite fixes of each maker's command, and look-ups by cell.

Fields as in the makers' manuals: Quectel GNSS AT commands (+QGPSLOC), SIMCom (+CGNSINF, +CGPSINFO, +CGNSSINFO, +CLBS,
+CIPGSMLOC, +CGPSINF), Telit ($GPSACP, #AGPSRING), u-blox (+UULOC), Quectel (+QCELLLOC, +QLBS), Sierra Wireless (!GPSLOC),
Nordic (#XGPS, later #XGNSS). NMEA sentences inside answers belong to NMEA.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import pairwise

from iotwatch.decode.at.grammar import arguments
from iotwatch.decode.message import Fix
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

Span = tuple[int, int]

_KNOT = 1.852
_DEGREES_MINUTES = regex(r"(\d{1,3})(\d{2}\.\d{1,10})$")
_HEMISPHERE = regex(r"([\d.]{3,16}),?\s*([NS]),\s*([\d.]{3,16}),?\s*([EW])\b")
_DAY_FIRST = regex(r"(\d{2})/(\d{2})/(\d{4})$")
_YEAR_FIRST = regex(r"\d{4}/\d{2}/\d{2}$")
_LONGITUDE_FIRST = frozenset({"+CIPGSMLOC", "+QCELLLOC"})
LOOK_UPS = frozenset({"+CLBS", "+CIPGSMLOC", "+QCELLLOC", "+QLBS", "+CASSISTLOC", "+MLBSLOC", "+QLBSEX", "#AGPSRING"})
NAMES = LOOK_UPS | {
    "+QGPSLOC",
    "+CGNSINF",
    "+UGNSINF",
    "+CGPSINFO",
    "+CGNSSINFO",
    "$GPSACP",
    "+UULOC",
    "+MGNSSLOC",
    "#XGPS",
    "#XGNSS",
    "+CGPSINF",
    "+LPGNSSFIXREADY",
}


def fix(name: str, values: str, span: Span) -> Fix | None:
    """The position that the answer ``name: values`` states; ``None`` when it states none."""
    fields = arguments(values)
    if name in ("+QGPSLOC", "$GPSACP"):
        return _qgpsloc(values, fields, span)
    if name in ("+CGNSINF", "+UGNSINF"):
        return _cgnsinf(fields, span)
    if name in ("+CGPSINFO", "+CGNSSINFO", "+MGNSSLOC"):
        return _hemispheres(name, values, span)
    if name == "+UULOC":
        return _uuloc(fields, span)
    if name in ("#XGPS", "#XGNSS"):
        return _xgps(fields, span)
    if name == "+CGPSINF":
        return _cgpsinf(fields, span)
    if name == "+LPGNSSFIXREADY":
        return _lpgnss(fields, span)
    return _look_up(name, fields, span) if name in LOOK_UPS else None


_SEXAGESIMAL = regex(
    r"(?P<half>Lat|Lon): (?P<degrees>\d{1,3}) Deg (?P<minutes>\d{1,2}) Min (?P<seconds>\d{1,2}(?:\.\d{1,6})?) Sec"
    r" (?P<side>[NSEW])\b"
)


def half(text: str) -> tuple[str, float] | None:
    """``Lat`` or ``Lon`` and the degrees of a line of AT!GPSLOC? (Sierra Wireless AT command reference for EM74xx)."""
    found = _SEXAGESIMAL.match(text)
    if found is None:
        return None
    value = int(found["degrees"]) + int(found["minutes"]) / 60 + float(found["seconds"]) / 3600
    return found["half"], -value if found["side"] in "SW" else value


def whole(latitude: float | None, longitude: float | None, span: Span, **more: object) -> Fix | None:
    """The position of two halves; ``None`` when one is missing or off the globe."""
    if latitude is None or longitude is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None
    return Fix(latitude=latitude, longitude=longitude, span=span, **more)  # type: ignore[arg-type]


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[+-]?\d{1,7}(?:\.\d{0,10})?", text) else None


def _minutes(text: str, hemisphere: str, *, widest: int) -> float | None:
    """Degrees from ``ddmm.mmmm``, or from degrees when there are too few digits for minutes before the point."""
    whole = len(text.partition(".")[0])
    found = _DEGREES_MINUTES.match(text) if whole > widest - 1 or whole > 3 else None
    if found is not None and float(found[2]) < 60:
        value = int(found[1]) + float(found[2]) / 60
    else:
        value = _number(text) if _number(text) is not None else -1000.0  # type: ignore[assignment]
    return -value if hemisphere in "SW" else value


def _moment(date: str, clock: str, *, year_first: bool = False) -> int | None:
    """Microseconds UTC from ``ddmmyy`` (or ``yyyymmdd``) and ``hhmmss.sss``."""
    pattern = "%Y%m%d%H%M%S" if year_first else "%d%m%y%H%M%S"
    try:
        return int(datetime.strptime(date + clock[:6], pattern).replace(tzinfo=UTC).timestamp()) * 1_000_000
    except ValueError:
        return None


def _qgpsloc(values: str, fields: list[str], span: Span) -> Fix | None:
    """utc, latitude, longitude, hdop, altitude, fix, course, km/h, knots, ddmmyy, satellites; three ways to write degrees."""
    if len(fields) < 10:
        return None
    found = _HEMISPHERE.search(values)
    if found is not None:
        latitude, longitude = _minutes(found[1], found[2], widest=4), _minutes(found[3], found[4], widest=4)
        split = fields[2] in ("N", "S")
        rest = fields[5:] if split else fields[3:]
    else:
        latitude, longitude, rest = _number(fields[1]), _number(fields[2]), fields[3:]
    if len(rest) < 7:
        return None
    when = _moment(rest[6], fields[0])
    altitude = _number(rest[1])
    return whole(
        latitude, longitude, span, time=when, valid=rest[2] in ("2", "3"), altitude=altitude, speed=_number(rest[4])
    )


def _cgnsinf(fields: list[str], span: Span) -> Fix | None:
    """run, fix, yyyymmddhhmmss.sss, latitude, longitude, altitude, km/h, course ..."""
    if len(fields) < 8:
        return None
    return whole(
        _number(fields[3]),
        _number(fields[4]),
        span,
        time=_moment(fields[2][:8], fields[2][8:14], year_first=True),
        valid=fields[1] == "1",
        altitude=_number(fields[5]),
        speed=_number(fields[6]),
        course=_number(fields[7]),
    )


def _hemispheres(name: str, values: str, span: Span) -> Fix | None:
    """latitude, N or S, longitude, E or W, ddmmyy, hhmmss.s, altitude, speed (knots), course."""
    found = _HEMISPHERE.search(values)
    if found is None:
        return None
    fields = arguments(values[found.end() :].lstrip(","))
    fields += [""] * (5 - len(fields))
    knots = _number(fields[3])
    return whole(
        _minutes(found[1], found[2], widest=4),
        _minutes(found[3], found[4], widest=5),
        span,
        time=_moment(fields[0], fields[1]),
        valid=True,
        altitude=_number(fields[2]),
        speed=knots * _KNOT if knots is not None and name == "+CGPSINFO" else knots,
        course=_number(fields[4]),
    )


def _uuloc(fields: list[str], span: Span) -> Fix | None:
    """dd/mm/yyyy, hh:mm:ss.sss, latitude, longitude, altitude, uncertainty; behind the number of the solution where several are
    asked for."""
    at = next((index for index, field in enumerate(fields[:4]) if _DAY_FIRST.match(field)), 0)
    fields = fields[at:]
    if len(fields) < 5:
        return None
    day = _DAY_FIRST.match(fields[0])
    clock = fields[1].replace(":", "")
    when = _moment(day[3] + day[2] + day[1], clock, year_first=True) if day else None
    return whole(_number(fields[2]), _number(fields[3]), span, time=when, altitude=_number(fields[4]))


def _cgpsinf(fields: list[str], span: Span) -> Fix | None:
    """SIM808: mode 0 is longitude, latitude, altitude, yyyymmddhhmmss.sss; mode 32 is what RMC says."""
    if len(fields) >= 5 and fields[0] == "0" and "." in fields[1]:
        longitude, latitude = _minutes(fields[1], "E", widest=5), _minutes(fields[2], "N", widest=4)
        when = _moment(fields[4][:8], fields[4][8:14], year_first=True)
        return whole(latitude, longitude, span, time=when, altitude=_number(fields[3]))
    if len(fields) >= 10 and fields[0] == "32" and fields[4] in ("N", "S") and fields[6] in ("E", "W"):
        latitude, longitude = _minutes(fields[3], fields[4], widest=4), _minutes(fields[5], fields[6], widest=5)
        return whole(latitude, longitude, span, time=_moment(fields[9], fields[1]), valid=fields[2] == "A")
    return None


def _xgps(fields: list[str], span: Span) -> Fix | None:
    """latitude, longitude, altitude, accuracy, metres a second, heading, "yyyy-mm-dd hh:mm:ss" (nRF Connect SDK, serial LTE modem).

    Two whole numbers are a status.
    """
    if len(fields) < 7 or "." not in fields[0]:
        return None
    day, _, clock = fields[6].partition(" ")
    speed = _number(fields[4])
    return whole(
        _number(fields[0]),
        _number(fields[1]),
        span,
        time=_moment(day.replace("-", ""), clock.replace(":", ""), year_first=True),
        altitude=_number(fields[2]),
        speed=speed * 3.6 if speed is not None else None,
        course=_number(fields[5]),
    )


def _lpgnss(fields: list[str], span: Span) -> Fix | None:
    """fix, time in ISO-8601, milliseconds to it, metres of confidence, latitude, longitude, altitude, speeds (Sequans GM02S)."""
    if len(fields) < 7:
        return None
    day, _, clock = fields[1].partition("T")
    return whole(
        _number(fields[4]),
        _number(fields[5]),
        span,
        time=_moment(day.replace("-", ""), clock.replace(":", ""), year_first=True),
        altitude=_number(fields[6]),
    )


def _look_up(name: str, fields: list[str], span: Span) -> Fix | None:
    """Two degrees among the first fields, and the time behind them as yyyy/mm/dd, hh:mm:ss. +CIPGSMLOC and +QCELLLOC give the
    longitude first (SIMCom, Quectel manuals; OpenLuat's +CIPGSMLOC the latitude): what no latitude can be decides."""
    degrees = [value for field in fields[:4] if "." in field and (value := _number(field)) is not None]
    if len(degrees) < 2:
        return None
    first, second = degrees[:2]
    if abs(first) > 90 or (name in _LONGITUDE_FIRST and abs(second) <= 90):
        first, second = second, first
    return whole(first, second, span, time=_stated(fields))


def doubts(name: str, place: Fix) -> tuple[Said, ...]:
    """What speaks against the place that the answer ``name`` states: the order of the two numbers depends on the firmware, unless
    one of them can be no latitude."""
    if name not in LOOK_UPS:
        return ()
    guessed = name not in _LONGITUDE_FIRST and abs(place.longitude or 0) <= 90
    return (ReadingDoubt.LOOKED_UP(), ReadingDoubt.ORDER_GUESSED()) if guessed else (ReadingDoubt.LOOKED_UP(),)


def _stated(fields: list[str]) -> int | None:
    """The moment of a date and a clock in neighbouring fields."""
    for date, clock in pairwise(fields):
        if _YEAR_FIRST.match(date):
            return _moment(date.replace("/", ""), clock.replace(":", ""), year_first=True)
    return None
