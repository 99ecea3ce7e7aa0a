"""How much work a piece of code is, counted in calls: whatever the machine is doing, the count is the same."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def calls_while(work: Callable[[], object]) -> int:
    """How many functions ``work`` calls, ours and those written in C, itself not counted."""
    calls = -1

    def count(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(before)
    return calls
