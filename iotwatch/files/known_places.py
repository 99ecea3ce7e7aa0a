"""Where the car was, as its people know it: what is looked for in payloads whose form nobody knows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from iotwatch.errors import OptionError

RADIUS_M = 100.0
MOST_RADIUS_M = 10_000.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class KnownPlace(msgspec.Struct, frozen=True):
    """A place in degrees (WGS-84) and metres, and from when to when the car was there: microseconds UTC (``None``: not said).

    ``passed`` are first and last times of a track at the place: clocks of cars and taps differ, so these exclude nothing by
    themselves.
    """

    latitude: float
    longitude: float
    radius: float = RADIUS_M
    start: int | None = None
    end: int | None = None
    passed: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"{self.latitude},{self.longitude} is not on the globe: latitude first, both in degrees")
        if not 1 <= self.radius <= MOST_RADIUS_M:
            raise ValueError(f"a radius of {self.radius:g} m is of no use: 1 to {MOST_RADIUS_M:.0f}")
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise ValueError("a known position ends after it begins")

    def holds(self, time: int | None) -> bool:
        """Whether the car was there at a time, as far as both are known."""
        if time is None:
            return True
        return (self.start is None or self.start <= time) and (self.end is None or time <= self.end)


def read_known_place(written: str, radius: float = RADIUS_M) -> KnownPlace:
    """Read ``LAT,LON`` or ``LAT,LON@FROM/TO`` (decimal degrees; ISO 8601 with an offset, either may be left out).

    ``OptionError`` for anything else.
    """
    where, _, when = written.partition("@")
    latitude, comma, longitude = where.partition(",")
    first, _, last = when.partition("/")
    if not comma:
        raise OptionError(f"no known position is {written!r}: a latitude, a comma and a longitude are needed")
    try:
        start, end = (in_microseconds(datetime.fromisoformat(one)) if one else None for one in (first, last))
        return KnownPlace(float(latitude), float(longitude), radius, start, end)
    except ValueError as error:
        raise OptionError(f"no known position is {written!r}: {error}") from error


def in_microseconds(time: datetime) -> int:
    """Microseconds since 1970; ``ValueError`` for a time without an offset."""
    if time.tzinfo is None:
        raise ValueError(f"{time.isoformat()} needs an offset, for example 2026-11-22T10:00:00Z")
    return (time - _EPOCH) // timedelta(microseconds=1)
