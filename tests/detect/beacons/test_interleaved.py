"""Two clocks to one far end, and what sets a timer back: told apart from one clock."""

from __future__ import annotations

import numpy as np
import pytest

from iotwatch.words.findings import Reason
from tests.detect.questions.test_beacon import HOUR, look, row


def test_two_clocks_to_one_far_end_are_told_as_two() -> None:
    random = np.random.default_rng(3)
    every = [240 * np.arange(12), 37 + 290 * np.arange(10)]
    times = np.sort(np.concatenate(every) + random.uniform(0, 6, 22))
    (finding,) = look(row(times))
    assert finding.facts["pattern"] == "clock"
    assert (finding.facts["interval_s"], finding.facts["second_interval_s"]) == pytest.approx((240, 290), rel=0.02)
    assert " and every " in finding.title
    assert [said.word for said in finding.reasons if said.word in (Reason.TWO_CLOCKS, Reason.BEATS)] == [
        Reason.TWO_CLOCKS
    ]


def test_contacts_without_a_clock_are_not_two_clocks() -> None:
    random = np.random.default_rng(4)
    for _ in range(60):
        times = np.cumsum(random.gamma(2.0, 60, 26))
        assert all("second_interval_s" not in one.facts for one in look(row(times)) if one.facts["pattern"] == "clock")


def test_a_timer_that_data_sets_back_is_no_clock() -> None:
    """A probe each minute while a connection is idle (RFC 9293 section 3.8.4): what is said in between begins the minute anew."""
    random = np.random.default_rng(5)
    clocks = 0
    for _ in range(40):
        said = np.cumsum(random.exponential(120, 90))
        said = np.append(0.0, said[said < HOUR])
        parts = [np.arange(one, other, 60.0) for one, other in zip(said, [*said[1:], HOUR], strict=True)]
        clocks += any(one.facts["pattern"] == "clock" for one in look(row(np.concatenate(parts))))
    assert clocks == 0
