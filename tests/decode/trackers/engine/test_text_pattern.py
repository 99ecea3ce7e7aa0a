"""How patterns are written in a dialect's file."""

from __future__ import annotations

import msgspec
import pytest

from iotwatch.decode.trackers.engine.text_pattern import Compiled, DialectFile, expand
from iotwatch.errors import SignatureError


def test_comments_blanks_and_macros_are_taken_out_of_a_pattern() -> None:
    assert expand("  a,   # a comment\n\n  {imei}#\n# all comment\n  [0-9]{2}") == r"a,(?P<imei>\d{15})#[0-9]{2}"


@pytest.mark.parametrize("regex", ["(?P<colour>a)", "(?P<imei>a", "a{2,1}"])
def test_a_broken_pattern_or_a_word_outside_the_vocabulary_is_refused(regex: str) -> None:
    with pytest.raises(SignatureError):
        Compiled(regex)


def test_the_schema_refuses_what_it_does_not_know() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "x"}, DialectFile)
