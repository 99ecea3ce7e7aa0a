"""``iotwatch decide``: the analyst's word on a finding or a device."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.completing import complete_finding
from iotwatch.cli.options import database, masking, option, output_format, reading, wrong_usage
from iotwatch.cli.saying import say

if TYPE_CHECKING:
    from iotwatch.store import Store


@click.group("decide")
def command() -> None:
    """Say what is expected or explained, and by whom. Applied when judging; nothing is deleted."""


@command.command("add")
@click.argument("target", nargs=-1, metavar="[FINDING-ID | FIELD=VALUE...]", shell_complete=complete_finding)
@database
@option(
    "--word", type=click.Choice(["expected", "explained"]), default="expected", show_default=True, help="What is said."
)
@option("--author", help="Who says it.")
@option("--reason", help="Why.")
@option("--asset", default="", help="Only for this asset (default: all).")
@option("--expires", type=click.DateTime(["%Y-%m-%d"]), help="Day from which it no longer holds (UTC).")
@option(
    "--baseline", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Take a factory-fit baseline file."
)
def add(
    target: tuple[str, ...],
    database: Path,
    word: str,
    author: str | None,
    reason: str | None,
    asset: str,
    expires: datetime | None,
    baseline: Path | None,
) -> None:
    """Add a decision on one finding, on all findings with FIELD=VALUE (vendor=Telit model=LE910*), or a baseline file."""
    from iotwatch.cli.judged import tell_changes
    from iotwatch.detect.judge import judge_all
    from iotwatch.files.baseline import Decision, read_baseline
    from iotwatch.signatures import load
    from iotwatch.store import Store

    if bool(target) == bool(baseline):
        raise click.UsageError("give a finding, FIELD=VALUE pairs, or --baseline")
    with Store(database, create=False) as store:
        if baseline:
            decisions = read_baseline(baseline, asset)
        else:
            if not author or not reason:
                raise click.UsageError("a decision has an author and a reason: give --author and --reason")
            until = int(expires.replace(tzinfo=UTC).timestamp() * 1_000_000) if expires else None
            decisions = [Decision(word, _target(store, target), author, reason, asset=asset, expires=until)]
        for decision in decisions:
            say(f"decision {store.decisions.add(decision)}: {decision.word} {decision.target}")
        tell_changes(judge_all(store, store.assets.unjudged(), load()))


def _target(store: Store, words: tuple[str, ...]) -> dict[str, str]:
    from iotwatch.report.reader import Reader

    if len(words) == 1 and "=" not in words[0]:
        with wrong_usage():
            row = Reader(store, masked=True).row_of("finding", words[0])
        return {"fingerprint": store.judgements.fingerprint_of(row)}
    pairs = [word.partition("=") for word in words]
    if not all(name and value for name, _, value in pairs):
        raise click.UsageError("a target is a finding's id or FIELD=VALUE pairs")
    return {name: value for name, _, value in pairs}


@command.command("list")
@database
@output_format("table", "json")
@masking
def list_decisions(database: Path, form: str, masked: bool) -> None:
    """List the decisions in force."""
    from iotwatch.model import iso
    from iotwatch.report.console import tables as console

    with reading(database, masked=masked) as reader:
        found = [
            {
                "id": one.id,
                "word": one.word,
                "target": " ".join(f"{name}={value}" for name, value in one.target.items()),
                "asset": one.asset or "all",
                "author": one.author,
                "reason": one.reason,
                "created": iso(one.created),
                "expires": iso(one.expires),
            }
            for one in reader.decisions()
        ]
    console.print_rows(found, color=None, form=form)


@command.command("remove")
@click.argument("decision_id", type=int, metavar="ID")
@database
def remove(decision_id: int, database: Path) -> None:
    """Take a decision back. It stays in the database with the time."""
    from iotwatch.cli.judged import tell_changes
    from iotwatch.detect.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store

    with Store(database, create=False) as store:
        store.decisions.remove(decision_id)
        tell_changes(judge_all(store, store.assets.unjudged(), load()))
