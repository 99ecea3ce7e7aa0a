"""The page of sentences is as the table of sentences is."""

from __future__ import annotations

from tests.sentences.table import PAGE, text


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == text(), "write it anew: python -m tests.sentences.table --write"
