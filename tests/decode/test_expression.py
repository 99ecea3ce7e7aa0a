"""An ``Expression`` gives the spans that google-re2's own match objects give, by the engine and without it."""

from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from iotwatch.decode import expression
from iotwatch.decode.expression import Expression

REGEX = rb"(?P<word>[a-c]+)(?:(=)(\d*))?"


def of_match_objects(data: bytes, start: int) -> list[tuple[int, int]] | None:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    match = re2.compile(REGEX, options).search(data, start)
    return None if match is None else [match.span(group) for group in range(4)]


@given(data=st.text("abc=1 \xff", max_size=20).map(lambda text: text.encode("latin-1")), start=st.integers(0, 20))
def test_spans_are_those_of_match_objects(data: bytes, start: int) -> None:
    start = min(start, len(data))
    assert Expression(REGEX).search(data, start) == of_match_objects(data, start)


def test_a_release_without_its_engine_in_sight_is_asked_by_match_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    by_engine = Expression(REGEX)
    monkeypatch.setattr(expression, "_engine", lambda compiled: None)
    by_matches = Expression(REGEX)
    for data in (b"abc=12 b", b" a", b"", b"==="):
        assert by_matches.match(data) == by_engine.match(data)
        assert by_matches.search(data) == by_engine.search(data)
        assert [*by_matches.each(data, 0, len(data))] == [*by_engine.each(data, 0, len(data))]


def test_matches_come_one_after_the_other_and_empty_ones_end() -> None:
    assert [spans[0] for spans in Expression(rb"a*").each(b"aab", 0, 3)] == [(0, 2), (2, 2), (3, 3)]
    assert [spans[0] for spans in Expression(rb"A", fold=True).each(b"aAb", 0, 3)] == [(0, 1), (1, 2)]


def test_a_broken_expression_is_refused() -> None:
    with pytest.raises(re2.error):
        Expression(rb"(a")
