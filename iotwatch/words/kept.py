"""What a unit's own record says of a place that it kept for a far end; the value is what the facts of a position hold."""

from __future__ import annotations

from enum import StrEnum


class Kept(StrEnum):
    """A record is the unit's own word: nobody saw the place leave."""

    SENT = "sent"
    WAITS = "waits"
    KEPT = "kept"

    @property
    def words(self) -> str:
        """As a sentence says it of some places, before "to" and the far end."""
        return {Kept.SENT: "were sent", Kept.WAITS: "wait to be sent", Kept.KEPT: "belong"}[self]
