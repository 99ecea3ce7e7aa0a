"""Known places in unknown protocols: the car stood somewhere, and a payload says so, in whatever encoding."""

from iotwatch.observe.known_place.lookout import Lookout

__all__ = ["Lookout"]
