"""Made traffic for the beacon study and its calibration: event times in seconds, all from one seeded generator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rng = np.random.Generator

# --- without a beacon: functions (random, gaps) -> that many gaps, in units of nothing ---------------------------------


def poisson(random: Rng, gaps: int) -> Floats:
    return random.exponential(1.0, gaps)


def lognormal(sigma: float) -> Callable[[Rng, int], Floats]:
    return lambda random, gaps: random.lognormal(0, sigma, gaps)


def gamma(random: Rng, gaps: int) -> Floats:
    return random.gamma(2.0, 1.0, gaps)


def pareto(random: Rng, gaps: int) -> Floats:
    """Heavy-tailed browsing: Pareto with shape 0.9 to 1.6."""
    return random.pareto(random.uniform(0.9, 1.6), gaps) + 0.02


def mixture(random: Rng, gaps: int) -> Floats:
    """Two things at once: a fast and a slow memoryless one."""
    fast = random.random(gaps) < random.uniform(0.3, 0.9)
    return np.where(fast, random.exponential(1.0, gaps), random.exponential(random.uniform(5, 200), gaps))


def browsing(random: Rng, gaps: int) -> Floats:
    """Pages: a cluster of fetches, then reading."""
    page = random.random(gaps) < random.uniform(0.1, 0.4)
    return np.where(page, random.lognormal(4.0, 1.2, gaps), random.lognormal(0.5, 0.9, gaps))


def streaming(random: Rng, gaps: int) -> Floats:
    """Chunks fetched while the buffer fills, pauses when it is full or the viewer stops."""
    pause = random.random(gaps) < random.uniform(0.08, 0.3)
    return np.where(pause, random.exponential(random.uniform(30, 120), gaps), random.lognormal(1.0, 0.7, gaps))


def retries(random: Rng, gaps: int) -> Floats:
    """Calls that fail and are tried again after 1, 2, 4 ... seconds; the calls themselves come at random."""
    out: list[float] = []
    while len(out) < gaps:
        out.append(float(random.exponential(120.0)))
        out += [float(2.0**step * random.uniform(0.95, 1.05)) for step in range(random.integers(0, 5))]
    return np.array(out[:gaps])


def clicks(random: Rng, gaps: int) -> Floats:
    """A human: log-normal with a spread that differs between people."""
    return random.lognormal(2.0, random.uniform(0.9, 1.5), gaps)


NEGATIVES: dict[str, Callable[[Rng, int], Floats]] = {
    "Poisson": poisson,
    "browsing, heavy tails": pareto,
    "browsing, pages": browsing,
    "streaming chunks": streaming,
    "retries": retries,
    "human clicks": clicks,
    "mixture": mixture,
}
# The steadier ones are there so that the table of chances is on the safe side.
CALIBRATION: dict[str, Callable[[Rng, int], Floats]] = {
    **NEGATIVES,
    "log-normal 0.8": lognormal(0.8),
    "log-normal 1.0": lognormal(1.0),
    "log-normal 2.2": lognormal(2.2),
    "gamma 2": gamma,
}


# --- with a beacon: functions (random, gaps, jitter, loss) -> gaps -----------------------------------------------------


def uniform_jitter(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """Every sleep is the period +- a share of it, uniform; some beats are missed."""
    beats = random.geometric(1 - loss, gaps)
    sleeps = random.uniform(1 - jitter, 1 + jitter, int(beats.sum()))
    return np.add.reduceat(sleeps, np.cumsum(beats) - beats)


def normal_jitter(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """The same with a normal spread whose standard deviation is the jitter / sqrt(3), as that of the uniform one."""
    beats = random.geometric(1 - loss, gaps)
    sleeps = np.maximum(random.normal(1.0, jitter / np.sqrt(3), int(beats.sum())), 0.05)
    return np.add.reduceat(sleeps, np.cumsum(beats) - beats)


def phase_locked(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """A schedule: beats at multiples of the period, each late by its own, some missed; lateness does not add up."""
    beats = np.cumsum(random.geometric(1 - loss, gaps + 1)).astype(float)
    return np.maximum(np.diff(beats + random.uniform(-jitter / 2, jitter / 2, gaps + 1)), 1e-3)


def interleaved(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """Two schedules to one far end, the second's period 1.3 to 3.7 times the first's."""
    count = gaps + 2
    other = random.uniform(1.3, 3.7)
    both = [
        period * (np.arange(2 * count) + random.random() + random.uniform(-jitter / 2, jitter / 2, 2 * count))
        for period in (1.0, other)
    ]
    both = [times[random.random(len(times)) >= loss] for times in both]
    return np.maximum(np.diff(np.sort(np.concatenate(both))[: gaps + 1]), 1e-3)


def two_states(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """Driving and parked: runs of a short and of a long period, 20 to 120 times as long."""
    driving = random.random() < 0.5
    scale = np.empty(gaps)
    ratio = random.uniform(20, 120)
    done = 0
    while done < gaps:
        run = int(random.integers(6, 40)) if driving else int(random.integers(1, 4))
        scale[done : done + run] = 1.0 if driving else ratio
        done, driving = done + run, not driving
    return uniform_jitter(random, gaps, jitter, loss) * scale


def back_off(random: Rng, gaps: int, jitter: float, loss: float) -> Floats:
    """A far end that is away for a while: the period doubles up to eight times itself, then is as before."""
    step, scale = 0, np.ones(gaps)
    for index in range(gaps):
        if step or random.random() < 0.05:
            step = (step + 1) % 4
        scale[index] = 2.0**step
    return uniform_jitter(random, gaps, jitter, loss) * scale


POSITIVES: dict[str, Callable[[Rng, int, float, float], Floats]] = {
    "uniform jitter": uniform_jitter,
    "normal jitter": normal_jitter,
    "phase-locked": phase_locked,
    "two states": two_states,
    "back-off": back_off,
    "interleaved": interleaved,
}
