"""Radio sweeps: power over time and frequency, as programs of receivers write it."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from iotwatch.errors import DamagedSource
from iotwatch.model import Place
from iotwatch.open.blob import Blob
from iotwatch.open.opened import Facts, Kit, Opened
from iotwatch.read.sweeps.forms import sweep_form
from iotwatch.read.sweeps.hops import SweepReader
from iotwatch.words.vantage import Vantage


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
