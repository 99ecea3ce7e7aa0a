"""``iotwatch watch``: a folder that fills up."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, talking, unmask


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@database
@option("--asset", default="", help="Name of the car or device that all files belong to (default: each its own).")
@option("--settle", type=click.FloatRange(0), default=10.0, show_default=True, help="Seconds without a write.")
@option("--interval", type=click.FloatRange(0.1), default=5.0, show_default=True, help="Seconds between looks.")
@option("--rounds", type=click.IntRange(1), help="Stop after so many looks (default: at an interrupt).")
@unmask
@talking
def command(
    folder: Path,
    database: Path,
    asset: str,
    settle: float,
    interval: float,
    rounds: int | None,
    unmask: bool,
    talk: Talk,
) -> None:
    """Scan what settles in FOLDER, as it comes. A restart goes on where the last one stopped."""
    from iotwatch.fanout import Plan
    from iotwatch.report import console
    from iotwatch.store import Store
    from iotwatch.watching import watch

    if not talk.quiet:
        click.echo(f"watching {folder}; an interrupt ends it, nothing is lost", err=True)
    for report in watch(folder, database, Plan(asset=asset), settle=settle, interval=interval, rounds=rounds):
        with Store(database, create=False) as store:
            console.print_scan(store, report.assets, unmask=unmask, color=talk.color)
