"""Messages built from published layouts, apart from the decoders, are read as they were built."""

from __future__ import annotations

import pytest

from tests.studies.dialect_facts import Case, wrong
from tests.studies.dialect_facts_all import FAMILIES

CASES = [pytest.param(case, id=f"{family} {case.name}") for family, build in FAMILIES.items() for case in build()]


@pytest.mark.parametrize("case", CASES)
def test_a_message_says_what_it_was_built_of(case: Case) -> None:
    assert wrong(case) == []


def test_there_are_many_families() -> None:
    assert len(CASES) >= 120
    assert {"jt808", "gt06", "teltonika", "castel", "atrack"} <= FAMILIES.keys()
