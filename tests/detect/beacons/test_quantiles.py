"""The table of the beacon test, which a study makes: what must hold of it whoever made it."""

from __future__ import annotations

import numpy as np

from iotwatch.detect.beacons.quantiles import GAPS, LEVELS, PERIOD


def test_a_smaller_chance_asks_for_a_higher_score() -> None:
    assert PERIOD.shape == (len(GAPS), len(LEVELS))
    assert list(GAPS) == sorted(set(GAPS))
    assert list(LEVELS) == sorted(set(LEVELS), reverse=True)
    assert (np.diff(PERIOD, axis=1) > 0).all()
