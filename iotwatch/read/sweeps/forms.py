"""Which grammar of sweeps a file has, by its first bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import NamedTuple

from iotwatch.patterns import regex
from iotwatch.read.sweeps.commas import CommaLines
from iotwatch.read.sweeps.hops import SweepReader
from iotwatch.read.sweeps.listed import ListedBins, is_trace
from iotwatch.read.sweeps.records import MAGIC, Records
from iotwatch.read.sweeps.scans import Scans, columns_of

_HEAD = 64 << 10
_RECORD = struct.Struct("<IQQ")
_LINES = 8
_COMMAS = regex(
    rb"^[0-9]{4}-[0-9]{2}-[0-9]{2}, ?[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?, ?([0-9.]{1,20}), ?([0-9.]{1,20}),"
    rb" ?[0-9.]{1,24}, ?[0-9]{1,12}, ?(?:-?[0-9]|nan|-?inf)"
)
_HACKRF_HZ = 5_000_000.0


class SweepForm(NamedTuple):
    """The name of a form, and what reads it."""

    name: str
    reader: Callable[[], SweepReader]


def sweep_form(head: bytes) -> SweepForm | None:
    """The form that these first bytes begin; ``None`` for what is no sweep."""
    if head.startswith(MAGIC):
        return SweepForm("soapy-power", Records)
    head = head[:_HEAD]
    first, _, rest = head.partition(b"\n")
    if head.startswith((b"# soapy_power output", b"# rtl-power-fftw output")):
        return SweepForm("rtl_power_fftw", ListedBins)
    if columns_of(first if rest else first.rpartition(b",")[0]) is not None:
        return SweepForm("scans", Scans)
    if is_trace(first) and _is_pair(rest.partition(b"\n")[0]):
        return SweepForm("trace", ListedBins)
    # A file that was cut in front, or has remarks, is still told by the lines behind.
    for line in head.split(b"\n", _LINES)[:_LINES]:
        found = _COMMAS.match(line)
        if found is not None:
            return SweepForm(_program(found[1], found[2]), CommaLines)
    return None


def _is_pair(line: bytes) -> bool:
    return bool(_PAIR.match(line))


_PAIR = regex(rb"^[\"' ]*[0-9][0-9.eE+]{0,24}[\"' ]*[,;\t] ?[\"' ]*-?[0-9]")


def _program(low: bytes, high: bytes) -> str:
    """Who writes lines so: ``hackrf_sweep`` gives 5 MHz each, ``rtl_power`` whole hertz."""
    try:
        span = float(high) - float(low)
    except ValueError:
        return "rtl_power"
    if span == _HACKRF_HZ and float(low) % span == 0:
        return "hackrf_sweep"
    return "soapy_power" if b"." in low else "rtl_power"


def is_untimed(head: bytes) -> bool:
    """Whether these are records of ``hackrf_sweep -B`` (hackrf_sweep.c): length, lowest and highest hertz, floats, and no time."""
    if len(head) < _RECORD.size:
        return False
    length, low, high = _RECORD.unpack_from(head)
    after = head[4 + length : 4 + length + 4]
    return (
        16 < length <= 1 << 20 and length % 4 == 0 and low % 1_000_000 == 0 and high - low == _HACKRF_HZ
        and high <= 8_000_000_000 and after in (b"", head[:4])
    )  # fmt: skip
