"""``iotwatch export``: what was found, for other programs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click

from iotwatch.cli.options import Talk, database, option, output_format, talking, unmask


@click.command("export")
@database
@click.argument("finding", required=False, metavar="[FINDING-ID]")
@output_format("jsonl", "csv", "pcap")
@option("--asset", default="", help="Only this asset.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: stdout)."
)
@unmask
@talking
def command(
    finding: str | None, database: Path, form: str, asset: str, output: Path | None, unmask: bool, talk: Talk
) -> None:
    """Write findings with their evidence for other programs.

    The same inputs give the same output, whatever the order of scanning or the number of workers. With --format pcap and
    the ID of a finding: its packets with their own times. Those are raw: nothing in them is masked.
    """
    if form == "pcap":
        _pcap(database, finding, output, talk)
        return
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


def _pcap(database: Path, finding: str | None, output: Path | None, talk: Talk) -> None:
    from iotwatch.handoff import cut_out
    from iotwatch.report import rows
    from iotwatch.store import Store

    if not finding or output is None:
        raise click.UsageError("--format pcap needs the ID of a finding and -o FILE")
    with Store(database, create=False) as store:
        row = rows.finding(store, finding, unmask=True)
        if row is None:
            raise click.ClickException(f"no finding has the id {finding}; `iotwatch show finding` lists them")
        with output.open("wb") as file:
            count = cut_out(store, row["id"], file)
    if not talk.quiet:
        click.echo(f"{count} packet(s) of {row['title']}; raw, nothing is masked", err=True)
