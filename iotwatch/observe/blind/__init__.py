"""Places in unknown protocols when no place is known: fields of a conversation's messages that move as a car does."""

from iotwatch.observe.blind.conversations import BlindSearch

__all__ = ["BlindSearch"]
