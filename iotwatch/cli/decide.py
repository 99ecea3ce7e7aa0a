"""``iotwatch decide``: the analyst's word on a finding or a device."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.completing import complete_finding
from iotwatch.cli.options import database, masking, option, output_format, reading
from iotwatch.cli.saying import say

if TYPE_CHECKING:
    from iotwatch.files.baseline import Decision
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
    """Add a decision on one finding, on all findings with FIELD=VALUE (vendor=Telit model=LE910*), or a baseline file.

    Several fields must all hold; of a field that is given twice either value may, which makes two decisions.
    """
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
            decisions = [
                Decision(word, one, author, reason, asset=asset, expires=until) for one in _targets(store, target)
            ]
        for decision in decisions:
            say(f"decision {store.decisions.add(decision)}: {decision.word} {decision.told}")
        tell_changes(judge_all(store, store.assets.unjudged(), load()))
        _tell_idle(store, decisions)


def _tell_idle(store: Store, decisions: list[Decision]) -> None:
    """Name each decision that speaks of nothing stored: it may be meant for a later scan, or be mistyped."""
    from iotwatch.detect.decisions import speaks_of_stored
    from iotwatch.store.queries import findings

    found = findings.of(store.connection)
    for one in decisions:
        if not any(speaks_of_stored(one, row) for row in found):
            of = f" of the asset {one.asset}" if one.asset else ""
            say(f"no finding{of} has {one.told} now; the decision is kept for those that come", err=True)


def _targets(store: Store, words: tuple[str, ...]) -> list[dict[str, str]]:
    """What the decisions are about: a field that is given twice has two values that hold, so that it makes two of them."""
    from iotwatch.files.baseline import check_fields
    from iotwatch.report.reader import Reader

    if len(words) == 1 and "=" not in words[0]:
        row = Reader(store, masked=True).row_of("finding", words[0])
        return [{"fingerprint": store.judgements.fingerprint_of(row)}]
    pairs = [word.partition("=") for word in words]
    if not all(name and value for name, _, value in pairs):
        raise click.UsageError("a target is a finding's id or FIELD=VALUE pairs")
    check_fields(name for name, _, _ in pairs)
    values: dict[str, list[str]] = {}
    for name, _, value in pairs:
        values.setdefault(name, []).append(value)
    return [dict(zip(values, one, strict=True)) for one in product(*values.values())]


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
                "target": one.told,
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
