"""``iotwatch scan``: analyse, store, judge, print."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from iotwatch.batch.collector import spare_the_collector
from iotwatch.cli.options import (
    Talk,
    database,
    key_logs,
    known_positions,
    masking,
    option,
    output_format,
    own_signatures,
    reading,
    sweep_options,
    talking,
)
from iotwatch.cli.saying import say
from iotwatch.errors import OptionError
from iotwatch.files.case import Case
from iotwatch.files.scratch import scratch
from iotwatch.model import Confidence, Severity
from iotwatch.words.vantage import Vantage

if TYPE_CHECKING:
    from iotwatch.batch.scan import ScanReport
    from iotwatch.files.drive import Drive
    from iotwatch.files.known_places import KnownPlace

_SEVERITIES = [severity.name.lower() for severity in Severity]
_SKIPPED_SHOWN = 5
_CONFIDENCES = [confidence.name.lower() for confidence in Confidence]


def _samples(ctx: click.Context, _parameter: click.Parameter, told: str) -> str:
    if told and not ctx.resilient_parsing:
        from iotwatch.read.sweeps.samples import by_words

        try:
            by_words(told)
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    return told


@click.command("scan")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@database
@sweep_options
@known_positions
@option(
    "--asset-from", default="file", show_default=True, help="Name assets by file, by folder, or by a CSV (path,asset)."
)
@option(
    "--vantage",
    type=click.Choice([one.value for one in Vantage]),
    help="Where it was taken (default: from the link type).",
)
@option(
    "--baseline",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A radio sweep of the same place with the car away. Repeatable.",
)
@option(
    "--samples",
    default="",
    callback=_samples,
    metavar="TYPE,RATE,HZ",
    help="What bare samples of a receiver are, for example cu8,1.024M,897.4M.",
)
@option("--jobs", type=click.IntRange(0, 256), default=0, help="Worker processes (default: as many as pay).")
@option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Whose processes: this machine's, or a Ray cluster's (needs the extra `cluster`).",
)
@option("--address", default="", metavar="HOST:PORT", help="The Ray cluster (default: one of this machine alone).")
@option(
    "--fail-on", type=click.Choice(_SEVERITIES), default="high", show_default=True, help="Exit 1 from this severity on."
)
@option(
    "--min-confidence",
    type=click.Choice(_CONFIDENCES),
    default="likely",
    show_default=True,
    help="... and this confidence.",
)
@option("--require-sandbox", is_flag=True, help="Refuse to begin where a wall around the readers of images is missing.")
@option("--force", is_flag=True, help="Analyse again what is known.")
@option("--strict", is_flag=True, help="Incomplete inputs win over findings: exit 3.")
@option("--exit-zero", is_flag=True, help="Exit 0 whatever was found.")
@output_format("table", "json", "jsonl")
@own_signatures
@key_logs
@masking
@talking
def command(
    paths: tuple[Path, ...],
    database: Path,
    asset: str,
    asset_from: str,
    vantage: str | None,
    scope: tuple[str, ...],
    case: Case | None,
    baseline: tuple[Path, ...],
    known: list[KnownPlace],
    drives: list[Drive],
    samples: str,
    jobs: int,
    engine: str,
    address: str,
    fail_on: str,
    min_confidence: str,
    require_sandbox: bool,
    force: bool,
    strict: bool,
    exit_zero: bool,
    form: str,
    masked: bool,
    talk: Talk,
) -> None:
    """Analyse captures, firmware and logs; store findings; print one verdict per asset.

    PATHS are files, folders (recursively) or - for standard input. Exit codes: 0 nothing undecided at or above --fail-on,
    1 found, 2 wrong usage, 3 incomplete, 4 no source could be read or none is evidence. They are the same on every run.
    """
    # Twice: what the imports make is not walked while they run, and not walked after.
    spare_the_collector()
    if address and engine == "local":
        raise OptionError("--address is that of a Ray cluster: it goes with --engine ray")
    if jobs > 1 and engine == "local":
        from iotwatch.batch.processes import start_server

        start_server()
    from iotwatch.batch.scan import Engine, Plan, exit_code, scan
    from iotwatch.cli.progress import Progress

    if require_sandbox:
        _require_sandbox()
    how: dict[str, Any] = {"asset_from": asset_from, "jobs": jobs, "force": force, "baselines": baseline}
    how |= {"engine": Engine(engine), "address": address}
    plan = Plan.of_sweep(case, asset, scope, vantage=vantage or "", known=known, drives=drives, samples=samples, **how)
    spare_the_collector()
    with scratch() as folder:
        inputs = [_standard_input(folder) if str(path) == "-" else path for path in paths]
        with Progress(inputs, shown=talk.progress, verbose=talk.verbose) as shown:
            report = scan(inputs, database, plan, tell=shown.source_ended, progress=shown.bytes_read)
    _print(report, database, form, masked=masked, talk=talk)
    if not exit_zero:
        sys.exit(exit_code(report, Severity[fail_on.upper()], Confidence[min_confidence.upper()], strict=strict))


def _require_sandbox() -> None:
    """Raise ``OptionError`` unless all that confines the readers of images is in force here."""
    from iotwatch.unpack import sandbox

    if missing := sandbox.state().missing:
        raise OptionError(
            f"--require-sandbox: {'; '.join(missing)}; without the option such inputs are read all the same"
        )


def _tell_left_out(report: ScanReport, *, verbose: int) -> None:
    """Every input that was not read whole, with its reason; of many that are no evidence the first few, all with -v."""
    skipped = [outcome for outcome in report.outcomes if outcome.status == "skipped"]
    shown = skipped if verbose else skipped[:_SKIPPED_SHOWN]
    for outcome in (*(one for one in report.outcomes if one.status in ("unreadable", "partial")), *shown):
        say(f"{outcome.status}: {outcome.path}: {outcome.reason}", err=True)
    if len(shown) < len(skipped):
        click.echo(f"skipped: {len(skipped) - len(shown)} more; -v or `iotwatch show source` lists them", err=True)


def _tell_nothing_read(report: ScanReport) -> None:
    """Why there is no verdict."""
    skipped = report.count("skipped")
    if not report.outcomes:
        told = "there is no file in what was named"
    elif skipped == len(report.outcomes):
        told = f"none of {skipped} file(s) is evidence"
    else:
        told = f"none of {len(report.outcomes)} source(s) could be read"
    click.echo(f"nothing was judged: {told}", err=True)


def _standard_input(folder: Path) -> Path:
    """Keep standard input in a private file, since evidence needs offsets."""
    path = folder / "stdin"
    with path.open("wb") as file:
        shutil.copyfileobj(sys.stdin.buffer, file, 1 << 20)
    return path


def _print(report: ScanReport, database: Path, form: str, *, masked: bool, talk: Talk) -> None:
    from iotwatch.report.console import machine as plain
    from iotwatch.report.console import scan as console_scan
    from iotwatch.store import queries

    with reading(database, masked=masked) as reader:
        if form == "table":
            console_scan.print_scan(reader, report.assets, color=talk.color)
        else:
            plain.print_scan(reader, report.assets, form)
        unwalled = reader.ask(queries.sources.unwalled)
    if not report.count("ok", "partial"):
        _tell_nothing_read(report)
    if talk.quiet:
        return
    for row in unwalled:
        say(f"images were read behind fewer walls than usual: {row['note']} (--require-sandbox refuses)", err=True)
    _tell_left_out(report, verbose=talk.verbose)
    told = (
        f"{len(report.outcomes)} source(s): {report.count('ok', 'partial', fresh=True)} analysed,"
        f" {report.known} skipped as known, {report.count('skipped', fresh=True)} skipped as no evidence,"
        f" {report.count('unreadable')} unreadable; {sum(one.packets for one in report.outcomes)} packets,"
        f" {sum(one.flows for one in report.outcomes)} flows, {len(report.levels) + report.decided} findings"
    )
    if report.decided:
        told += f", {report.decided} of them decided"
    # Whole for programs, folded between words for people.
    click.echo(click.wrap_text(told, shutil.get_terminal_size().columns) if sys.stderr.isatty() else told, err=True)
