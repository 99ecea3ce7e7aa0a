"""Every verb has help, is in the README's spirit: named, explained, and quick to ask."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest

from iotwatch.cli import VERBS, group

README = (Path(__file__).parent.parent.parent / "README.md").read_text()


@pytest.mark.parametrize("verb", VERBS)
def test_verb_has_help_and_stands_in_the_readme(verb: str) -> None:
    context = click.Context(group)
    command = group.get_command(context, verb)
    assert command is not None
    assert command.help
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))
    assert f"iotwatch {verb}" in README


def test_every_option_has_one_flat_environment_name() -> None:
    seen: dict[str, str] = {}
    for verb in VERBS:
        for parameter in group.get_command(click.Context(group), verb).params:
            if isinstance(parameter, click.Option) and parameter.envvar:
                assert parameter.envvar.startswith("IOTWATCH_")
                long = next(name for name in parameter.opts if name.startswith("--"))
                assert seen.setdefault(parameter.envvar, long) == long


def test_the_help_page_imports_nothing_heavy() -> None:
    code = "import sys, iotwatch.cli; print([m for m in ('numpy', 'rich', 'yara_x', 'sqlite_utils', 'dpkt') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
