"""``iotwatch purge``: what may no longer be kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from click.core import ParameterSource

from iotwatch.cli.options import database, option


@click.command("purge")
@database
@option("--asset", default="", help="Only this asset.")
@option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only what was seen before this day (UTC).")
@option("--out-of-scope", is_flag=True, help="Only what belongs to devices out of the asset's scope.")
@option(
    "--scope",
    multiple=True,
    help="With --out-of-scope: the devices that stay, in place of the scope given at the scan.",
)
@option("--damaged", is_flag=True, help="Only what no version of this program can have written.")
@click.confirmation_option(
    "--yes", prompt="Remove it for good?", help="Do not ask.", envvar="IOTWATCH_YES", show_envvar=False
)
def command(
    database: Path, asset: str, before: datetime | None, out_of_scope: bool, scope: tuple[str, ...], damaged: bool
) -> None:
    """Remove what may no longer be kept, for good: sources with all that hangs on them, and their findings.

    With --out-of-scope sources stay and lose what is not of the devices under test: flows, contacts, positions,
    observations and evidence. What is left is judged anew, and the file is overwritten. With --damaged, a source that has
    a bad row goes whole; scanning its file again brings it back.
    """
    from iotwatch.detect.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store
    from iotwatch.store.removing import purge

    if damaged:
        if asset or before is not None or out_of_scope or scope:
            raise click.UsageError("--damaged looks at the whole database: leave the other choices away")
        _damaged(database)
        return
    if out_of_scope:
        if before is not None:
            raise click.UsageError("--out-of-scope looks at all sources: leave --before away")
        _out_of_scope(database, asset, scope)
        return
    if click.get_current_context().get_parameter_source("scope") is ParameterSource.COMMANDLINE:
        raise click.UsageError("--scope says who stays with --out-of-scope")
    if not asset and before is None:
        raise click.UsageError("say what to remove: --asset, --before, both, --out-of-scope or --damaged")
    until = int(before.replace(tzinfo=UTC).timestamp() * 1_000_000) if before else None
    with Store(database, create=False) as store:
        sources, assets = purge(store, asset=asset, before=until)
        judge_all(store, store.assets.unjudged(), load())
    click.echo(f"removed {sources} source(s) and {assets} asset(s)")


def _damaged(database: Path) -> None:
    from iotwatch.detect.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store
    from iotwatch.store.damage import heal

    with Store(database, create=False) as store:
        taken, sources = heal(store)
        judge_all(store, store.assets.unjudged(), load())
    click.echo(f"took out {taken} damaged cell(s) or row(s), {sources} source(s) among them")


def _out_of_scope(database: Path, asset: str, scope: tuple[str, ...]) -> None:
    from iotwatch.batch.purge import purge_out_of_scope
    from iotwatch.cli.judged import tell_changes
    from iotwatch.signatures import load
    from iotwatch.store import Store

    with Store(database, create=False) as store:
        names = store.assets.names()
        if asset and asset not in names:
            raise click.UsageError(f"{database} has no asset {asset!r}")
        if not scope and not any(store.assets.scope(name) for name in ([asset] if asset else names)):
            raise click.UsageError("no asset has a scope, so nobody can be told out of scope: give --scope")
        sources, judged = purge_out_of_scope(store, [asset] if asset else names, scope, load())
    click.echo(f"removed what was out of scope from {sources} source(s)")
    tell_changes(judged)
