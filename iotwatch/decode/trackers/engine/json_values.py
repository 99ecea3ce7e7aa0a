"""What stands at a path of a JSON document, and how places and times are written there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from iotwatch.decode.fields import SECOND, on_globe, unix_time
from iotwatch.patterns import regex

Pair = tuple[float, float]
"""Latitude and longitude in degrees."""

_MOST = 64
_PAIRS = (
    ("latitude", "longitude"), ("lat", "lon"), ("Latitude", "Longitude"), ("lat", "lng"), ("Lat", "Lon"), ("lat", "long"),
    ("gps_lat", "gps_lon"), ("gps_latitude", "gps_longitude"), ("gpsLatitude", "gpsLongitude"),
)  # fmt: skip
_DEGREES = regex(r"-?\d{1,3}(?:\.\d{1,17})?")
_SCALED = regex(r"-?\d{1,12}(?:\.\d{1,17})?")
_UNIX = regex(r"\d{9,13}(?:\.\d{1,6})?")


def found(value: Any, path: str) -> Iterator[Any]:
    """All that stands at ``path`` (see ``json_file``) of ``value``."""
    if not path:
        yield value
        return
    step, _, rest = path.partition("/")
    name, _, wanted = step.partition("=")
    inner: Any = ()
    if step == "*":
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    elif wanted and isinstance(value, list):
        inner = [one for one in value if isinstance(one, dict) and one.get(name) == wanted][-1:]
    elif isinstance(value, dict) and step in value:
        inner = (value[step],)
    for one in inner:
        yield from found(one, rest)


def every(value: Any, paths: str) -> list[Any]:
    """What stands at the first of ``paths`` (``|`` between) that leads to anything but nothing and empty text."""
    said: list[Any] = []
    for path in paths.split("|") if paths else ():
        said = said or [one for one in found(value, path) if one not in (None, "")]
    return said


def first(value: Any, paths: str) -> Any:
    """The first that stands there, or ``None``."""
    return next(iter(every(value, paths)), None)


def degrees(value: object, scale: float = 1.0) -> float | None:
    """A coordinate that is a number or the text of one, in degrees times ``scale``."""
    if isinstance(value, str) and (_DEGREES if scale == 1 else _SCALED).fullmatch(value):
        return float(value) / scale
    return value / scale if isinstance(value, int | float) and not isinstance(value, bool) else None


def positive(value: object, factor: float = 1.0) -> float | None:
    return value * factor if isinstance(value, int | float) and value >= 0 else None


def moment(value: object) -> int | None:
    """Microseconds of ISO 8601 text or of Unix time, a number or its text, in seconds or milliseconds."""
    if isinstance(value, str) and not _UNIX.fullmatch(value):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            return None
        return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * SECOND)
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        number = float(value)
        return unix_time(number / 1000 if number > 1e11 else number)
    return None


def pair_of(latitude: object, longitude: object, scale: float = 1.0) -> Iterator[Pair]:
    """The place that two values state; none when they are no place on earth."""
    north, east = degrees(latitude, scale), degrees(longitude, scale)
    if north is not None and east is not None and on_globe(north, east):
        yield north, east


def within(holder: object, depth: int) -> Iterator[Pair]:
    """The places that ``holder``, or what it holds down to ``depth``, states under one of the usual pairs of names."""
    if isinstance(holder, dict):
        own = next((pair for one, two in _PAIRS for pair in pair_of(holder.get(one), holder.get(two))), None)
        if own is not None:
            yield own
            return
        holder = list(holder.values())
    if isinstance(holder, list) and depth:
        for one in holder[:_MOST]:
            yield from within(one, depth - 1)
