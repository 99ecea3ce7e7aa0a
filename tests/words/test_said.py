"""A statement keeps its word through storing, has a plural, and does not take what is none."""

from __future__ import annotations

import pytest

from iotwatch.words.said import Sentence, Word, packed, unpacked


class Doubt(Word):
    LOCAL = Sentence("far end is on the local network")
    LEFT_OUT = Sentence("{n} fix is left out", "{n} fixes are left out")
    ALIKE = Sentence("far end is on the local network")


def test_a_sentence_is_made_of_word_and_values() -> None:
    assert Doubt.LOCAL().text == "far end is on the local network"
    assert Doubt.LEFT_OUT(n=1).text == "1 fix is left out"
    assert str(Doubt.LEFT_OUT(n=2)) == "2 fixes are left out"


def test_words_of_one_sentence_stay_two() -> None:
    assert Doubt.LOCAL is not Doubt.ALIKE
    assert Doubt.LOCAL() != Doubt.ALIKE()


def test_what_is_stored_is_the_word_and_not_the_sentence() -> None:
    assert packed(Doubt.LEFT_OUT(n=3)) == ["LEFT_OUT", {"n": 3}]
    assert unpacked(Doubt, packed(Doubt.LEFT_OUT(n=3))) == Doubt.LEFT_OUT(n=3)


@pytest.mark.parametrize(
    "stored",
    [None, "LOCAL", ["LOCAL"], ["NONE", {}], ["LOCAL", []], ["LEFT_OUT", {}], ["LEFT_OUT", {"n": []}], [1, {}]],
)
def test_what_is_no_statement_is_refused(stored: object) -> None:
    with pytest.raises(ValueError, match=r"statement|word|values"):
        unpacked(Doubt, stored)
