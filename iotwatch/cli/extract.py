"""``iotwatch extract``: what is inside an image, as files."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli import EXIT_INCOMPLETE
from iotwatch.cli.options import Talk, option, talking


@click.command("extract")
@click.argument("image", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="New or empty folder to fill.",
)
@talking
@click.pass_context
def command(context: click.Context, image: Path, output: Path, talk: Talk) -> None:
    """Write what can be opened of IMAGE into a folder, with a list of every path, its hash and what became of it.

    The files are raw: nothing in them is masked. Names are made safe, links become texts that say where they lead, and nothing is
    written outside the folder; manifest.jsonl has each path as the image writes it. Exit 3 when some of it could not be opened.
    """
    from iotwatch.handoff.extraction import MANIFEST, extract

    done = extract(image, output)
    if not talk.quiet:
        left = "" if done.complete else "; some of it could not be opened"
        click.echo(f"{output}: {done.files} file(s), {done.links} link(s), {MANIFEST}{left}; NOT masked", err=True)
    if not done.complete:
        context.exit(EXIT_INCOMPLETE)
