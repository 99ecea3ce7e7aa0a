"""The study of ``docs/diagnostics.md``: every row of it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from iotwatch.read import tshark
from tests.studies.diagnostics_study import rows


@pytest.mark.corpus
@pytest.mark.skipif(not tshark.available(), reason="tshark is not installed")
def test_every_row_holds(corpus: Path) -> None:
    told = list(rows(corpus / "diag"))
    assert len(told) > 40
    assert [row for row in told if not row.holds] == []
