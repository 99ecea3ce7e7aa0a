"""``iotwatch case``: the file in which people say what they know of a sweep."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.saying import say


@click.group("case")
def command() -> None:
    """Begin a case file: operator, legal basis, scope, phases and places of a sweep, for `scan --case`."""


@command.command("new")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def new(file: Path) -> None:
    """Write FILE with every key of a case, to be filled in. What stays empty prints as "not stated"."""
    from iotwatch.files.case import begin_case

    begin_case(file)
    say(f"{file}: fill it in, then `iotwatch scan --case {file} ...`", err=True)
