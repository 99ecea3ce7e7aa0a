"""Radio sweeps: power over time and frequency as programs of receivers write it, and samples that it is made of here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from iotwatch.errors import DamagedSource, UnreadableSource
from iotwatch.model import Coverage, Place
from iotwatch.open.blob import Blob, Source
from iotwatch.open.opened import Facts, Kit, Opened
from iotwatch.read.sweeps.forms import sweep_form
from iotwatch.read.sweeps.hops import SweepReader
from iotwatch.read.sweeps.samples import Recorded, Samples, by_name, by_words, sigmf
from iotwatch.words.measures import Measure
from iotwatch.words.vantage import Vantage

# What programs of receivers call bare samples: rtl_sdr, hackrf_transfer, GNU Radio, SDRangel, SigMF.
_SUFFIXES = frozenset({
    ".cu8", ".cs8", ".cs16", ".cf32", ".cfile", ".iq", ".complex16u", ".complex16s", ".sigmf-data",
})  # fmt: skip
_LARGEST_META = 16 << 20


class SweepFile:
    """A sweep in one of the forms that ``sweep_form`` knows; it is read front to back and never held in memory."""

    name = "sweep"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return sweep_form(blob.head) is not None

    def open(self, blob: Blob, kit: Kit) -> Opened:
        form = sweep_form(blob.head)
        assert form is not None  # noqa: S101  it is what was claimed
        return observed(form.reader(), form.name, blob.reading, blob.place, blob.path, kit)


class SampleFile:
    """Bare samples of a receiver: read where something beside them says what they are, or the user does."""

    name = "samples"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        if not isinstance(blob, Source) or blob.place is not None:
            return False
        return blob.file.suffix.lower() in _SUFFIXES or by_name(blob.file.name) is not None

    def open(self, blob: Blob, kit: Kit) -> Opened:
        assert isinstance(blob, Source)  # noqa: S101  it is what was claimed
        recorded = _recorded(blob.file, kit.samples)
        return observed(Samples(recorded), f"iq-{recorded.datatype}", blob.reading, blob.place, blob.path, kit)


def _recorded(file: Path, told: str) -> Recorded:
    """What the samples are, by the description beside them, by the name, or by the user's word, which wins."""
    if told:
        return by_words(told)
    beside = file.with_suffix(".sigmf-meta")
    if file.suffix.lower() == ".sigmf-data" and beside.is_file():
        with beside.open("rb") as meta:
            return sigmf(meta.read(_LARGEST_META))
    named = by_name(file.name)
    if named is None:
        raise UnreadableSource(
            "samples of a receiver, and nothing says how many a second nor of which frequency: tell it with --samples"
            " TYPE,RATE,HZ, for example --samples cu8,1.024M,897.4M"
        )
    return named


class SampleDescription:
    """What SigMF says of the samples beside it; by itself it measured nothing."""

    name = "sigmf-meta"
    kind = "capture"

    def claims(self, blob: Blob) -> bool:
        return blob.head.lstrip()[:1] == b"{" and b'"core:datatype"' in blob.head and b'"global"' in blob.head

    def open(self, blob: Blob, kit: Kit) -> Opened:  # noqa: ARG002
        recorded = sigmf(blob.stream.data)
        told = f"{recorded.datatype}, {recorded.rate:g} a second around {recorded.centre / 1e6:g} MHz"
        row = Coverage(Measure.HOPS_READ, 0.0, f"a description alone: {told}")
        return Opened(Facts("capture", self.name, vantage=Vantage.RF), coverage=(row,))


def observed(
    reader: SweepReader, form: str, opened: Callable[[], BinaryIO], place: Place | None, path: str, kit: Kit
) -> Opened:
    """What a sweep gives that ``reader`` reads from ``opened``; ``place`` is where these bytes stand."""
    from iotwatch.observe.radio.sweep import ObservedSweep  # heavy, and rarely needed

    seen = ObservedSweep(reader, opened, place, path).observe(kit.collector)
    if not seen.hops and seen.broken:
        raise DamagedSource(f"no line of the sweep could be read, {seen.broken} are broken")
    facts = Facts("capture", form, seen.hops, {}, seen.first, seen.last, (), Vantage.RF, seen.stretches)
    return Opened(facts, coverage=seen.coverage, complete=not seen.broken)
