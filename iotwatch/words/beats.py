"""What the contacts of a beacon have in common."""

from __future__ import annotations

from enum import StrEnum


class Pattern(StrEnum):
    """What the contacts of a beacon have in common, as its fact ``pattern`` holds it."""

    CLOCK = "clock"  # one clock runs through the whole time listened
    SESSIONS = "sessions"  # regular inside sessions alone: streams, polling while an app is open
    NONE = "none"  # too little, or too irregular, for either
    DENSE = "dense"
    DATA_IN_NAMES = "data-in-names"
