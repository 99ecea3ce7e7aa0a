"""One epoch of an NMEA 0183 receiver: the position sentences that share a time of day, read by pynmeagps."""

from __future__ import annotations

import re
from datetime import time
from functools import reduce
from operator import xor
from typing import Any

KNOT = 1.852
_DOUBTS = {
    "8": "simulated", "S": "simulated", "7": "entered by hand", "M": "entered by hand", "6": "dead reckoning",
    "E": "dead reckoning",
}  # fmt: skip
"""Qualities of GGA and mode letters of the others that are no fix by satellites (NMEA 0183 4.10)."""


class Epoch:
    """What the sentences of one time of day say together: GGA brings the altitude, RMC speed and date."""

    __slots__ = (
        "altitude", "checked", "clock", "course", "end", "latitude", "longitude", "mode", "names", "span", "speed",
        "start", "valid",
    )  # fmt: skip

    def __init__(self, clock: time | None, start: int) -> None:
        self.clock = clock
        self.start = self.end = start
        self.latitude = self.longitude = 0.0
        self.span = (0, 0)
        self.valid: bool | None = None
        self.speed: float | None = None
        self.course: float | None = None
        self.altitude: float | None = None
        self.mode = ""
        self.names: list[str] = []
        self.checked = True

    def take(self, parsed: Any, kind: str, found: re.Match[bytes]) -> None:
        """Add a sentence that states a place; the first gives the coordinates and the span."""
        if not self.names:
            self.latitude, self.longitude, self.span = parsed.lat, parsed.lon, found.span()
        self.end = found.end()
        self.names.append(found[1].decode("ascii"))
        self.checked = self.checked and found[3] is not None
        valid, mode = _validity(parsed, kind)
        if valid is not None:  # one sentence that says no is enough: receivers say yes in all or none
            self.valid = valid if self.valid is None else self.valid and valid
        self.mode = mode or self.mode
        if kind == "RMC":
            self.speed = parsed.spd * KNOT if is_number(parsed.spd) else None
            self.course = parsed.cog if is_number(parsed.cog) else None
        elif kind in ("GGA", "GNS") and is_number(parsed.alt):
            self.altitude = parsed.alt

    def goes_on(self, clock: time | None, name: str) -> bool:
        """Whether a sentence of that time of day is still of this epoch; without times, until a sentence returns."""
        return clock == self.clock and (clock is not None or name not in self.names)

    def doubts(self) -> tuple[str, ...]:
        """What the receiver itself says against its fix."""
        doubt = _DOUBTS.get(self.mode)
        return (f"the receiver says that the fix is {doubt}",) if doubt else ()


def is_number(value: Any) -> bool:
    """Whether a field was filled: pynmeagps gives empty ones as text."""
    return isinstance(value, int | float)


def states_a_place(parsed: Any) -> bool:
    """Whether both coordinates were filled and are on the globe."""
    if not (is_number(parsed.lat) and is_number(parsed.lon)):
        return False
    return abs(parsed.lat) <= 90 and bool(abs(parsed.lon) <= 180)


def _validity(parsed: Any, kind: str) -> tuple[bool | None, str]:
    """The receiver's own word on its fix, and the mode or quality that it gives (NMEA 0183 4.10)."""
    if kind == "GGA":
        quality = str(getattr(parsed, "quality", ""))
        return (quality != "0" if quality else None), quality
    if kind == "GNS":
        mode = str(getattr(parsed, "posMode", ""))
        return (mode.strip("N") != "" if mode else None), mode[:1]
    status, mode = str(getattr(parsed, "status", "")), str(getattr(parsed, "posMode", ""))
    return (status == "A" and mode != "N" if status else None), mode


def parse(found: re.Match[bytes]) -> Any:
    """The sentence as pynmeagps reads it, or ``None`` where it cannot; it wants a checksum, also where none was sent."""
    from pynmeagps import NMEAReader, exceptions

    wire = found[0] if found[3] else found[0] + b"*%02X" % reduce(xor, found[0][1:])
    try:
        return NMEAReader.parse(wire + b"\r\n")
    except (
        exceptions.NMEAParseError,
        exceptions.NMEAMessageError,
        exceptions.NMEATypeError,
        ValueError,
        LookupError,
        AttributeError,
        TypeError,
    ):
        return None
