"""``iotwatch export``: what was found, for other programs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, output_format, talking, unmask


@click.command("export")
@database
@output_format("jsonl", "csv")
@option("--asset", default="", help="Only this asset.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: stdout)."
)
@unmask
@talking
def command(database: Path, form: str, asset: str, output: Path | None, unmask: bool, talk: Talk) -> None:
    """Write findings with their evidence for other programs.

    The same inputs give the same output, whatever the order of scanning or the number of workers.
    """
    from iotwatch.report import export
    from iotwatch.store import Store

    writers: dict[str, Callable[..., int]] = {"jsonl": export.write_jsonl, "csv": export.write_csv}
    write = writers[form]
    with Store(database, create=False) as store:
        if output is None:
            count = write(store, sys.stdout, asset, unmask=unmask)
        else:
            with output.open("w", encoding="utf-8", newline="") as file:
                count = write(store, file, asset, unmask=unmask)
    if not talk.quiet:
        click.echo(f"{count} finding(s)", err=True)
