"""``iotwatch export``: what was found, for other programs."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.completing import complete_asset, complete_finding
from iotwatch.cli.options import Talk, database, handing_on, key_logs, masking, option, output_format, talking
from iotwatch.files.printable import plain

if TYPE_CHECKING:
    from iotwatch.report.reader import EvidenceReader

_PEERS = ("sarif", "ecs", "misp", "geojson", "kml", "gpx")
FORMS = ("jsonl", "csv", "parquet", "stix", "suricata", "yara", "zeek", "cyclonedx", *_PEERS, "pcap")
_OF_ONE = ("pcap", "suricata", "yara")


@click.command("export")
@database
@click.argument("finding", required=False, metavar="[FINDING-ID]", shell_complete=complete_finding)
@output_format(*FORMS)
@option("--asset", default="", shell_complete=complete_asset, help="Only this asset.")
@option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: stdout).")
@option(
    "--into",
    default="",
    metavar="FOLDER|URL",
    help="With parquet: findings and observations by asset and day, below it.",
)
@key_logs
@masking
@talking
def command(
    finding: str | None, database: Path, form: str, asset: str, output: Path | None, into: str, masked: bool, talk: Talk
) -> None:
    """Write findings with their evidence for other programs.

    jsonl, csv and parquet are the findings, sarif and ecs the same for CI and a SIEM; stix, zeek, misp, suricata and yara are
    what to look for elsewhere: of rules only those that fired on their own evidence and on nothing benign; geojson, kml and gpx
    are the stated positions; cyclonedx is what stands in images. The same inputs give the same output, whatever the order of
    scanning or the number of workers.

    With --format pcap and the ID of a finding: its packets with their own times. Those are raw: nothing in them is masked.
    The ID also narrows suricata and yara to that finding. With --format parquet --into: a file for each asset and day, in a
    folder or where a URL (s3://, gs://) says; many databases may write below one (docs/scale.md).
    """
    from iotwatch.report.forms.writing import write_private

    if form == "pcap" and (not finding or output is None):
        raise click.UsageError("--format pcap needs the ID of a finding and -o FILE")
    if finding and form not in _OF_ONE:
        raise click.UsageError(f"--format {form} is of all findings; the ID of one goes with {', '.join(_OF_ONE)}")
    if into and (form != "parquet" or output is not None):
        raise click.UsageError("--into goes with --format parquet, and without -o")
    with handing_on(database, masked=masked) as reader:
        reader.check_asset(asset)
        if into:
            from iotwatch.report.forms.dataset import write_dataset

            findings, observations = write_dataset(reader, into, asset)
            if not talk.quiet:
                click.echo(f"{findings} finding(s), {observations} observation(s) below {into}", err=True)
            return
        row = reader.row_of("finding", finding) if finding else None
        data, said = _made(form, reader, asset, row)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_private(output, data)
    if not talk.quiet:
        click.echo(said, err=True)


def _made(form: str, reader: EvidenceReader, asset: str, finding: int | None) -> tuple[bytes, str]:
    """The bytes of the output, of one asset (empty: of all) or of one finding's row id, and a line about them."""
    from iotwatch.handoff import cut_out
    from iotwatch.handoff.suricata import suricata_rules
    from iotwatch.handoff.yara import yara_rules
    from iotwatch.report.forms import (
        cyclonedx,
        ecs,
        export,
        indicators,
        misp,
        parquet,
        positions,
        sarif,
        stix,
        zeek_intel,
    )

    text, data = io.StringIO(), io.BytesIO()
    match form:
        case "jsonl":
            said = f"{export.write_jsonl(reader, text, asset)} finding(s)"
        case "csv":
            said = f"{export.write_csv(reader, text, asset)} finding(s)"
        case "parquet":
            said = f"{parquet.write_parquet(reader, data, asset)} finding(s)"
        case "sarif" | "ecs":
            said = f"{(sarif.write_sarif if form == 'sarif' else ecs.write_ecs)(reader, text, asset)} finding(s)"
        case "geojson" | "kml" | "gpx":
            said = f"{positions.write_positions(reader, text, form, asset)} position(s)"
        case "stix" | "zeek" | "misp":
            found = indicators.indicators(reader, asset)
            write = {"stix": stix.write_stix, "zeek": zeek_intel.write_zeek, "misp": misp.write_misp}[form]
            said = f"{write(found, text)} indicator(s)"
            said += (
                f"; {found.masked} left out, since they hold identifiers (--unmask writes them)" if found.masked else ""
            )
        case "suricata" | "yara":
            rules = (suricata_rules if form == "suricata" else yara_rules)(reader, asset, finding)
            text.write(rules.text)
            said = f"{rules.count} rule(s); {len(rules.left_out)} left out, each with its reason in the file"
        case "cyclonedx":
            said = f"{cyclonedx.write_cyclonedx(reader, text, asset)} component(s)"
        case _:
            said = f"{cut_out(reader, finding or 0, data)} packet(s); raw, nothing is masked"
    return data.getvalue() or plain(text.getvalue()).encode(), said
