"""A slice of the study: a drawn car as a capture, what its people note, and the sentence that a driver reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.encrypted_trackers import SHAPES, STREAM, TRACKER, run

SHORT = next(iter(SHAPES))


def test_a_tracker_that_reports_while_the_car_moves_is_told(tmp_path: Path) -> None:
    (told,) = run(tmp_path, 1, SHORT, "time")
    assert (told.far_end, told.ways) == (TRACKER, ("moves",))
    assert 1 / 3001 <= told.chance <= 0.01


def test_music_that_plays_only_while_driving_is_told_as_that(tmp_path: Path) -> None:
    (told,) = run(tmp_path, 3, SHORT, streams="driving")
    assert (told.far_end, told.as_stream, told.confidence) == (STREAM, True, "possible")


@pytest.mark.parametrize("seed", [0, 1])
def test_a_car_without_a_tracker_says_nothing(tmp_path: Path, seed: int) -> None:
    assert run(tmp_path, seed, SHORT, streams="none") == []
