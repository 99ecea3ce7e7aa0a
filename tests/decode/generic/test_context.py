"""Whose place it is, by a word beside it."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.context import _OWNERS, _told


@pytest.mark.parametrize("word", ["gateway", "fence", "geofence", "zone", "station", "operator"])
def test_a_type_names_an_owner(word: str) -> None:
    assert _told("type", word.upper()) == _OWNERS.get(word, "")


def test_other_words_name_none() -> None:
    others = set(_OWNERS) - {"gateway", "fence", "geofence", "zone", "station", "operator"}
    assert others
    assert {_told("type", word) for word in others - {"waypoint", "waypoints", "cmd"}} == {""}
    assert (_told("type", "cmd"), _told("weather", 1), _told("type", 5)) == ("waypoint", "site", "")
