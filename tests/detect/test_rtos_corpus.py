"""Bare-metal and RTOS firmware with known truth: makers, roles, code that reads and sends, quiet negatives."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.rtos_study import MAKERS, measure


@pytest.mark.corpus
def test_makers_roles_and_grades(corpus: Path) -> None:
    told = measure(corpus / "firmware-rtos")

    assert {one.path: one.wrong for one in told if one.wrong} == {}
    missed = {one.path for one in told if one.path in MAKERS and not one.named}
    # What names MediaTek in a receiver's firmware stands in every program that drives one too.
    assert missed <= {"mediatek-mt3333-gnss.bin"}
    assert [one.path for one in told if one.reads_and_sends and not one.grades & {"A", "B", "C"}] == []
    assert [one.path for one in told if one.truth["role"] == "host" and one.makers["module"]] == []
    assert [one.path for one in told if one.path.startswith("neg-") and not one.quiet] == []
