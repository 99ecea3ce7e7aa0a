"""Query strings: one pair is enough when it has a value."""

from __future__ import annotations

import pytest

from iotwatch.decode.generic.tree.pairs_text import is_query


@pytest.mark.parametrize(
    ("text", "wanted"),
    [(b"lat=51.5&lon=4.25", True), (b"a=&b=", True), (b"id=77", True), (b"QUJD==", False), (b"id=77\nb=1", False)],
)
def test_what_is_one_query(text: bytes, wanted: bool) -> None:
    assert is_query(text, 0, len(text)) is wanted
