"""``iotwatch report``: one file for people, HTML, Markdown or JSON by its suffix."""

from __future__ import annotations

from pathlib import Path

import click

from iotwatch.cli.completing import complete_asset
from iotwatch.cli.options import Talk, database, masking, option, reading, talking

_SUFFIXES = (".html", ".htm", ".md", ".json")


@click.command("report")
@database
@option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; its suffix decides: .html, .md or .json.",
)
@option(
    "--asset",
    default="",
    shell_complete=complete_asset,
    help="Only this asset (default: all, as a fleet report when there are several).",
)
@option(
    "--reproducible", is_flag=True, help="Leave out what differs from run to run: the same input gives the same bytes."
)
@masking
@talking
def command(database: Path, output: Path, asset: str, reproducible: bool, masked: bool, talk: Talk) -> None:
    """Write a report of one asset or of the fleet.

    The HTML is one file that asks nothing of any network; the JSON is described by `iotwatch schema`. Identifiers are masked
    and positions rounded unless --unmask is given. The file is readable by its owner alone.
    """
    suffix = output.suffix.lower()
    if suffix not in _SUFFIXES:
        raise click.UsageError(f"the file's suffix decides the form: {', '.join(_SUFFIXES)}")
    from iotwatch.report.document.assembling import assemble
    from iotwatch.report.forms.writing import form, in_full, write_private

    with reading(database, masked=masked) as reader:
        reader.check_asset(asset)
        document = assemble(reader, asset, reproducible=reproducible, in_full=in_full(suffix))
    write_private(output, form(document, suffix))
    if not talk.quiet:
        click.echo(
            f"{output}: {len(document.assets)} asset(s), {'masked' if document.masked else 'NOT masked'}", err=True
        )
