"""The study of ``docs/blind-search.md`` in small: drives are found in forms that nobody knows, and not where there are none."""

from __future__ import annotations

import pytest

from tests.studies.blind_flows import NOTHING, driven, nothing
from tests.studies.blind_search import begins, follows, searched


@pytest.mark.corpus
@pytest.mark.usefixtures("corpus")
def test_drives_are_found() -> None:
    flows = [driven(number, begins()) for number in range(10)]
    assert sum(follows(flow, searched(flow)) for flow in flows) >= 8


def test_counters_clocks_and_noise_are_not_claimed() -> None:
    flows = [nothing(number, kind) for kind in NOTHING if kind != "compressed" for number in range(2)]
    assert [flow.kind for flow in flows if searched(flow)] == []
