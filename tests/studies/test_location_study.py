"""The study of ``docs/location.md`` in small: bytes without a place make no claim, and gpsd's logs are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.location_study import KINDS, claims, gpsd_logs


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_bytes_without_a_place_make_no_claim(kind: str) -> None:
    counts, sure = claims(kind, 6.0 if kind == "random" else 1.0)
    assert sure == [], (counts, sure[0].dialect, sure[0].evidence.excerpt)


@pytest.mark.corpus
def test_logs_of_receivers_are_read(corpus: Path) -> None:
    rows = list(gpsd_logs())
    assert len(rows) > 50
    assert sum(found for *_, found in rows) >= 0.98 * sum(expected for _, expected, _ in rows)
