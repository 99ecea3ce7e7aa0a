"""Times of structured payloads: Unix times in seconds to nanoseconds, ISO 8601, and runs of digits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from iotwatch.decode.fields import EARLIEST, clock, unix_time
from iotwatch.decode.generic.tree.node import Node, Scalar
from iotwatch.patterns import regex

_KEY = regex(
    r"t|(?:.*[_\-. a-z])?(?:tst|ts|time|timestamp|timestampms|date_?time|utc|gps_?time|fixtime|devicetime|eventtime|recordtime"
    r"|sendtime|dt|when|as_of|at|epoch|lastupdate|last_?seen|(?:created|updated|reported|captured|received|measured)_?at)"
    r"(?:_?(?:ms|us|ns|millis|sec|secs))?"
)
_DATE_KEYS = frozenset({"date", "gpsdate", "utcdate", "datum"})
_ISO = regex(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ]\s?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_RUN = regex(r"(?:20)?(\d{2})(\d{2})(\d{2})[T ]?(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z?$")
_CLOCK = regex(r"(\d{1,2}):(\d{2}):(\d{2})|(\d{2})(\d{2})(\d{2})(?:\.\d+)?$")


def parse_time(value: Scalar) -> int | None:
    """Microseconds UTC of a number or a text (without a zone: taken as UTC), or ``None``."""
    if isinstance(value, bool) or value is None or isinstance(value, bytes):
        return None
    if isinstance(value, int | float):
        return _unix(float(value))
    text = value.strip()
    if len(text) > 48:
        return None
    if match := _ISO.match(text):
        return _iso(match)
    if match := _RUN.match(text):
        year, month, day, hour, minute, second = (int(part) for part in match.groups())
        if found := clock(year, month, day, hour, minute, second):
            return found
    try:
        return _unix(float(text))
    except ValueError:
        return None


def _unix(number: float) -> int | None:
    if not number >= EARLIEST:
        return None
    for scale in (1.0, 1e3, 1e6, 1e9):
        if (found := unix_time(number / scale)) is not None:
            return found
    return None


def _iso(match: re.Match[str]) -> int | None:
    year, month, day = int(match[1]), int(match[2]), int(match[3])
    found = clock(year, month, day, int(match[4] or 0), int(match[5] or 0), int(match[6] or 0))
    if found is None:
        return None
    found += int((match[7] or "0").ljust(6, "0")[:6])
    zone = match[8] or "Z"
    if zone[0] in "+-":
        shift = timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))
        found -= int(shift.total_seconds()) * 1_000_000 * (1 if zone[0] == "+" else -1)
    return found


@lru_cache(maxsize=4096)
def names_time(key: str) -> bool:
    """Whether a key speaks of a time or a date."""
    key = key.lower()
    return len(key) <= 40 and (key in _DATE_KEYS or bool(_KEY.fullmatch(key)))


def time_of(leaves: Iterable[Node]) -> int | None:
    """The time that a group's leaves state: the first that names one, a date and a time of day together included."""
    day = moment = None
    for leaf in leaves:
        if not names_time(leaf.key):
            continue
        key = leaf.key.lower()
        if key in _DATE_KEYS and isinstance(leaf.value, str):
            day = leaf.value
        found = parse_time(leaf.value)
        if found is not None and (key not in _DATE_KEYS or ":" in str(leaf.value)):
            return found
        if isinstance(leaf.value, str) and _CLOCK.match(leaf.value):
            moment = leaf.value
    return _joined(day, moment)


def _joined(day: str | None, moment: str | None) -> int | None:
    if not day or not moment:
        return None
    date, clock_match = _ISO.match(day), _CLOCK.match(moment)
    if date is None or clock_match is None:
        return None
    hour, minute, second = (int(part) for part in clock_match.groups() if part is not None)
    return clock(int(date[1]), int(date[2]), int(date[3]), hour, minute, second)
