"""The study of ``docs/direction.md`` in small: messages in every network, and captures that begin anywhere."""

from __future__ import annotations

import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.studies.direction_study import Tally, captured, stated, weigh, weigh_capture


def empty() -> Tally:
    return Tally(Counter(), Counter(), Counter(), Counter())


@pytest.mark.corpus
def test_who_reports_is_the_device_in_every_network(corpus: Path) -> None:
    rows = [json.loads(line) for line in (corpus / "positions" / "traccar.jsonl").read_text().splitlines()]
    tally = empty()
    for one in islice(stated(rows[::12]), 120):
        weigh(one, tally)
    assert tally.cuts.total() > 400
    assert tally.right.total() >= 0.995 * tally.cuts.total(), tally.wrong


@pytest.mark.corpus
def test_conversations_that_lost_their_beginning(corpus: Path) -> None:
    tally = empty()
    for file in sorted((corpus / "pcap" / "benign").iterdir())[:60]:
        if file.stat().st_size < 300_000 and (capture := captured(file)) is not None:
            weigh_capture(capture, tally, 4)
    assert tally.cuts["TCP"] > 50
    assert tally.right["TCP"] >= 0.995 * tally.cuts["TCP"], tally.wrong
