"""The study of ``docs/known-position.md`` in small: real messages are found by their place, and not by another."""

from __future__ import annotations

import pytest

from tests.studies.known_position import claims, corpus, found, places_on_land


@pytest.mark.corpus
@pytest.mark.usefixtures("corpus")
def test_messages_of_real_trackers_are_found_by_their_place() -> None:
    rows = corpus()[::7]
    assert len(rows) > 100
    assert sum(bool(found(row)) for row in rows) >= 0.95 * len(rows)


@pytest.mark.corpus
@pytest.mark.usefixtures("corpus")
def test_other_places_are_not_claimed() -> None:
    rows = corpus()
    trials, claimed = claims(rows, list(places_on_land(12, rows)))
    assert trials > 10_000
    assert len(claimed) <= 1, claimed
