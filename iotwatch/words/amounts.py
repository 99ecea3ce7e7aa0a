"""How a chance, a distance, a duration and a count are said, in every form alike, and with no digit that nobody measured."""

from __future__ import annotations

import math

LEAST_CHANCE = 1e-6
"""The least chance that is told: the quantiles that chances are made of end above it, what lies below is extrapolated."""


def rounded_chance(chance: float) -> float:
    """A probability with one digit that says something, and none below ``LEAST_CHANCE``: as it is stored and told."""
    return max(LEAST_CHANCE, float(f"{chance:.1g}"))


def odds(chance: float) -> str:
    """A probability in words: ``no surprise``, ``about 1 in 2,000``, ``less than 1 in 1,000,000``."""
    if chance >= 0.5:
        return "no surprise"
    if chance <= LEAST_CHANCE:
        return f"less than 1 in {1 / LEAST_CHANCE:,.0f}"
    times = 1 / rounded_chance(chance)
    size = 10 ** math.floor(math.log10(times))
    return f"about 1 in {round(times / size) * size:,}"


def duration(seconds: float) -> str:
    """A time as people say it: ``2.5 s``, ``61 s``, ``15 min``, ``4.0 h``."""
    if seconds < 9.5 and abs(seconds - round(seconds)) >= 0.1:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def length(metres: float) -> str:
    """A distance as people say it: ``40 m``, ``3.2 km``, ``1,200 km``."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{float(f'{metres / 1000:.2g}'):,.0f} km"


def counted(number: int, noun: str) -> str:
    """``1 part``, ``2,000 parts``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def times(number: int) -> str:
    """``once``, ``41 times``."""
    return "once" if number == 1 else f"{number:,} times"
