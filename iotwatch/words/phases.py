"""What a car may do during a noted time."""

from __future__ import annotations

from enum import StrEnum


class PhaseName(StrEnum):
    """The names of phases in ``case.toml``."""

    PARKED = "parked"
    IGNITION = "ignition"
    DRIVING = "driving"
    LOCKED = "locked"
    AWAY = "away"  # the car is not there: what is heard then is the place's own
