"""The stable id of a finding: the same for ever, and another for every part of what it is about."""

from __future__ import annotations

import pytest

from iotwatch.store.judgements import fingerprint

ABOUT = ("location", "location", "car-17", "imei:860000000000004|gps.example")


def test_the_id_is_pinned() -> None:
    """Ids are quoted in reports and decisions, so they may never change."""
    assert fingerprint(*ABOUT) == "951a1b4b113ec9be"


@pytest.mark.parametrize("part", range(4), ids=["detector", "kind", "asset", "key"])
def test_each_part_tells(part: int) -> None:
    other = [*ABOUT]
    other[part] += "x"
    assert fingerprint(*other) != fingerprint(*ABOUT)


def test_parts_do_not_run_together() -> None:
    assert fingerprint("a", "bc", "d", "e") != fingerprint("ab", "c", "d", "e")
