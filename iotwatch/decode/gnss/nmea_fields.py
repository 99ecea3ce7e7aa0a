"""The fields of a position sentence, by pynmeagps' tables and conversions (NMEA 0183 section 6.3).

pynmeagps makes an object of each sentence, attribute by attribute; a receiver's log holds a hundred thousand of them. Here
the same tables give a plain dictionary, and times and dates in their usual form are read without ``strptime``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from functools import cache
from typing import Any

Values = dict[str, Any]
"""Fields by pynmeagps' names; an empty or impossible one is an empty text, one that was not sent is absent."""


def read_fields(kind: str, fields: str) -> Values | None:
    """The fields of a ``kind`` of sentence (``RMC``), with the signs of their hemispheres; ``None`` when one is no value."""
    values: Values = {}
    try:
        for (name, read), text in zip(_table(kind), fields.split(","), strict=False):
            values[name] = read(text)
    except ValueError:
        return None
    for half, letter, negative in (("lat", "NS", "S"), ("lon", "EW", "W")):
        if letter in values and isinstance(values[half], float):
            values[half] = -abs(values[half]) if values[letter] == negative else abs(values[half])
    return values


@cache
def _table(kind: str) -> tuple[tuple[str, Callable[[str], Any]], ...]:
    from pynmeagps import nmeatypes_core as forms
    from pynmeagps.nmeahelpers import dmm2ddd
    from pynmeagps.nmeatypes_get import NMEA_PAYLOADS_GET

    readers: dict[str, Callable[[str], Any]] = {
        forms.TM: _time,
        forms.DT: _date,
        forms.LA: dmm2ddd,
        forms.LN: dmm2ddd,
        forms.DE: lambda text: float(text) if text else text,
        forms.IN: lambda text: int(text) if text else text,
    }
    return tuple((name, readers.get(form, str)) for name, form in NMEA_PAYLOADS_GET[kind].items())


def _time(text: str) -> Any:
    """``hhmmss`` with up to six decimals."""
    whole, point, fraction = text.partition(".")
    if len(whole) != 6 or not (whole + fraction).isdecimal() or not text.isascii() or len(fraction) > 6:
        return _by_pynmeagps("time2utc", text)
    if point and not fraction:
        return ""
    try:
        return time(int(whole[:2]), int(whole[2:4]), int(whole[4:]), int(fraction.ljust(6, "0")))
    except ValueError:
        return ""


def _date(text: str) -> Any:
    """``ddmmyy``; years from 69 on are of the last century."""
    if len(text) != 6 or not text.isdecimal() or not text.isascii():
        return _by_pynmeagps("date2utc", text)
    year = int(text[4:])
    try:
        return date(year + (1900 if year >= 69 else 2000), int(text[2:4]), int(text[:2]))
    except ValueError:
        return ""


def _by_pynmeagps(name: str, text: str) -> Any:
    """A time or date in another form than the usual one."""
    from pynmeagps import nmeahelpers

    return getattr(nmeahelpers, name)(text) if text else text
