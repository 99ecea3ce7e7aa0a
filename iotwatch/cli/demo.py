"""``iotwatch demo``: a planted car that makes every detector fire, on the user's own machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from iotwatch.cli import EXIT_BUG
from iotwatch.cli.options import Talk, database, masking, reading, talking
from iotwatch.files.scratch import scratch

if TYPE_CHECKING:
    from iotwatch.batch.scan import ScanReport

VERDICT = "reports-location"


@click.command("demo")
@database
@masking
@talking
@click.pass_context
def command(ctx: click.Context, database: Path, masked: bool, talk: Talk) -> None:
    """Scan a planted car and prove that every detector fires here.

    Without --db all of it is temporary. With --db FILE the database stays, and the car's sources beside it in the folder
    FILE-car, so that `show`, `report` and `export` have something to work on. Exit code 70 when a detector did not fire.
    """
    from iotwatch.report.console.scan import print_scan

    with scratch() as folder:
        if not _given(ctx):
            database = folder / "demo.db"
        report = scan_car(database)
        silent, verdict = outcome(database)
        with reading(database, masked=masked) as reader:
            print_scan(reader, report.assets, color=talk.color)
    for name in silent:
        click.echo(f"the detector {name} did not fire", err=True)
    if verdict != VERDICT:
        click.echo(f"the verdict is {verdict or 'missing'} and should be {VERDICT}", err=True)
    if silent or verdict != VERDICT:
        sys.exit(EXIT_BUG)
    if not talk.quiet:
        click.echo("every detector fired", err=True)


def scan_car(database: Path) -> ScanReport:
    """Build the planted car beside ``database`` and scan it into it, with its case and its baseline."""
    from iotwatch.batch.scan import Plan, scan
    from iotwatch.cli.planted import ASSET, build
    from iotwatch.files.baseline import read_baseline
    from iotwatch.files.case import read_case
    from iotwatch.store import Store

    folder = database.with_name(database.stem + "-car")
    sources = build(folder)
    case = read_case(folder / "case.toml")
    with Store(database) as store:
        known = {(decision.word, str(decision.target)) for decision in store.decisions.of(ASSET)}
        for decision in read_baseline(folder / "baseline.toml", ASSET):
            if (decision.word, str(decision.target)) not in known:
                store.decisions.add(decision)
    return scan([sources], database, Plan.of_sweep(case, ASSET, jobs=1))


def outcome(database: Path) -> tuple[list[str], str]:
    """The names of the detectors without a finding on the planted car, and its verdict."""
    from iotwatch.cli.planted import ASSET
    from iotwatch.detect import DETECTORS

    with reading(database, masked=False) as reader:
        fired = {row["detector"] for row in reader.findings(ASSET)}
        verdict = "".join(row["verdict"] or "" for row in reader.assets([ASSET]))
    return [detector.name for detector in DETECTORS if detector.name not in fired], verdict


def _given(ctx: click.Context) -> bool:
    """Whether the user named a database, before or after the verb or in the environment."""
    contexts = [one for one in (ctx, ctx.parent) if one is not None]
    named = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
    return any(one.get_parameter_source("database") in named for one in contexts)
