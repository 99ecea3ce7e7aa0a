"""``iotwatch diff``: two assets, two databases, or two files."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.options import Talk, database, option, output_format, talking, unmask

if TYPE_CHECKING:
    from iotwatch.store import Store


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@database
@option("--asset", default="", help="The asset to compare when A and B are databases.")
@output_format("table", "json")
@unmask
@talking
def command(before: str, after: str, database: Path, asset: str, form: str, unmask: bool, talk: Talk) -> None:
    """Tell what is new, gone or changed from A to B.

    A and B are two assets of the database, two databases, or two images, captures or logs.
    """
    import msgspec

    from iotwatch.report import console, plain
    from iotwatch.report.diff import diff
    from iotwatch.report.masking import mask

    with ExitStack() as stack:
        old, old_asset = _side(stack, before, database, asset)
        new, new_asset = _side(stack, after, database, asset)
        changes = [msgspec.structs.asdict(one) for one in diff(old, old_asset, new, new_asset)]
    found = changes if unmask else [mask(one) for one in changes]
    if form == "json":
        plain.print_json(found)
    elif found:
        console.print_rows(found, color=talk.color)
    else:
        click.echo("no difference")


def _side(stack: ExitStack, name: str, database: Path, asset: str) -> tuple[Store, str]:
    from iotwatch.store import Store

    path = Path(name)
    if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
        store = stack.enter_context(Store(path, create=False))
        return store, _only(store, asset, name)
    if path.exists():
        from iotwatch.fanout import Plan, scan

        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="iotwatch-"))
        scan([path], Path(scratch) / "diff.db", Plan(asset="it"))
        return stack.enter_context(Store(Path(scratch) / "diff.db")), "it"
    store = stack.enter_context(Store(database, create=False))
    return store, _only(store, name, str(database))


def _only(store: Store, asset: str, name: str) -> str:
    names = store.asset_names()
    if asset in names:
        return asset
    if not asset and len(names) == 1:
        return names[0]
    raise click.ClickException(f"{name} has no asset {asset!r}; it has: {', '.join(names[:10]) or 'none'}")
