"""How far a payload is known to have gone that a module sent by its own socket."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The levels of success, the least first; ``FAILED`` stands apart. The value is what people read."""

    PROMPTED = "prompted"
    """The module asked for the bytes and was given them; nothing says what became of them."""
    ACCEPTED = "accepted"
    """The module took them to send."""
    ACKNOWLEDGED = "acknowledged by the peer's stack"
    ANSWERED = "answered by the server"
    FAILED = "failed"

    def raised(self, other: Level) -> Level:
        """The level after more news: the further one, and a failure until the peer's side was heard of."""
        if Level.FAILED in (self, other):
            return Level.FAILED if self in _OPEN or self is Level.FAILED else self
        return max(self, other, key=_ORDER.index)


_ORDER = list(Level)
_OPEN = (Level.PROMPTED, Level.ACCEPTED)


SIM_TOOLKIT = "sim-toolkit"
"""The dialect of what a SIM card sends by itself, through its modem: the sender is the card."""
