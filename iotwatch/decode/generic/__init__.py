"""The generic layer: what a payload says of places when no dialect knows it."""

from iotwatch.decode.generic.decoder import GENERIC

__all__ = ["GENERIC"]
