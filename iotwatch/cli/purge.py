"""``iotwatch purge``: what may no longer be kept."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from iotwatch.cli.options import database, option


@click.command("purge")
@database
@option("--asset", default="", help="Only this asset.")
@option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only what was seen before this day (UTC).")
@click.confirmation_option("--yes", prompt="Remove it for good?", help="Do not ask.")
def command(database: Path, asset: str, before: datetime | None) -> None:
    """Remove what may no longer be kept, for good: sources with all that hangs on them, and their findings."""
    from iotwatch.judge import judge_all
    from iotwatch.signatures import load
    from iotwatch.store import Store

    if not asset and before is None:
        raise click.UsageError("say what to remove: --asset, --before, or both")
    until = int(before.replace(tzinfo=UTC).timestamp() * 1_000_000) if before else None
    with Store(database, create=False) as store:
        sources, assets = store.purge(asset=asset, before=until)
        judge_all(store, store.unjudged(), load())
    click.echo(f"removed {sources} source(s) and {assets} asset(s)")
