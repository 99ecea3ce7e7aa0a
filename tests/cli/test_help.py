"""Every verb has help, is in the README's spirit: named, explained, and quick to ask."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from iotwatch.cli import VERBS, group

README = (Path(__file__).parent.parent.parent / "README.md").read_text()


def every_verb() -> Iterator[click.Command]:
    """All verbs, those nested in others among them."""
    for verb in VERBS:
        command = group.get_command(click.Context(group), verb)
        yield command
        yield from command.commands.values() if isinstance(command, click.Group) else ()


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
    for command in (group, *every_verb()):
        for parameter in command.params:
            if isinstance(parameter, click.Option) and "--version" not in parameter.opts:
                long = next(name for name in parameter.opts if name.startswith("--"))
                assert parameter.envvar, long
                assert parameter.envvar.startswith("IOTWATCH_")
                assert seen.setdefault(parameter.envvar, long) == long


def test_every_verb_takes_every_global_option() -> None:
    wanted = {name for one in group.params if "--version" not in one.opts for name in one.opts}
    assert {"--db", "-v", "-q", "--color", "--no-progress"} <= wanted
    for command in every_verb():
        assert wanted <= {name for one in command.params for name in one.opts}, command.name


def test_the_help_page_imports_nothing_heavy() -> None:
    code = "import sys, iotwatch.cli; print([m for m in ('numpy', 'rich', 'yara_x', 'sqlite_utils', 'dpkt') if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
