"""docs/features.md promises nothing without a test, page or command that is there."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import click
import pytest

ROOT = Path(__file__).parent.parent
_ROW = re.compile(r"^\| (?!feature|---)(.+?) \| (.+?) \| `(.+?)` \|$", re.MULTILINE)
ROWS = [found.groups() for found in _ROW.finditer((ROOT / "docs" / "features.md").read_text())]


def test_the_table_is_read_whole() -> None:
    lines = (ROOT / "docs" / "features.md").read_text().splitlines()
    assert len(ROWS) == sum(line.startswith("| ") and not line.startswith("| feature") for line in lines) > 40


@pytest.mark.parametrize(("feature", "here", "shown"), ROWS, ids=[row[0][:40] for row in ROWS])
def test_a_feature_is_shown_by_something_that_is_there(feature: str, here: str, shown: str) -> None:
    assert here.split()[0].strip(",:;") in ("yes", "no", "in"), feature
    if not shown.startswith("iotwatch "):
        assert (ROOT / shown).is_file(), shown
        return
    _, verb, *words = shown.split()
    command: click.Command = import_module(f"iotwatch.cli.{verb}").command
    for word in words:
        if isinstance(command, click.Group):
            command = command.commands[word]
        elif word.startswith("-"):
            assert any(word in parameter.opts for parameter in command.params), shown
        else:
            noun = next(one for one in command.params if isinstance(one, click.Argument))
            assert isinstance(noun.type, click.Choice), shown
            assert word in noun.type.choices, shown
