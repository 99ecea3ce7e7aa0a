"""The walks' commands are commands: a verb or an option that went away is told without running them."""

from __future__ import annotations

import shlex
from importlib import import_module
from itertools import chain

import click
import pytest

from tests.studies.walks import PAGE, WALKS, Step

STEPS = [step for step in chain.from_iterable(WALKS.values()) if step.command.startswith("iotwatch ")]


@pytest.mark.parametrize("step", STEPS, ids=[step.wants for step in STEPS])
def test_a_step_is_a_command(step: Step) -> None:
    _, verb, *words = shlex.split(step.command.replace("{id}", "3f9a"))
    command: click.Command = import_module(f"iotwatch.cli.{verb}").command
    if isinstance(command, click.Group):
        command, words = command.commands[words[0]], words[1:]
    known = {name for parameter in command.params for name in parameter.opts} | {"--db"}
    assert {word for word in words if word.startswith("-")} <= known


def test_the_page_tells_every_step() -> None:
    page = PAGE.read_text()
    assert all(f"| {step.wants} |" in page for step in chain.from_iterable(WALKS.values()))
