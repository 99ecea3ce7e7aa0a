"""Events at least a second apart: the same as going through them one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.read.layers.columns import spaced


def one_by_one(time: list[int], group: list[int], before: list[int], step: int) -> list[bool]:
    last = dict(zip(group, before, strict=True))
    out = []
    for now, owner in zip(time, group, strict=True):
        out.append(now - last[owner] >= step)
        if out[-1]:
            last[owner] = now
    return out


@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60)), max_size=60),
    st.lists(st.integers(-30, 10), min_size=4, max_size=4),
)
def test_as_one_by_one(events: list[tuple[int, int]], before: list[int]) -> None:
    events.sort()
    group, time = [owner for owner, _ in events], [now for _, now in events]
    until = [before[owner] for owner in group]
    found = spaced(np.array(time, np.int64), np.array(group, np.int32), np.array(until, np.int64), 10)
    assert found.tolist() == one_by_one(time, group, until, 10)
