"""``iotwatch watch``: a folder that fills up."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import (
    Talk,
    database,
    key_logs,
    masking,
    option,
    own_signatures,
    reading,
    sweep_options,
    talking,
)
from iotwatch.cli.saying import say
from iotwatch.files.case import Case


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@database
@sweep_options
@option("--settle", type=click.FloatRange(0), default=10.0, show_default=True, help="Seconds without a write.")
@option("--interval", type=click.FloatRange(0.1), default=5.0, show_default=True, help="Seconds between looks.")
@option("--rounds", type=click.IntRange(1), help="Stop after so many looks (default: at an interrupt).")
@masking
@own_signatures
@key_logs
@talking
def command(
    folder: Path,
    database: Path,
    asset: str,
    scope: tuple[str, ...],
    case: Case | None,
    settle: float,
    interval: float,
    rounds: int | None,
    masked: bool,
    talk: Talk,
) -> None:
    """Scan what settles in FOLDER, as it comes, and print each new finding once.

    A restart goes on where the last one stopped. It fits a ring of captures (`dumpcap -b duration:60 -b files:30 -w FILE`): a
    file that is still being written waits. What the ring overwrites can no longer be replayed: keep what findings stand in.
    """
    from iotwatch.batch.scan import Plan
    from iotwatch.batch.watch import watch
    from iotwatch.report.console.watch import News
    from iotwatch.report.reader import Reader
    from iotwatch.store import Store

    plan = Plan.of_sweep(case, asset, scope)
    with Store(database) as store:
        news = News(Reader(store, masked=masked), color=talk.color)
    if not talk.quiet:
        click.echo(f"watching {folder}; an interrupt ends it, nothing is lost", err=True)
    for report in watch(folder, database, plan, settle=settle, interval=interval, rounds=rounds):
        with reading(database, masked=masked) as reader:
            fresh = news.tell(reader, report.assets)
        if not talk.quiet:
            read = report.count("ok", "partial", fresh=True)
            click.echo(f"{read} file(s) read, {fresh} new finding(s)", err=True)
            for one in report.outcomes:
                if one.status in ("unreadable", "partial") and not one.known:
                    say(f"{one.status}: {one.path}: {one.reason}", err=True)
