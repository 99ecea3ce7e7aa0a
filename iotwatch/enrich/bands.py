"""Which systems have a frequency, and which way they send on it; the table and its sources are ``bands.toml``."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import msgspec

from iotwatch.files.beside import beside


class Way(StrEnum):
    """Who sends in a range: terminals (up), base stations or satellites (down), both in turn, or nobody on the ground."""

    UP = "uplink"
    DOWN = "downlink"
    SHARED = "shared"
    SILENT = "silent"


class Band(NamedTuple):
    """One range of one system, in hertz."""

    name: str
    way: Way
    low: float
    high: float


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    paired: tuple[tuple[str, float, float, float, float], ...]
    shared: tuple[tuple[str, float, float], ...]
    terminals: tuple[tuple[str, float, float], ...]
    silent: tuple[tuple[str, float, float], ...]


_FILE = beside(__file__, _File)
BANDS = (
    *(Band(name, Way.UP, low * 1e6, high * 1e6) for name, low, high, _, _ in _FILE.paired),
    *(Band(name, Way.DOWN, low * 1e6, high * 1e6) for name, _, _, low, high in _FILE.paired),
    *(Band(name, Way.SHARED, low * 1e6, high * 1e6) for name, low, high in _FILE.shared),
    *(Band(name, Way.UP, low * 1e6, high * 1e6) for name, low, high in _FILE.terminals),
    *(Band(name, Way.SILENT, low * 1e6, high * 1e6) for name, low, high in _FILE.silent),
)
CELLULAR = frozenset(name for name, *_ in _FILE.paired)
"""The systems of mobile networks whose ways are parted by frequency."""


def bands_at(low: float, high: float) -> tuple[Band, ...]:
    """The bands that hold the whole range from ``low`` to ``high`` (Hz), in the order of the table; else those that hold its
    middle."""
    whole = tuple(band for band in BANDS if band.low <= low and high <= band.high)
    middle = (low + high) / 2
    return whole or tuple(band for band in BANDS if band.low <= middle <= band.high)
