"""``iotwatch browse``: the database in a browser."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, talking


@click.command("browse")
@database
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8001,
    show_default=True,
    help="Port on loopback; 0 takes a free one.",
)
@talking
def command(database: Path, port: int, talk: Talk) -> None:
    """Look through the database in a browser, on this host alone.

    Datasette with descriptions, canned queries and a map page that needs no outside tiles. Needs the extra `browse`. Nothing
    is masked there: other users of this host can reach it while it runs.
    """
    from iotwatch.report.browse import serve

    def tell(address: str) -> None:
        click.echo(address)
        if not talk.quiet:
            click.echo(f"map: {address}-/map   nothing is masked; stop with Ctrl-C", err=True)

    serve(database, port, tell)
