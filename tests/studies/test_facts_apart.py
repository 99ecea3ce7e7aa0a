"""Messages drawn from the facts, apart from the decoders, are read as they were drawn."""

from __future__ import annotations

import pytest

from tests.studies.facts_apart.trial import dialects, drawn, judged


@pytest.mark.parametrize("name", sorted(dialects()))
def test_a_message_says_what_was_drawn(name: str) -> None:
    assert {one.name: wrong for one in drawn(name, 2, 7) if (wrong := judged(one)[1])} == {}
