"""A slice of the trial with head units: a queue and a track whose last rows stand in the write-ahead log alone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from iotwatch.signatures import load
from tests.studies.head_units import PROGRAMS, packer_of, units, write
from tests.studies.head_units_told import told

_SLICE = ("points-android", "outbox-linux")


@pytest.mark.parametrize("name", _SLICE)
def test_every_stored_place_is_told_and_no_person(name: str, tmp_path: Path) -> None:
    if any(shutil.which(one, path="/usr/sbin:/sbin:/usr/bin:/bin") is None for one in PROGRAMS):
        pytest.skip(f"one of {', '.join(PROGRAMS)} is not installed")
    number, unit = next((number, unit) for number, unit in enumerate(units()) if unit.name == name)
    write(unit, packer_of(number), tmp_path / name)
    one = told(unit, tmp_path / name, tmp_path, load())
    assert (one.right, one.wrong, one.kept_names, one.verdict) == (len(unit.stored), 0, 0, "capable")
    assert one.counted >= 41
