"""A part of the study: traffic that holds no position gives none."""

from __future__ import annotations

from tests.studies.negatives import run


def test_no_place_is_claimed_in_traffic_that_holds_none() -> None:
    counted = run(3, seed=11)
    assert not [key for key in counted.claims if key[2] != "possible"], counted.shown
    assert counted.claims.total() == 0, counted.shown
