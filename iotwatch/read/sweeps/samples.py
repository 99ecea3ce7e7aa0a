"""Raw samples of a receiver (I and Q in turn) -> hops by FFT, a block at a time.

SigMF (sigmf.org, SigMF-spec 1.2) keeps samples in ``NAME.sigmf-data`` and says in ``NAME.sigmf-meta`` what they are; ``rtl_sdr``
(cu8), ``hackrf_transfer`` (cs8) and Gqrx (cf32, all told by its file name) keep them bare.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.errors import DamagedSource
from iotwatch.patterns import regex
from iotwatch.read.sweeps.hops import HIGHEST_HZ, NO_STAMP, Floats, Hops

_TYPES: dict[str, tuple[str, float]] = {
    # Type of one of the two numbers, and what of it is zero (rtl-sdr's converter rests at 127.4).
    "cu8": ("u1", 127.4), "ci8": ("i1", 0.0), "cu16_le": ("<u2", 32767.5), "cu16_be": (">u2", 32767.5),
    "ci16_le": ("<i2", 0.0), "ci16_be": (">i2", 0.0), "ci32_le": ("<i4", 0.0), "ci32_be": (">i4", 0.0),
    "cf32_le": ("<f4", 0.0), "cf32_be": (">f4", 0.0), "cf64_le": ("<f8", 0.0), "cf64_be": (">f8", 0.0),
}  # fmt: skip
_SHORT = {"cs8": "ci8", "cs16": "ci16", "fc": "cf32", "fc32": "cf32", "cfile": "cf32"}
_BIN_HZ = 12_500.0
_ROW_SECONDS = 0.1
_MOST_BINS = 8192
_PIECE = 1 << 18  # samples that are transformed at a time
_QUIET = 1e-20
_LARGEST = 1e10
# gqrx_YYYYMMDD_HHMMSS_HZ_RATE_fc.raw: Gqrx, "I/Q recorder", in UTC.
_GQRX = regex(r"gqrx_([0-9]{8})_([0-9]{6})_([0-9]{4,12})_([0-9]{4,10})_fc\.raw$")
_HEARD = regex(r"([0-9.]{1,16}) ?([kKMG]?)")
_SCALES = {"": 1.0, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9}
_Positive = Annotated[float, msgspec.Meta(gt=0)]


class _Capture(msgspec.Struct, frozen=True, rename=lambda name: f"core:{name}"):
    sample_start: int = 0
    frequency: float | None = None
    datetime: str = ""


class _Global(msgspec.Struct, frozen=True, rename=lambda name: f"core:{name}"):
    datatype: str
    sample_rate: _Positive | None = None
    num_channels: int = 1


class _Meta(msgspec.Struct, frozen=True, rename={"of_all": "global"}):
    of_all: _Global
    captures: tuple[_Capture, ...] = ()


class Recorded(msgspec.Struct, frozen=True):
    """What samples are: their type, how many a second, the frequency in their middle (Hz), and when the first was taken."""

    datatype: str
    rate: float
    centre: float
    time: int = NO_STAMP

    def __post_init__(self) -> None:
        if self.datatype not in _TYPES:
            raise ValueError(f"samples of the type {self.datatype!r} are not read; known are {', '.join(_TYPES)}")
        if not (1 <= self.rate < HIGHEST_HZ and 0 <= self.centre < HIGHEST_HZ):
            raise ValueError("a rate is one sample a second at least, and a frequency is a number of hertz")


def sigmf(text: bytes) -> Recorded:
    """What a ``.sigmf-meta`` says of its samples; ``DamagedSource`` where it does not say what is needed to read them."""
    try:
        meta = msgspec.json.decode(text, type=_Meta)
        first = meta.captures[0] if meta.captures else _Capture()
        if meta.of_all.sample_rate is None or first.frequency is None or meta.of_all.num_channels != 1:
            raise DamagedSource("the SigMF description names no rate, no frequency, or more than one channel")
        return Recorded(_full(meta.of_all.datatype), meta.of_all.sample_rate, first.frequency, _time(first.datetime))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DamagedSource(f"the SigMF description is broken: {error}") from error


def by_name(name: str) -> Recorded | None:
    """What Gqrx writes into the name of a file."""
    found = _GQRX.search(name)
    if found is None or not int(found[4]):
        return None
    date, clock = found[1], found[2]
    stamp = f"{date[:4]}-{date[4:6]}-{date[6:]}T{clock[:2]}:{clock[2:4]}:{clock[4:]}"
    return Recorded("cf32_le", float(found[4]), float(found[3]), _time(stamp))


def by_words(text: str) -> Recorded:
    """What a person says of samples: ``TYPE,RATE,FREQUENCY`` as ``cu8,1.024M,897.4M``; ``ValueError`` for anything else."""
    parts = [part.strip() for part in text.split(",")]
    numbers = [_HEARD.fullmatch(part) for part in parts[1:]]
    if len(parts) != 3 or not all(numbers):
        raise ValueError(f"samples are told as TYPE,RATE,FREQUENCY, for example cu8,1.024M,897.4M, and not as {text!r}")
    rate, centre = (float(found[1]) * _SCALES[found[2]] for found in numbers if found)
    return Recorded(_full(parts[0]), rate, centre)


class Samples:
    """Reads samples as rows of about a tenth of a second; a number of bytes that is no whole sample is left at the end."""

    moment_us = 100_000
    zoned = True
    share = 1.0

    def __init__(self, recorded: Recorded) -> None:
        self.broken = 0
        self._recorded = recorded

    def hops(self, file: BinaryIO) -> Iterator[Hops]:
        """The rows one by one, each by the mean power of its transforms (Welch's method, Hann window, no overlap)."""
        kind, zero = _TYPES[self._recorded.datatype]
        rate = self._recorded.rate
        bins = int(min(_MOST_BINS, max(64, 1 << math.ceil(math.log2(max(2.0, rate / _BIN_HZ))))))
        each = max(1, round(rate * _ROW_SECONDS / bins)) * bins
        size = 2 * np.dtype(kind).itemsize
        window = np.hanning(bins).astype(np.float32)
        offset, done = 0, 0
        while True:
            power, read = np.zeros(bins), 0
            while read < each and (data := file.read(min(each - read, max(bins, _PIECE // bins * bins)) * size)):
                read += len(data) // size
                power += _power(data, kind, zero, window)
                if len(data) % (size * bins):
                    break
            whole = read // bins
            if not whole:
                self.broken += bool(read)
                return
            time = self._recorded.time
            yield Hops(
                times=np.array([(0 if time == NO_STAMP else time) + round(done / rate * 1e6)], np.int64),
                lows=np.array([self._recorded.centre - rate / 2]),
                steps=np.array([rate / bins]),
                counts=np.array([bins], np.int64),
                values=(10 * np.log10(np.fft.fftshift(power) / whole + _QUIET)).astype(np.float32),
                offsets=np.array([offset], np.int64),
                lengths=np.array([read * size], np.int64),
            )
            offset, done = offset + read * size, done + read


def _power(data: bytes, kind: str, zero: float, window: NDArray[np.float32]) -> Floats:
    """The summed power spectrum of the whole transforms in ``data``."""
    numbers = np.frombuffer(data[: len(data) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind)
    with np.errstate(over="ignore", invalid="ignore"):
        pairs = numbers[: len(numbers) // (2 * len(window)) * 2 * len(window)].astype(np.float32) - np.float32(zero)
    # What no converter gives is no sample; beyond its square a sum would overflow.
    pairs = np.where(np.abs(pairs) < _LARGEST, pairs, np.float32(0))
    spectra = np.fft.fft(pairs.view(np.complex64).reshape(-1, len(window)) * window, axis=1)
    power: Floats = (spectra.real**2 + spectra.imag**2).sum(axis=0)
    return power


def _full(datatype: str) -> str:
    """The type by its SigMF name; without an order of bytes it is little-endian."""
    name = _SHORT.get(datatype, datatype)
    return name if name in _TYPES else f"{name}_le"


def _time(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
        return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1e6)
    except (ValueError, OverflowError):
        return NO_STAMP
