"""What a pair's contacts have in common: one clock, sessions, neither, or no pause at all."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from iotwatch.detect.beacons.assess import Numbers
from iotwatch.detect.questions.regularity import SURE_CHANCE, SURE_EVENTS
from iotwatch.model import Confidence
from iotwatch.words.beats import Pattern
from iotwatch.words.findings import Doubt, Reason
from iotwatch.words.said import Said

CLOCK_CHANCE = 0.01
_MOST_OFF = 0.4
# Where as many pairs were looked at that one of them looks so regular anyway, none of them is likely to be more.
_ANY_PAIR = 0.5
# Nobody reads more lines about what is regular inside sessions alone; the others are counted.
MOST_SESSIONS = 1000


def pattern(numbers: Numbers) -> Pattern:
    """The word for a pair; sessions are regular beyond chance, and do not run through the time listened."""
    if numbers.steady:
        return Pattern.DENSE
    if numbers.chance < CLOCK_CHANCE:
        return Pattern.CLOCK
    return Pattern.SESSIONS if numbers.luck < CLOCK_CHANCE else Pattern.NONE


def sessions_left(told: Mapping[int, Numbers], kept: Collection[int]) -> frozenset[int]:
    """The pairs that are regular inside sessions alone, but for the ``MOST_SESSIONS`` most regular and those to be ``kept``."""
    found = [index for index, one in told.items() if index not in kept and pattern(one) is Pattern.SESSIONS]
    found.sort(key=lambda index: (told[index].chance, -told[index].score, index))
    return frozenset(found[MOST_SESSIONS:])


def confidence(numbers: Numbers) -> Confidence:
    """Likely where the pair alone is hardly an accident, and neither is one such pair among all that were looked at."""
    regular = numbers.chance < SURE_CHANCE and numbers.events >= SURE_EVENTS and numbers.off <= _MOST_OFF
    regular &= numbers.any_chance < _ANY_PAIR
    return Confidence.LIKELY if regular else Confidence.POSSIBLE


def weighed(sure: Confidence, numbers: Numbers, beside: Collection[Said], *, carries: bool) -> Confidence:
    """How sure with what stands beside the times: two devices by one clock are no accident, a stream that fills the capture is one.

    What a contact ``carries`` says more than how much came back.
    """
    words = {one.word for one in beside}
    if Doubt.ALL_DOWN in words and not carries:
        return Confidence.POSSIBLE
    if Reason.SAME_CLOCK in words and numbers.any_chance < _ANY_PAIR and numbers.off <= _MOST_OFF:
        return max(sure, Confidence.LIKELY)
    return sure
