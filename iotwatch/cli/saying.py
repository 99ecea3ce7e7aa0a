"""What the verbs say beside their data."""

from __future__ import annotations

import click

from iotwatch.files.printable import visible


def say(text: str, *, err: bool = False) -> None:
    """Print one line that may hold what others wrote (paths, names, reasons): the terminal does not obey it."""
    click.echo(visible(text), err=err)
