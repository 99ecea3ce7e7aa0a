"""A small part of the study: places of changed frames are never certain."""

from __future__ import annotations

from tests.studies.mutated_frames import run


def test_no_changed_frame_has_a_certain_place() -> None:
    tried = run(400)
    assert tried.counts["other place"] > 10
    assert len(tried.dialects) > 10
    assert tried.counts["other place, certain"] == 0, tried.wrong
