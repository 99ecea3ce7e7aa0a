"""``iotwatch browse``: the database in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, masking, option, talking

_WORTH_TELLING = 20  # megabytes; some seconds of work


@click.command("browse")
@database
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port on loopback; 0 takes a free one.",
)
@masking
@talking
def command(database: Path, port: int, masked: bool, talk: Talk) -> None:
    """Look through the database in a browser, on this host alone.

    Datasette with descriptions, canned queries and a map page that needs no outside tiles. Needs the extra `browse`. Shown is
    a masked copy, made in a private folder and removed at the end, unless --unmask is given: other users of this host can
    reach the page while it runs.
    """
    from iotwatch.report.browse.serve import serve

    size = database.stat().st_size >> 20 if database.is_file() else 0
    if size >= _WORTH_TELLING and masked and not talk.quiet:
        click.echo(f"making a masked copy of {size} MB", err=True)

    def tell(address: str) -> None:
        click.echo(address)
        if not talk.quiet:
            said = "masked" if masked else "nothing is masked"
            click.echo(f"map: {address}-/map   {said}; stop with Ctrl-C", err=True)

    serve(database, port, tell, masked=masked)
