"""``iotwatch merge``: the results of several hosts in one database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli import EXIT_INCOMPLETE, EXIT_UNREADABLE
from iotwatch.cli.options import Talk, database, own_signatures, talking
from iotwatch.cli.saying import say

if TYPE_CHECKING:
    from iotwatch.batch.merge import Merged


@click.command("merge")
@click.argument("others", nargs=-1, required=True, metavar="DB...", type=click.Path(path_type=Path))
@database
@own_signatures
@talking
def command(others: tuple[Path, ...], database: Path, talk: Talk) -> None:
    """Take the results of other databases into --db, and judge the assets here.

    What is known is skipped, so merging again adds nothing. The databases DB are not changed; one that is not ours or is
    damaged is told and left out. Exit codes: 0 done, 2 wrong usage, 3 some database was left out, 4 all were.
    """
    from iotwatch.batch.merge import merge
    from iotwatch.cli.judged import tell_changes
    from iotwatch.signatures import load

    if any(database.exists() and other.exists() and database.samefile(other) for other in others):
        raise click.UsageError(f"{database} cannot be merged into itself")
    report = merge(others, database, load(), lambda one: _tell(one, quiet=talk.quiet))
    tell_changes(report.judged)
    refused = sum(bool(one.refused) for one in report.databases)
    if refused:
        sys.exit(EXIT_UNREADABLE if refused == len(report.databases) else EXIT_INCOMPLETE)


def _tell(one: Merged, *, quiet: bool) -> None:
    if one.refused:
        say(f"left out: {one.refused}", err=True)
    elif not quiet:
        told = [f"{one.taken} source(s) taken", f"{one.known} known"]
        if one.decisions:
            told.append(f"{one.decisions} decision(s)")
        say(f"{one.path}: {', '.join(told)}", err=True)
