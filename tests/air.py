"""Radio sweeps that tests make: who sends when, and what each program would write of it.

Nothing of the product is used: levels are drawn bin by bin, and each form is written from the source code of its program.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Sender:
    """Somebody who sends at ``times`` (seconds after the beginning), each for ``lasts`` seconds, ``level`` dB over the noise."""

    frequency: float
    width: float
    level: float
    times: Sequence[float]
    lasts: Sequence[float]


def clock(period: float, until: float, *, first: float, jitter: float, draw: random.Random) -> list[float]:
    """The times of somebody who reports every ``period`` seconds, each late or early by ``jitter`` (one deviation)."""
    return [time + draw.gauss(0, jitter) for time in np.arange(first, until, period).tolist()]


def tracker(
    frequency: float, period: float, until: float, *, level: float = 20.0, width: float = 180e3, seed: int = 1,
    lasts: float = 1.6, first: float | None = None, jitter: float = 0.4,
) -> Sender:  # fmt: skip
    """A device that reports by a clock."""
    draw = random.Random(seed)
    times = clock(period, until, first=period * draw.random() if first is None else first, jitter=jitter, draw=draw)
    return Sender(frequency, width, level, times, [lasts * draw.uniform(0.8, 1.3) for _ in times])


def phone(frequency: float, until: float, *, level: float, seed: int, rate: float, width: float = 1.8e6) -> Sender:
    """A phone: contacts at random, ``rate`` a second, of very different lengths."""
    draw = random.Random(seed)
    times, now = list[float](), draw.expovariate(rate)
    while now < until:
        times.append(now)
        now += draw.expovariate(rate)
    return Sender(frequency, width, level, times, [min(20.0, draw.lognormvariate(0.6, 0.8)) for _ in times])


def passing(low: float, high: float, until: float, *, count: int, seed: int) -> list[Sender]:
    """Phones that pass on a road: a few contacts in half a minute each, and gone."""
    draw = random.Random(seed)
    found = []
    for _ in range(count):
        come = draw.uniform(0, until)
        times = sorted(come + draw.uniform(0, 30) for _ in range(draw.randint(1, 6)))
        lasts = [draw.uniform(0.5, 5) for _ in times]
        found.append(
            Sender(draw.uniform(low, high), draw.choice((180e3, 900e3, 1.8e6)), draw.uniform(3, 9), times, lasts)
        )
    return found


@dataclass(frozen=True)
class Air:
    """What is on the air for ``until`` seconds: senders, and base stations or interferers that never pause, as (Hz, width, dB)."""

    until: float
    senders: Sequence[Sender] = ()
    constant: Sequence[tuple[float, float, float]] = ()
    seed: int = 7
    noise: float = 0.08
    floor: float = -40.0
    ripple: float = 1.0
    begin: datetime = BEGIN
    random: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "random", np.random.default_rng(self.seed))

    def levels(self, time: float, each: float, frequencies: NDArray[np.float64]) -> NDArray[np.float64]:
        """Decibels per bin over the ``each`` seconds that end at ``time``."""
        power = np.ones(len(frequencies))
        step = float(frequencies[1] - frequencies[0])
        for frequency, width, level in self.constant:
            power += _shape(frequencies, frequency, width, step) * 10 ** (level / 10)
        for one in self.senders:
            share = sum(
                max(0.0, min(time, begin + last) - max(time - each, begin))
                for begin, last in zip(one.times, one.lasts, strict=True)
            )
            if share:
                power += _shape(frequencies, one.frequency, one.width, step) * 10 ** (one.level / 10) * share / each
        wave = self.ripple * np.sin(np.linspace(0, 9, len(frequencies)))
        if self.noise:
            return self.floor + wave + 10 * np.log10(power) + self.random.normal(0, self.noise, len(frequencies))
        # One look at noise: its power is spread exponentially.
        return self.floor + wave + 10 * np.log10(power * self.random.exponential(1, len(frequencies)) + 1e-9)


def _shape(frequencies: NDArray[np.float64], middle: float, width: float, step: float) -> NDArray[np.float64]:
    """Which share of each bin a sender of ``width`` hertz fills, with a little leakage beside it."""
    inside = np.clip((width / 2 + step / 2 - np.abs(frequencies - middle)) / step, 0, 1)
    return inside + 1e-3 * np.exp(-((frequencies - middle) ** 2) / (2 * (width + 2 * step) ** 2))


def _moments(air: Air, every: float) -> Iterator[float]:
    yield from np.arange(every, air.until + every / 2, every).tolist()


def _stamp(air: Air, time: float, form: str = "%Y-%m-%d, %H:%M:%S", zone: float = 0.0) -> str:
    return (air.begin + timedelta(seconds=time + 3600 * zone)).strftime(form)


def rtl_power(
    air: Air, low: float, high: float, bins: int = 16, every: float = 1.0, *, crop: float = 0.2, zone: float = 0.0
) -> bytes:
    """As rtl_power.c of rtl-sdr 0.6 writes: hops of one rate, cropped at both edges, the last value twice, whole seconds."""
    hops = math.ceil((high - low) / (2.8e6 * (1 - crop)))
    wide = (high - low) / hops
    step = wide / (1 - crop) / bins
    edge = int(bins * crop / 2)
    kept = np.arange(edge, bins - edge) - bins / 2
    lines = []
    for time in _moments(air, every):
        for hop in range(hops):
            middle = low + (hop + 0.5) * wide
            half = int(int(bins * (1 - crop)) * step / 2)
            values = air.levels(time, every, middle + kept * step)
            told = ", ".join(f"{value:.2f}" for value in [*values, values[-1]])
            ends = f"{int(middle - half)}, {int(middle + half)}, {step:.2f}, 4096"
            lines.append(f"{_stamp(air, math.floor(time), zone=zone)}, {ends}, {told}\n")
    return "".join(lines).encode()


def hackrf_sweep(air: Air, low: float, high: float, width: float = 1e6, every: float = 0.06) -> bytes:
    """As hackrf_sweep.c writes: 5 MHz a line, f, f+10, f+5, f+15 MHz in turn, a time of microseconds for each sweep."""
    bins = round(5e6 / width)
    lines = []
    for time in _moments(air, every):
        for start in np.arange(low, high, 20e6).tolist():
            for begin in (start, start + 10e6, start + 5e6, start + 15e6):
                values = air.levels(time, every, begin + (np.arange(bins) + 0.5) * width)
                told = ", ".join(f"{value:.2f}" for value in values)
                stamp = _stamp(air, time, "%Y-%m-%d, %H:%M:%S.%f")
                lines.append(f"{stamp}, {begin:.0f}, {begin + 5e6:.0f}, {width:.2f}, 20, {told}\n")
    return "".join(lines).encode()


def _plain(air: Air, low: float, high: float, step: float, every: float) -> Iterator[tuple[float, NDArray[np.float64]]]:
    frequencies = np.arange(low, high, step)
    for time in _moments(air, every):
        yield time, air.levels(time, every, frequencies)


def soapy_power(air: Air, low: float, high: float, step: float = 1.5e5, every: float = 1.0) -> bytes:
    """As writer.py of soapy_power writes its rtl_power form: any number of digits, no value twice."""
    lines = []
    for time, values in _plain(air, low, high, step, every):
        told = ", ".join(str(float(value)) for value in values)
        lines.append(f"{_stamp(air, time)}, {low}, {low + step * (len(values) - 1)}, {step}, 4096, {told}\n")
    return "".join(lines).encode()


def soapy_power_bin(air: Air, low: float, high: float, step: float = 1.5e5, every: float = 1.0) -> bytes:
    """As the same writes its binary form."""
    records = []
    for time, values in _plain(air, low, high, step, every):
        end = air.begin.timestamp() + time
        told = values.astype("<f4").tobytes()
        head = struct.pack("<5sBdddddQQ2x", b"SDRFF", 2, end - every, end, low, high, step, 4096, len(told))
        records.append(head + told)
    return b"".join(records)


def rtl_power_fftw(air: Air, low: float, high: float, step: float = 1.5e5, every: float = 1.0) -> bytes:
    """As acquisition.cxx of rtl_power_fftw writes: a frequency and a power a line, remarks before, an empty line behind."""
    parts = []
    for time, values in _plain(air, low, high, step, every):
        begin, end = (_stamp(air, moment, "%Y-%m-%d %H:%M:%S UTC") for moment in (time - every, time))
        parts.append(f"# rtl-power-fftw output\n# Acquisition start: {begin}\n# Acquisition end: {end}\n#\n")
        parts.append("# frequency [Hz] power spectral density [dB/Hz]\n")
        parts += [f"{low + step * at:.6e} {value:.4f}\n" for at, value in enumerate(values)]
        parts.append("\n\n")
    return "".join(parts).encode()


def tinysa(air: Air, low: float, high: float, step: float = 3e5, every: float = 2.0) -> bytes:
    """As tsapython writes a waterfall: the frequencies in the head, a scan a line, the first value not settled yet."""
    count = len(np.arange(low, high, step))
    lines = [f"Scan_Number,Timestamp,{','.join(f'{low + step * at:.0f}' for at in range(count))}\n"]
    for number, (time, values) in enumerate(_plain(air, low, high, step, every), 1):
        told = ",".join(f"{value:.5f}" for value in [-95.0, *values[1:]])
        lines.append(f"{number},{_stamp(air, time, '%Y-%m-%d %H:%M:%S.%f')[:-3]},{told}\n")
    return "".join(lines).encode()


def samples(bursts: Iterable[tuple[float, float]], rate: float, seconds: float, offset: float, kind: str) -> bytes:
    """Samples with a tone at ``offset`` hertz from the middle during ``bursts`` (begin and end in seconds), of a SigMF type."""
    draw = np.random.default_rng(5)
    time = np.arange(round(rate * seconds)) / rate
    signal = 0.02 * (draw.normal(size=len(time)) + 1j * draw.normal(size=len(time)))
    for begin, end in bursts:
        signal += 0.3 * np.exp(2j * np.pi * offset * time) * ((time >= begin) & (time < end))
    pairs = np.stack([signal.real, signal.imag], axis=1).ravel()
    match kind:
        case "cu8":
            return np.clip(np.rint(pairs * 127.5 + 127.4), 0, 255).astype("u1").tobytes()
        case "ci16_le":
            return np.clip(np.rint(pairs * 32767), -32768, 32767).astype("<i2").tobytes()
        case _:
            return pairs.astype("<f4").tobytes()
