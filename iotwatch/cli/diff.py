"""``iotwatch diff``: two assets, two databases, or two files."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.options import Talk, database, masking, option, output_format, own_signatures, talking
from iotwatch.errors import NotStored
from iotwatch.files.scratch import scratch

if TYPE_CHECKING:
    from iotwatch.store import Store


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@database
@option("--asset", default="", help="The asset to compare when A and B are databases.")
@output_format("table", "json")
@masking
@own_signatures
@talking
def command(before: str, after: str, database: Path, asset: str, form: str, masked: bool, talk: Talk) -> None:
    """Tell what is new, gone or changed from A to B.

    A and B are two assets of the database, two sweeps of one (ASSET@1, ASSET@last or ASSET@2026-01-31, as `iotwatch show
    asset ASSET` names them), two databases, or two images, captures or logs.
    """
    import msgspec

    from iotwatch.report.console import tables as console
    from iotwatch.report.document.diff import diff
    from iotwatch.report.reader import Reader

    with ExitStack() as stack:
        old, old_asset = _side(stack, before, database, asset)
        new, new_asset = _side(stack, after, database, asset)
        told = Reader(old, masked=masked), old_asset, Reader(new, masked=masked), new_asset
        found = [msgspec.structs.asdict(one) for one in diff(*told)]
    if found or form == "json":
        console.print_rows(found if form == "json" else [_short(one) for one in found], color=talk.color, form=form)
    else:
        click.echo("no difference")


def _short(one: dict[str, str]) -> dict[str, str]:
    """The row for a terminal, with the beginnings of its hashes."""
    hashes = {side: one.pop(f"{side}_sha256")[:16] for side in ("before", "after")}
    return one | {side: f"{one[side]} {begin}".strip() for side, begin in hashes.items()}


def _side(stack: ExitStack, name: str, database: Path, asset: str) -> tuple[Store, str]:
    from iotwatch.store import Store

    path = Path(name)
    if path.is_file() and path.read_bytes()[:15] == b"SQLite format 3":
        store = stack.enter_context(Store(path, create=False))
        return store, _only(store, asset, name)
    if path.exists():
        from iotwatch.batch.scan import Plan, scan

        folder = stack.enter_context(scratch())
        scan([path], folder / "diff.db", Plan.of_sweep(None, "it"))
        return stack.enter_context(Store(folder / "diff.db")), "it"
    store = stack.enter_context(Store(database, create=False))
    car, mark, sweep = name.rpartition("@")
    if mark and name not in store.assets.names():
        return stack.enter_context(_sweep(stack, store, _only(store, car, str(database)), sweep)), car
    return store, _only(store, name, str(database))


def _sweep(stack: ExitStack, store: Store, asset: str, wanted: str) -> Store:
    """A database of one sweep alone."""
    from iotwatch.batch.merge import write_sweep
    from iotwatch.signatures import load
    from iotwatch.store import Store
    from iotwatch.store.sweeps import sweep_of

    path = stack.enter_context(scratch()) / "sweep.db"
    write_sweep(store, asset, sweep_of(store, asset, wanted), path, load())
    return Store(path, create=False)


def _only(store: Store, asset: str, name: str) -> str:
    names = store.assets.names()
    if asset in names:
        return asset
    if not asset and len(names) == 1:
        return names[0]
    raise NotStored(f"{name} has no asset {asset!r}; it has: {', '.join(names[:10]) or 'none'}")
