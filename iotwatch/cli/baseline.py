"""``iotwatch baseline``: the factory-fit equipment of a make and model, from a car that is known to be as it left the works."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.completing import complete_asset
from iotwatch.cli.options import database, option, reading
from iotwatch.cli.saying import say


@click.group("baseline")
def command() -> None:
    """Make a baseline file, for `decide add --baseline`."""


@command.command("make")
@click.argument("asset", shell_complete=complete_asset)
@database
@option("-o", "--output", required=True, type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@option("--author", required=True, help="Who says that the car is as it left the works.")
@option("--reason", required=True, help="Why: make, model and year, and how it is known.")
def make(asset: str, database: Path, output: Path, author: str, reason: str) -> None:
    """Write what was found in ASSET, a car known to be good, as what is expected in others of its make and model.

    The file says what a thing is (maker, model, wire form, far end) and holds no number of a device, card or car: it can be
    shared. What names this one car alone is left out and counted. Go through it: whatever it names will be expected.
    """
    from iotwatch.errors import NotStored
    from iotwatch.files.baseline import shared_target, write_baseline

    with reading(database, masked=False) as reader:
        if not reader.assets([asset]):
            raise NotStored(f"there is no asset {asset!r}; `iotwatch show asset` lists them")
        found = reader.findings(asset)
    targets = [shared_target({**row["facts"], "kind": row["kind"], "subject": row["subject"]}) for row in found]
    expected = list({tuple(target.items()): target for target in targets if target}.values())
    write_baseline(output, author, reason, expected)
    for row, target in zip(found, targets, strict=True):
        if not target:
            say(f"left out: {row['kind']} {row['fingerprint'][:8]}: it names this car alone", err=True)
    click.echo(
        f"{output}: {len(expected)} expected, of {len(found)} findings; `iotwatch decide add --baseline` takes it"
    )
