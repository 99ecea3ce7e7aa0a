"""The study of ``docs/tags.md``: every file is answered as its truth says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.tag_study import BEGIN, PAGE, QUESTIONS, answers, table


@pytest.mark.corpus
def test_the_corpus(corpus: Path) -> None:
    found = answers(corpus / "ble")
    assert {question: [name for name, right in files.items() if not right] for question, files in found.items()} == {
        question: [] for question in QUESTIONS
    }
    assert all(found.values())
    assert PAGE.read_text().partition(BEGIN)[2].lstrip("\n").startswith("\n".join(table(found)))
