"""``iotwatch export``: what was found, for other programs."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from iotwatch.cli.completing import complete_asset, complete_finding
from iotwatch.cli.options import Talk, database, masking, option, output_format, reading, talking, wrong_usage

if TYPE_CHECKING:
    from iotwatch.handoff.rules import Rules
    from iotwatch.report.reader import Reader

# The bytes of the output, and a line about them.
Made = tuple[bytes, str]
_OF_ONE = ("pcap", "suricata", "yara")


class _Asked(NamedTuple):
    """What the user asked for: the assets (empty: all), and one finding's row id or none."""

    asset: str
    finding: int | None


@click.command("export")
@database
@click.argument("finding", required=False, metavar="[FINDING-ID]", shell_complete=complete_finding)
@output_format("jsonl", "csv", "parquet", "stix", "suricata", "yara", "zeek", "cyclonedx", "pcap")
@option("--asset", default="", shell_complete=complete_asset, help="Only this asset.")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write (default: stdout)."
)
@masking
@talking
def command(
    finding: str | None, database: Path, form: str, asset: str, output: Path | None, masked: bool, talk: Talk
) -> None:
    """Write findings with their evidence for other programs.

    jsonl, csv and parquet are the findings; stix, zeek, suricata and yara are what to look for elsewhere: of rules only
    those that fired on their own evidence and on nothing benign; cyclonedx is what stands in images. The same inputs give the
    same output, whatever the order of scanning or the number of workers.

    With --format pcap and the ID of a finding: its packets with their own times. Those are raw: nothing in them is masked.
    The ID also narrows suricata and yara to that finding.
    """
    from iotwatch.report.forms.writing import write_private

    if form == "pcap" and (not finding or output is None):
        raise click.UsageError("--format pcap needs the ID of a finding and -o FILE")
    if finding and form not in _OF_ONE:
        raise click.UsageError(f"--format {form} is of all findings; the ID of one goes with {', '.join(_OF_ONE)}")
    with reading(database, masked=masked) as reader:
        with wrong_usage():
            reader.check_asset(asset)
            asked = _Asked(asset, reader.row_of("finding", finding) if finding else None)
        data, said = FORMS[form](reader, asked)
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    else:
        write_private(output, data)
    if not talk.quiet:
        click.echo(said, err=True)


def _jsonl(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.export import write_jsonl

    out = io.StringIO()
    count = write_jsonl(reader, out, asked.asset)
    return out.getvalue().encode(), f"{count} finding(s)"


def _csv(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.export import write_csv

    out = io.StringIO(newline="")
    count = write_csv(reader, out, asked.asset)
    return out.getvalue().encode(), f"{count} finding(s)"


def _parquet(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.parquet import write_parquet

    out = io.BytesIO()
    count = write_parquet(reader, out, asked.asset)
    return out.getvalue(), f"{count} finding(s)"


def _stix(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.indicators import indicators
    from iotwatch.report.forms.stix import write_stix

    found, out = indicators(reader, asked.asset), io.StringIO()
    return _indicators(write_stix(found, out), found.masked, out)


def _zeek(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.indicators import indicators
    from iotwatch.report.forms.zeek_intel import write_zeek

    found, out = indicators(reader, asked.asset), io.StringIO()
    return _indicators(write_zeek(found, out), found.masked, out)


def _indicators(count: int, masked: int, out: io.StringIO) -> Made:
    left_out = f"; {masked} left out, since they hold identifiers (--unmask writes them)" if masked else ""
    return out.getvalue().encode(), f"{count} indicator(s){left_out}"


def _suricata(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.handoff.suricata import suricata_rules

    return _rules(suricata_rules(reader, asked.asset, asked.finding))


def _yara(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.handoff.yara import yara_rules

    return _rules(yara_rules(reader, asked.asset, asked.finding))


def _rules(rules: Rules) -> Made:
    return (
        rules.text.encode(),
        f"{rules.count} rule(s); {len(rules.left_out)} left out, each with its reason in the file",
    )


def _cyclonedx(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.report.forms.cyclonedx import write_cyclonedx

    out = io.StringIO()
    count = write_cyclonedx(reader, out, asked.asset)
    return out.getvalue().encode(), f"{count} component(s)"


def _pcap(reader: Reader, asked: _Asked) -> Made:
    from iotwatch.handoff import cut_out

    out = io.BytesIO()
    count = cut_out(reader, asked.finding or 0, out)
    return out.getvalue(), f"{count} packet(s); raw, nothing is masked"


FORMS: dict[str, Callable[[Reader, _Asked], Made]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "parquet": _parquet,
    "stix": _stix,
    "suricata": _suricata,
    "yara": _yara,
    "zeek": _zeek,
    "cyclonedx": _cyclonedx,
    "pcap": _pcap,
}
