"""Every program's file says the same of one air; what is cut, wrong or hostile is counted and never followed."""

from __future__ import annotations

import gzip
import re
import struct
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iotwatch.open.pipeline import Job, analyse
from iotwatch.read.sweeps.forms import sweep_form
from iotwatch.read.sweeps.grid import Grid, Gridder
from iotwatch.read.sweeps.hops import SweepReader
from iotwatch.signatures import load
from iotwatch.store.rows import Analysis
from iotwatch.words.kinds import Kind
from iotwatch.words.measures import Measure
from tests import air

SENDER = air.Sender(842.2e6, 1.2e6, 25.0, [20.3, 60.3], [3.0, 3.0])
AIR = air.Air(90, [SENDER])
FORMS: dict[str, tuple[Callable[[], bytes], str]] = {
    "rtl_power": (lambda: air.rtl_power(AIR, 838e6, 846e6), "rtl_power"),
    "rtl_power, whole hops": (lambda: air.rtl_power(AIR, 838e6, 846e6, crop=0.0), "rtl_power"),
    "hackrf_sweep": (lambda: air.hackrf_sweep(AIR, 830e6, 850e6, every=0.2), "hackrf_sweep"),
    "soapy_power": (lambda: air.soapy_power(AIR, 838e6 + 0.5, 846e6), "soapy_power"),
    "soapy_power, binary": (lambda: air.soapy_power_bin(AIR, 838e6, 846e6), "soapy-power"),
    "rtl_power_fftw": (lambda: air.rtl_power_fftw(AIR, 838e6, 846e6), "rtl_power_fftw"),
    "tinySA": (lambda: air.tinysa(AIR, 838e6, 846e6, every=1.0), "scans"),
}


def scanned(folder: Path, data: bytes, name: str = "sweep.csv") -> Analysis:
    (folder / name).write_bytes(data)
    return analyse(Job(str(folder / name), "car"), load())


def read(data: bytes) -> tuple[list[Grid], SweepReader, Gridder]:
    form = sweep_form(data)
    assert form is not None
    reader = form.reader()
    gridder = Gridder(reader.moment_us)
    return list(gridder.grids(reader.hops(BytesIO(data)))), reader, gridder


@pytest.mark.parametrize("name", FORMS)
def test_each_program_tells_the_same_bursts(name: str, tmp_path: Path) -> None:
    make, form = FORMS[name]
    told = scanned(tmp_path, make())
    assert (told.source.format, told.source.status, told.source.vantage) == (form, "ok", "rf")
    loudest = max(
        (one for one in told.observations if one.kind == Kind.RF_BURSTS), key=lambda one: one.facts["level_db"]
    )
    facts = loudest.facts
    assert facts["centre_hz"] == pytest.approx(842.2e6, abs=0.4e6)
    assert facts["width_hz"] == pytest.approx(1.2e6, abs=1.0e6)
    begins = [(facts["first_us"] + begin) / 1e6 - air.BEGIN.timestamp() for begin in facts["begins_us"]]
    assert begins == pytest.approx([20.3, 60.3], abs=1.1)
    assert [lasts / 1e3 for lasts in facts["lasts_ms"]] == pytest.approx([3.0, 3.0], abs=1.5)


@pytest.mark.parametrize("name", FORMS)
def test_the_evidence_of_a_burst_is_the_line_or_record_that_holds_it(name: str, tmp_path: Path) -> None:
    data = FORMS[name][0]()
    told = scanned(tmp_path, gzip.compress(data), "sweep.csv.gz")
    for one in told.observations:
        offset = one.evidence.place.operation.spans[0][0]  # type: ignore[union-attr]
        assert data[offset : offset + len(one.evidence.excerpt)] == one.evidence.excerpt
        assert offset == 0 or data[offset - 1 : offset] == b"\n" or one.evidence.excerpt.startswith(b"SDRFF")


def test_the_last_value_of_rtl_power_is_taken_once() -> None:
    ((grid,), _, _) = read(air.rtl_power(AIR, 838e6, 840e6, 16))
    assert grid.power.shape[1] == 14
    middle = grid.frequencies[7]
    assert middle == pytest.approx(839e6, abs=1e5)


def test_lines_in_any_order_are_one_sweep() -> None:
    lines = air.hackrf_sweep(air.Air(1, seed=3), 780e6, 820e6, every=1.0).splitlines(keepends=True)
    ((grid,), _, _) = read(b"".join(lines))
    ((turned,), _, _) = read(b"".join(reversed(lines)))
    assert np.array_equal(grid.power, turned.power)
    assert (np.diff(grid.frequencies) > 0).all()


def test_a_clock_that_steps_back_is_followed_and_told(tmp_path: Path) -> None:
    lines = air.rtl_power(AIR, 838e6, 840e6).splitlines(keepends=True)
    half = len(lines) // 2
    stepped = b"".join(lines[:half]) + b"".join(line.replace(b" 09:0", b" 08:0", 1) for line in lines[half:])
    told = scanned(tmp_path, stepped)
    assert Measure.CLOCK_STEPS in {row.measure for row in told.coverage}
    (grids, _, _) = read(stepped)
    assert (np.diff(grids[0].times) > 0).all()
    assert grids[0].times[-1] - grids[0].times[0] == pytest.approx(89e6, abs=2e6)


def test_cut_lines_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = air.rtl_power(AIR, 838e6, 846e6).splitlines(keepends=True)
    broken = [lines[5][:40] + b"\n", b"not, a line, of, any, sweep\n", lines[9].replace(b"-", b"x", 9)]
    told = scanned(tmp_path, b"".join([*lines[:50], *broken, *lines[50:]]))
    assert told.source.status == "partial"
    (left,) = (row for row in told.coverage if row.measure is Measure.LINES_BROKEN)
    assert left.value == len(broken)
    assert any(one.kind == Kind.RF_BURSTS for one in told.observations)


def test_no_number_is_not_measured() -> None:
    text = re.sub(rb"-40\.1[0-9]", b"nan", re.sub(rb"-39\.9[0-9]", b"-inf", air.rtl_power(AIR, 838e6, 840e6)))
    ((grid,), reader, _) = read(text)
    assert reader.broken == 0
    assert np.isnan(grid.power).any()
    assert np.isfinite(grid.power).any()


def test_a_long_file_passes_in_grids_of_bounded_size() -> None:
    data = air.rtl_power(AIR, 838e6, 846e6)
    form = sweep_form(data)
    assert form is not None
    batches = list(form.reader().hops(BytesIO(data)))
    cells = sum(len(batch.values) for batch in batches)
    sizes = [grid.power.size for grid in Gridder(500_000).grids(batches * 600)]
    assert len(sizes) > 1
    assert sum(sizes) == 600 * cells
    assert max(sizes) < 3_000_000


def test_a_trace_without_times_is_a_sweep_that_says_nothing_of_bursts(tmp_path: Path) -> None:
    rows = "".join(f"{832 + at / 10:.1f},{-90 + at % 3}\n" for at in range(200))
    told = scanned(tmp_path, b"Frequency (MHz),Trace1 (dBm)\n" + rows.encode())
    assert (told.source.format, told.source.kind) == ("trace", "capture")
    assert Measure.HOPS_UNTIMED in {row.measure for row in told.coverage}
    assert not any(one.kind == Kind.RF_BURSTS for one in told.observations)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(FORMS)), st.integers(0, 4000), st.binary(max_size=40), st.integers(0, 4000))
def test_any_bytes_are_read_to_an_end(name: str, at: int, noise: bytes, cut: int) -> None:
    data = _SMALL[name]
    torn = data[: at % len(data)] + noise + data[(at + cut) % len(data) :]
    form = sweep_form(torn)
    if form is not None:
        reader = form.reader()
        for grid in Gridder(reader.moment_us).grids(reader.hops(BytesIO(torn))):
            assert grid.power.shape == (len(grid.times), len(grid.frequencies))


_FEW = air.Air(4, seed=5)
_SMALL = {
    "rtl_power": air.rtl_power(_FEW, 838e6, 840e6),
    "rtl_power, whole hops": air.rtl_power(_FEW, 838e6, 840e6, crop=0.0),
    "hackrf_sweep": air.hackrf_sweep(_FEW, 830e6, 850e6, every=2.0),
    "soapy_power": air.soapy_power(_FEW, 838e6, 840e6),
    "soapy_power, binary": air.soapy_power_bin(_FEW, 838e6, 840e6),
    "rtl_power_fftw": air.rtl_power_fftw(_FEW, 838e6, 840e6),
    "tinySA": air.tinysa(_FEW, 838e6, 846e6),
}


def test_numbers_that_nobody_measured_are_left(tmp_path: Path) -> None:
    lines = air.rtl_power(AIR, 838e6, 846e6).splitlines(keepends=True)
    torn = [
        re.sub(rb"-[0-9.]+\n", b"1e300\n", re.sub(rb", -[0-9.]+,", b", inf,", line, count=1)) for line in lines[:30]
    ]
    told = scanned(tmp_path, b"".join([*torn, *lines[30:]]))
    assert told.source.status == "ok"
    assert any(one.kind == Kind.RF_BURSTS for one in told.observations)


def _scans(last: str) -> bytes:
    head = ",".join([*(str(800_000_000 + at * 1000) for at in range(10)), last])
    return f"Scan_Number,Timestamp,{head}\n".encode() + b"1,2026-03-01T09:00:01" + b",-90" * 11 + b"\n"


@pytest.mark.parametrize("frequency", ["1e12", "1e306", "1e999"])
def test_a_number_that_is_no_frequency_is_broken(frequency: str, tmp_path: Path) -> None:
    lines = "".join(f"{at}{frequency} -90\n" for at in range(1, 10))
    told = scanned(tmp_path, f"# soapy_power output\n# Acquisition end: 2026-03-01 09:00:00\n{lines}".encode())
    assert (told.source.status, told.observations) == ("unreadable", ())
    assert "9 are broken" in told.source.reason


@pytest.mark.parametrize("digits", [13, 300, 400])
def test_columns_that_are_no_frequencies_make_no_sweep(digits: int) -> None:
    assert sweep_form(_scans("9" * 9)) is not None
    assert sweep_form(_scans("9" * digits)) is None


def test_hops_of_ever_other_frequencies_are_left_and_told() -> None:
    clocks = (f"2026-03-01, {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}" for at in range(12_000))
    lines = (
        f"{clock}, {8e8 + at * 1e3:.0f}, {8e8 + at * 1e3 + 500:.0f}, 500, 1, -50\n" for at, clock in enumerate(clocks)
    )
    twice = "".join(lines) * 2
    grids, _, gridder = read(twice.encode())
    assert sum(grid.power.size for grid in grids) < 40_000_000
    assert gridder.hops_heard == 24_000


def test_binary_sweeps_without_times_are_told_by_name(tmp_path: Path) -> None:
    values = np.full(5, -50, "<f4").tobytes()
    lows = (780_000_000, 790_000_000, 785_000_000, 795_000_000)
    records = b"".join(struct.pack("<IQQ", 16 + len(values), low, low + 5_000_000) + values for low in lows)
    told = scanned(tmp_path, records * 40, "sweep.bin")
    assert (told.source.kind, told.source.format, told.source.vantage) == ("capture", "hackrf-sweep-binary", "rf")
    assert told.source.status == "partial"
    assert "holds no times" in told.source.reason
