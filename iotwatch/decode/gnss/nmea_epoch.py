"""One epoch of an NMEA 0183 receiver: the position sentences that share a time of day."""

from __future__ import annotations

import re
from datetime import time
from typing import Any, TypeGuard

from iotwatch.decode.gnss.nmea_fields import Values
from iotwatch.decode.message import Trait
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

KNOT = 1.852
_DOUBTS = {
    **dict.fromkeys("8S", ReadingDoubt.SIMULATED),
    **dict.fromkeys("7M", ReadingDoubt.ENTERED_BY_HAND),
    **dict.fromkeys("6E", ReadingDoubt.DEAD_RECKONING),
}
"""Qualities of GGA and mode letters of the others that are no fix by satellites (NMEA 0183 4.10)."""


class Epoch:
    """What the sentences of one time of day say together: GGA brings the altitude, RMC speed and date."""

    __slots__ = (
        "altitude", "checked", "clock", "course", "end", "imei", "latitude", "longitude", "mode", "names", "span",
        "speed", "start", "valid",
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
        self.imei: Trait | None = None

    def take(self, values: Values, kind: str, found: re.Match[bytes]) -> None:
        """Add a sentence that states a place; the first gives the coordinates and the span."""
        if not self.names:
            self.latitude, self.longitude, self.span = values["lat"], values["lon"], found.span()
        self.end = found.end()
        self.names.append(found[1].decode("ascii"))
        self.checked = self.checked and found[3] is not None
        valid, mode = _validity(values, kind)
        if valid is not None:  # one sentence that says no is enough: receivers say yes in all or none
            self.valid = valid if self.valid is None else self.valid and valid
        self.mode = mode or self.mode
        if kind == "RMC":
            speed, course = values.get("spd"), values.get("cog")
            self.speed = speed * KNOT if is_number(speed) else None
            self.course = course if is_number(course) else None
        elif kind in ("GGA", "GNS") and is_number(altitude := values.get("alt")):
            self.altitude = altitude

    def goes_on(self, clock: time | None, name: str, values: Values) -> bool:
        """Whether a sentence of that time of day is still of this epoch: until one returns, without times or with another place
        (a clock that stands still)."""
        if clock != self.clock:
            return False
        again = (values["lat"], values["lon"]) == (self.latitude, self.longitude)
        return name not in self.names or (clock is not None and again)

    def doubts(self) -> tuple[Said, ...]:
        """What the receiver itself says against its fix."""
        doubt = _DOUBTS.get(self.mode)
        return (doubt(),) if doubt else ()


def is_number(value: Any) -> TypeGuard[float]:
    """Whether a field was filled: pynmeagps gives empty ones as text."""
    return isinstance(value, int | float)


def states_a_place(values: Values) -> bool:
    """Whether both coordinates were filled and are on the globe."""
    latitude, longitude = values.get("lat"), values.get("lon")
    return is_number(latitude) and is_number(longitude) and abs(latitude) <= 90 and bool(abs(longitude) <= 180)


def _validity(values: Values, kind: str) -> tuple[bool | None, str]:
    """The receiver's own word on its fix, and the mode or quality that it gives (NMEA 0183 4.10)."""
    if kind == "GGA":
        quality = str(values.get("quality", ""))
        return (quality != "0" if quality else None), quality
    if kind == "GNS":
        mode = str(values.get("posMode", ""))
        return (mode.strip("N") != "" if mode else None), mode[:1]
    status, mode = str(values.get("status", "")), str(values.get("posMode", ""))
    return (status == "A" and mode != "N" if status else None), mode
