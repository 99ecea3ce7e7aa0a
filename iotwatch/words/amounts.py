"""How a chance, a distance, a duration and a count are said, in every form alike, and with no digit that nobody measured."""

from __future__ import annotations

import math

LEAST_CHANCE = 1e-6
"""The least chance that is told: the quantiles that chances are made of end above it, what lies below is extrapolated."""


def rounded_chance(chance: float) -> float:
    """A probability as it is stored: one in a round number, and none below ``LEAST_CHANCE``."""
    return round(chance, 1) if chance > 0.1 else max(LEAST_CHANCE, float(f"{1 / _one_in(chance):.3g}"))


def odds(chance: float) -> str:
    """A probability in words: ``no surprise``, ``about 1 in 2,000``, ``less than 1 in 1,000,000``."""
    if chance >= 0.5:
        return "no surprise"
    if chance <= LEAST_CHANCE:
        return f"less than 1 in {1 / LEAST_CHANCE:,.0f}"
    return f"about 1 in {_one_in(chance):,}"


def _one_in(chance: float) -> int:
    """The number of cases of which about one is meant, with one digit that says something."""
    times = 1 / max(chance, LEAST_CHANCE)
    size = int(10 ** math.floor(math.log10(times)))
    return round(times / size) * size


def duration(seconds: float) -> str:
    """A time as people say it: ``2.5 s``, ``61 s``, ``15 min``, ``4.0 h``."""
    if seconds < 9.5 and abs(seconds - round(seconds)) >= 0.1:
        return f"{seconds:.1f} s"
    if seconds < 600:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def spread(seconds: float) -> str:
    """How far single durations are from the middle one, to the hundredth at best: ``0.43 s``, ``12 s``, ``0.01 s``."""
    return f"{float(f'{max(round(seconds, 2), 0.01):.2g}'):g} s"


def measured(value: float, spread: float) -> float:
    """A value without the digits that lie more than a decade below its spread; a thousandth is the last in any case."""
    return round(value, min(3, 1 - math.floor(math.log10(spread)))) if spread > 0 else round(value, 3)


def length(metres: float) -> str:
    """A distance as people say it: ``40 m``, ``3.2 km``, ``1,200 km``."""
    if metres < 1000:
        return f"{metres:.0f} m"
    return f"{metres / 1000:.1f} km" if metres < 10_000 else f"{float(f'{metres / 1000:.2g}'):,.0f} km"


def counted(number: int, noun: str) -> str:
    """``1 part``, ``2,000 parts``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def often(number: int) -> str:
    """``once``, ``41 times``."""
    return "once" if number == 1 else f"{number:,} times"
