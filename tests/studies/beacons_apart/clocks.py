"""Beacons of the study apart: times in seconds inside a recording of a given length, all from one seeded generator.

Nothing here imports the program or the traffic that its scorer was made with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator
JITTER, LOSS, FEWEST, MOST = 0.3, 0.2, 8, 80


class Drawn(NamedTuple):
    """One beacon: its contacts, its period in seconds, the jitter as a share of it, the share of beats lost, and its form."""

    times: Floats
    period: float
    jitter: float
    loss: float
    form: str


def sleeping(random: Rng, period: float, jitter: float, length: float) -> Floats:
    """Each sleep is the period +- the jitter, uniform: lateness adds up."""
    sleeps = period * random.uniform(1 - jitter, 1 + jitter, int(2 * length / period) + 8)
    return random.uniform(0, period) + np.cumsum(sleeps) - sleeps[0]


def bell(random: Rng, period: float, jitter: float, length: float) -> Floats:
    """The same with a normal spread of the same variance."""
    count = int(2 * length / period) + 8
    return random.uniform(0, period) + np.cumsum(period * np.maximum(random.normal(1, jitter / 3**0.5, count), 0.1))


def schedule(random: Rng, period: float, jitter: float, length: float) -> Floats:
    """A timetable: every contact is late by its own share, and lateness does not add up."""
    beats = random.uniform(0, period) + period * np.arange(int(length / period) + 2)
    return np.sort(beats + period * random.uniform(0, jitter, len(beats)))


def naps(random: Rng, period: float, jitter: float, length: float) -> Floats:
    """A timetable that rests one to three times, for a tenth to a third of the recording, and wakes on its own grid."""
    times = schedule(random, period, jitter / 2, length)
    for _ in range(int(random.integers(1, 4))):
        rest = length * random.uniform(0.1, 0.33)
        begin = random.uniform(0, length - rest)
        times = times[(times < begin) | (times > begin + rest)]
    return times


FORMS: dict[str, Callable[[Rng, float, float, float], Floats]] = {
    "sleep": sleeping,
    "bell": bell,
    "schedule": schedule,
    "naps": naps,
}
_OFTEN = (0.5, 0.15, 0.2, 0.15)


def beacon(random: Rng, length: float) -> Drawn:
    """A beacon with 8 to 80 contacts in ``length`` seconds."""
    while True:
        form = str(random.choice(list(FORMS), p=_OFTEN))
        jitter, loss = random.uniform(0, JITTER), random.uniform(0, LOSS)
        count = np.exp(random.uniform(np.log(FEWEST), np.log(MOST)))
        period = length * (1 - loss) / count
        times = FORMS[form](random, period, jitter, length)
        times = times[(times < length) & (random.random(len(times)) >= loss)]
        if FEWEST <= len(times) <= MOST:
            return Drawn(times, period, jitter, loss, form)


def interleaved(random: Rng, length: float, each: int = 12, *, cut: bool = False) -> tuple[Floats, tuple[float, float]]:
    """Two beacons to one far end, ``each`` contacts of the slower one, and their periods, which differ by a twentieth to a third.

    With ``cut`` the quicker one has no more contacts than the other: it begins late or ends early.
    """
    slow = length / each
    periods = slow, slow * random.uniform(0.67, 0.95)
    one, other = (schedule(random, period, random.uniform(0, 0.1), length) for period in periods)
    first = int(random.integers(0, len(other) - each + 1)) if cut else 0
    return np.sort(np.concatenate([one[:each], other[first : first + each] if cut else other])), periods
