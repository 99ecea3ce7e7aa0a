"""One sweep -> its observations: what was listened to, bursts by frequency, and what sends all the time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO

import msgspec
import numpy as np

from iotwatch.enrich.bands import BANDS, CELLULAR, Way
from iotwatch.files.limits import ReadLimits
from iotwatch.model import EXCERPT_BYTES, Coverage, Evidence, Place, Stretch, cut
from iotwatch.observe.collector import Collector
from iotwatch.observe.radio.bursts import Bursts, Floor, bursts_in, floor_of, joined
from iotwatch.observe.radio.groups import Group, grouped
from iotwatch.read.listening import Listening
from iotwatch.read.sweeps.grid import Grid, Gridder
from iotwatch.read.sweeps.hops import Floats, Hops, SweepReader
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure

_APART_HZ = 1e6
_REFERENCE_HZ, _CARRIER_DB, _MOST_CARRIERS = 10e6, 8.0, 100
_SKIPPED = 1 << 20
_MICRO = 1e6


class SeenSweep(msgspec.Struct, frozen=True):
    """What one sweep gives beside its observations; ``first`` and ``last`` are microseconds."""

    rows: int
    hops: int
    first: int | None
    last: int | None
    stretches: tuple[Stretch, ...]
    coverage: tuple[Coverage, ...]
    broken: int


class _Stand(msgspec.Struct, frozen=True):
    """A piece of the file that an observation rests on."""

    offset: int
    length: int
    time: int | None


class ObservedSweep:
    """Reads a sweep front to back and keeps its bursts; then tells what it saw."""

    def __init__(
        self, reader: SweepReader, opened: Callable[[], BinaryIO], origin: Place | None, path: str = ""
    ) -> None:
        self._reader = reader
        self._opened = opened
        self._origin = origin
        self._path = path
        self._gridder = Gridder(reader.moment_us)
        self._listening = Listening(ReadLimits().runs)
        self._bursts: list[Bursts] = []
        self._constant: list[tuple[Grid, Floor]] = []
        self._rows = self._overloaded = 0
        self._usual: list[float] = []
        self._heard_first: Hops | None = None

    def observe(self, collector: Collector) -> SeenSweep:
        """Read all of it; fill ``collector``."""
        with self._opened() as file:
            for grid in self._gridder.grids(self._noted(self._reader.hops(file))):
                self._take(grid)
        row_us = round(float(np.median(self._usual))) if self._usual else 0
        groups, left = grouped(joined(self._bursts), row_us)
        told = [*self._ranges(row_us), *map(_of_group, groups), *self._carriers()]
        self._tell(told, collector)
        listened = self._listening.finish()
        ranges = [facts for kind, _, facts, _ in told if kind is Kind.RF_RANGE]
        # Where no device sends nobody listened for one.
        devices = [(band.low, band.high) for band in BANDS if band.way is Way.UP]
        stretches = listened.stretches if any(list(_parts(facts, devices)) for facts in ranges) else ()
        phones = chain.from_iterable(map(_phone_bands, ranges)) if self._rows else ()
        coverage = (*listened.coverage, *self._coverage(left, len(groups)), *phones)
        return SeenSweep(
            *(self._rows, self._gridder.hops_heard, listened.first, listened.last, stretches, coverage),
            broken=self._reader.broken,
        )

    def _noted(self, batches: Iterator[Hops]) -> Iterator[Hops]:
        for batch in batches:
            if self._heard_first is None and len(batch.times):
                self._heard_first = batch
            yield batch

    def _take(self, grid: Grid) -> None:
        self._rows += len(grid.times)
        self._listening.take(grid.times)
        if len(grid.times) > 1:
            self._usual.append(float(np.median(np.diff(grid.times))))
        floor = floor_of(grid)
        before = self._constant[-1] if self._constant else None
        if floor is None and before is not None and np.array_equal(before[0].frequencies, grid.frequencies):
            floor = before[1]
        if floor is None:
            return
        found, overloaded = bursts_in(grid, floor)
        self._bursts.append(found)
        self._overloaded += overloaded
        if before is not None and np.array_equal(before[0].frequencies, grid.frequencies):
            lower = Floor(np.fmin(before[1].level, floor.level), before[1].reach)
            self._constant[-1] = (_one_row(grid), lower)
        elif len(self._constant) < _MOST_CARRIERS:
            self._constant.append((_one_row(grid), floor))

    def _ranges(self, row_us: int) -> Iterator[tuple[Kind, str, dict[str, Any], _Stand]]:
        """What was listened to, as ranges without holes of a megahertz."""
        first = self._heard_first
        if first is None:
            return
        lows, steps, counts = self._gridder.layout
        stand = _Stand(int(first.offsets[0]), int(first.lengths[0]), None)
        if not len(lows):
            lows, steps, counts = first.lows, first.steps, first.counts
        begin, end = lows - steps / 2, lows + (counts - 0.5) * steps
        order = np.argsort(begin, kind="stable")
        reach = np.maximum.accumulate(end[order])
        starts = np.flatnonzero(np.append(True, begin[order][1:] - reach[:-1] > _APART_HZ))
        share = self._reader.share or 1 / max(1, len(lows))
        for some in np.split(order, starts[1:]):
            low, high = max(0.0, float(begin[some].min())), float(end[some].max())
            facts = {
                "low_hz": round(low),
                "high_hz": round(high),
                "step_hz": round(float(np.median(steps[some])), 2),
                "every_s": row_us / _MICRO,
                "share": round(share, 6),
                "rows": self._rows,
                "zoned": self._reader.zoned,
            }
            yield Kind.RF_RANGE, f"{low / _MICRO:.3f}-{high / _MICRO:.3f} MHz", facts, stand

    def _carriers(self) -> Iterator[tuple[Kind, str, dict[str, Any], _Stand]]:
        """What stands out of its neighbours for nearly all of the time."""
        for grid, floor in self._constant:
            rise = floor.level - _reference(grid.frequencies, floor.level)
            out = np.flatnonzero(np.nan_to_num(rise, nan=-np.inf) > _CARRIER_DB)
            for some in np.split(out, np.flatnonzero(np.diff(out) > 2) + 1)[:_MOST_CARRIERS]:
                if not len(some):
                    continue
                step = float(grid.steps[some[0]])
                low, high = grid.frequencies[some[0]] - step / 2, grid.frequencies[some[-1]] + step / 2
                hop = grid.hop[some[np.argmax(rise[some])]]
                facts = {
                    "centre_hz": round((low + high) / 2),
                    "width_hz": round(high - low),
                    "level_db": round(float(rise[some].max()), 1),
                }
                stand = _Stand(int(grid.offsets[0, hop]), int(grid.lengths[0, hop]), int(grid.times[0]))
                yield Kind.RF_CARRIER, _named(facts), facts, stand

    def _tell(self, told: list[tuple[Kind, str, dict[str, Any], _Stand]], collector: Collector) -> None:
        """Keep the observations, with the bytes that each stands on: read once more, in the order of the file."""
        with self._opened() as file:
            excerpts = _excerpts(file, {stand.offset: stand.length for _, _, _, stand in told})
        for kind, value, facts, stand in told:
            if not stand.length:
                continue
            place = cut(self._origin, [(stand.offset, stand.length)])
            evidence = Evidence(place, excerpts[stand.offset], stand.length, None, stand.time, self._path)
            collector.add(kind, "", value, evidence, facts)

    def _coverage(self, left: int, groups: int) -> Iterator[Coverage]:
        gridder = self._gridder
        yield Coverage(Measure.HOPS_READ, float(gridder.hops_heard), f"{self._rows} moments, {groups} groups of bursts")
        if self._reader.broken:
            yield Coverage(Measure.LINES_BROKEN, float(self._reader.broken), "cut, or of another grammar")
        if gridder.untimed:
            yield Coverage(Measure.HOPS_UNTIMED, float(gridder.untimed), "no time beside them, so no bursts to be told")
        if gridder.stepped:
            yield Coverage(
                Measure.CLOCK_STEPS, float(gridder.stepped), "the clock stepped back; times go on from there"
            )
        if gridder.left:
            yield Coverage(Measure.OVER_LIMIT, float(gridder.left), "counted, not kept", "hops of a sweep")
        if left:
            yield Coverage(Measure.OVER_LIMIT, float(left), "counted, not kept", "bursts")
        if self._overloaded:
            yield Coverage(Measure.ROWS_OVERLOADED, float(self._overloaded), "all bins rose at once")
        if not self._reader.zoned and gridder.hops_heard:
            yield Coverage(Measure.NO_ZONE, 1.0, "local time of the machine that swept; read as UTC")


def _excerpts(file: BinaryIO, wanted: dict[int, int]) -> dict[int, bytes]:
    """The first bytes of the pieces that begin at the keys of ``wanted``, each so long; what is compressed cannot be sought in."""
    found: dict[int, bytes] = {}
    at = 0
    for offset in sorted(wanted):
        if file.seekable():
            at = file.seek(offset)
        while at < offset and (skipped := file.read(min(_SKIPPED, offset - at))):
            at += len(skipped)
        found[offset] = file.read(min(wanted[offset], EXCERPT_BYTES))
        at = offset + len(found[offset])
    return found


def _phone_bands(facts: dict[str, Any]) -> Iterator[Coverage]:
    """The parts of a range in which phones send, and how long each frequency there was listened to."""
    heard = facts["rows"] * facts["every_s"] * facts["share"]
    phones = [(band.low, band.high) for band in BANDS if band.way is Way.UP and band.name in CELLULAR]
    for low, high in _parts(facts, phones):
        subject = f"{low / _MICRO:.0f} to {high / _MICRO:.0f} MHz"
        yield Coverage(Measure.PHONE_BANDS, heard, f"each for {facts['share']:.1%} of the time", subject)


def _parts(facts: dict[str, Any], spans: Iterable[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    """What of ``spans`` (Hz) the range of ``facts`` holds, what touches as one."""
    begin = end = 0.0
    for low, high in sorted(spans):
        low, high = max(low, facts["low_hz"]), min(high, facts["high_hz"])
        if low >= high:
            continue
        if end and low <= end:
            end = max(end, high)
            continue
        if end:
            yield begin, end
        begin, end = low, high
    if end:
        yield begin, end


def _one_row(grid: Grid) -> Grid:
    """The first row of the grid in arrays of its own: the next floor is compared with this one, and the cells are let go."""
    return Grid(
        times=grid.times[:1].copy(),
        frequencies=grid.frequencies,
        steps=grid.steps,
        power=grid.power[:1].copy(),
        hop=grid.hop,
        offsets=grid.offsets[:1].copy(),
        lengths=grid.lengths[:1].copy(),
    )


def _reference(frequencies: Floats, level: Any) -> Floats:
    """The lower quarter of the floor around each bin, in blocks of ``_REFERENCE_HZ``."""
    block = np.floor((frequencies - frequencies[0]) / _REFERENCE_HZ).astype(np.int64)
    starts = np.flatnonzero(np.append(True, np.diff(block) != 0))
    quarters = np.array(
        [np.nanquantile(part, 0.25) if np.isfinite(part).any() else np.nan for part in np.split(level, starts[1:])]
    )
    around = np.stack([np.roll(quarters, 1), quarters, np.roll(quarters, -1)])
    around[0, 0], around[2, -1] = quarters[0], quarters[-1]
    sizes = np.diff(np.append(starts, len(frequencies)))
    reference: Floats = np.repeat(np.nan_to_num(np.fmin.reduce(around, axis=0)), sizes)
    return reference


def _named(facts: dict[str, Any]) -> str:
    return f"{facts['centre_hz'] / _MICRO:.3f} MHz, {facts['width_hz'] / 1e3:.0f} kHz wide"


def _of_group(group: Group) -> tuple[Kind, str, dict[str, Any], _Stand]:
    """A group's bursts as columns: ``begins_us`` after ``first_us``, ``lasts_ms`` and ``levels_db``."""
    bursts = group.bursts
    first = int(bursts.begins[0])
    facts = {
        "centre_hz": round(group.centre),
        "width_hz": round(group.width),
        "level_db": round(group.level, 1),
        "image": group.image,
        "first_us": first,
        "begins_us": (bursts.begins - first).tolist(),
        "lasts_ms": ((bursts.ends - bursts.begins) // 1000).tolist(),
        "levels_db": [round(level, 1) for level in bursts.levels.tolist()],
    }
    strongest = int(np.argmax(bursts.levels))
    stand = _Stand(int(bursts.offsets[strongest]), int(bursts.lengths[strongest]), int(bursts.begins[strongest]))
    return Kind.RF_BURSTS, _named(facts), facts, stand
