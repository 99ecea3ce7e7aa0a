"""How a car moved by a track: times, the way gone, headings. Where that was is not kept."""

from __future__ import annotations

import msgspec


class Drive(msgspec.Struct, frozen=True):
    """Points of a track in the order of time: microseconds UTC, metres since the first one, degrees from north on from each."""

    times: tuple[int, ...]
    metres: tuple[int, ...]
    headings: tuple[int, ...]

    def __post_init__(self) -> None:
        if not len(self.times) == len(self.metres) == len(self.headings):
            raise ValueError("a drive has a time, a distance and a heading for each point")
