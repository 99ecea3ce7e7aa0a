"""Real logs written other ways: what is told of modules and SIMs follows the words, whatever stands around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.studies.identity_variations import VARIATIONS, other_numbers
from tests.studies.scoreboard_identity import measure

LOST = {
    # Six lines of which one is a log's: a session, and no log, to whoever reads a folder.
    "in a shell session": ["positions: at/simcom-sim7070-cgnsinf-python-repr.txt"],
    # The rows of a table mean nothing without the command that they answer.
    "without echo": ["operator: at/sierra-em7455-lteinfo-gstatus.txt"],
}


PARTS = 4


@pytest.mark.corpus
@pytest.mark.parametrize(("at", "name"), list(enumerate(VARIATIONS)), ids=list(VARIATIONS))
def test_the_same_is_told(at: int, name: str, corpus: Path) -> None:
    """A quarter of the logs, another one each time, and those that are known to lose something; the study asks all of all."""
    lost = LOST.get(name, [])
    known = {row.partition(": ")[2] for row in lost}
    _, asked, missed = measure(
        corpus / "serial", VARIATIONS[name], lambda number, path: number % PARTS == at % PARTS or path in known
    )
    assert sum(asked.values()) > 150 / PARTS
    assert [row.rpartition(": [")[0] for row in missed] == lost


@pytest.mark.corpus
def test_other_numbers_are_other_and_valid(corpus: Path) -> None:
    log = (corpus / "serial" / "at" / "sierra-rc7620-ati.txt").read_bytes()
    _, truth = other_numbers(log, {"imei": "353634112427991"})
    assert truth["imei"] != "353634112427991"
    assert truth["imei"][:8] == "35363411"
