"""``iotwatch watch``: a folder that fills up."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, talking, unmask
from iotwatch.cli.saying import say


@click.command("watch")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@database
@option("--asset", default="", help="Name of the car or device that all files belong to (default: each its own).")
@option("--scope", multiple=True, help="A device under test: MAC, OUI, address, network or IMEI. Repeatable.")
@option(
    "--case", "case_file", type=click.Path(path_type=Path), help="case.toml of the sweep; written empty when absent."
)
@option("--settle", type=click.FloatRange(0), default=10.0, show_default=True, help="Seconds without a write.")
@option("--interval", type=click.FloatRange(0.1), default=5.0, show_default=True, help="Seconds between looks.")
@option("--rounds", type=click.IntRange(1), help="Stop after so many looks (default: at an interrupt).")
@unmask
@talking
def command(
    folder: Path,
    database: Path,
    asset: str,
    scope: tuple[str, ...],
    case_file: Path | None,
    settle: float,
    interval: float,
    rounds: int | None,
    unmask: bool,
    talk: Talk,
) -> None:
    """Scan what settles in FOLDER, as it comes, and print each new finding once.

    A restart goes on where the last one stopped. It fits a ring of captures (`dumpcap -b duration:60 -b files:30 -w FILE`): a
    file that is still being written waits. What the ring overwrites can no longer be replayed: keep what findings stand in.
    """
    from iotwatch.batch.scan import Plan
    from iotwatch.batch.watch import watch
    from iotwatch.files.case import read_case
    from iotwatch.open.pipeline import Options
    from iotwatch.report.console.watch import News
    from iotwatch.store import Store

    case = read_case(case_file) if case_file else None
    devices = tuple(sorted({*scope, *(case.scope if case else ())}))
    plan = Plan(asset=asset or (case.asset if case else ""), options=Options(scope=devices), case=case)
    with Store(database) as store:
        news = News(store, unmask=unmask, color=talk.color)
    if not talk.quiet:
        click.echo(f"watching {folder}; an interrupt ends it, nothing is lost", err=True)
    for report in watch(folder, database, plan, settle=settle, interval=interval, rounds=rounds):
        with Store(database, create=False) as store:
            fresh = news.tell(store, report.assets)
        if not talk.quiet:
            read = report.count("ok", "partial")
            click.echo(f"{read} file(s) read, {fresh} new finding(s)", err=True)
            for one in report.outcomes:
                if one.status in ("unreadable", "partial"):
                    say(f"{one.status}: {one.path}: {one.reason}", err=True)
