"""``iotwatch show``: what the database holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.completing import complete_asset, complete_id
from iotwatch.cli.options import (
    Talk,
    database,
    handing_on,
    key_logs,
    masking,
    option,
    output_format,
    own_signatures,
    reading,
    talking,
)

if TYPE_CHECKING:
    from iotwatch.store.query import Row

NOUNS = (
    "asset", "fleet", "finding", "evidence", "flow", "beacon", "module", "endpoint", "position", "source", "artefact",
    "coverage", "detector", "dialect", "signature",
)  # fmt: skip


@click.command("show")
@click.argument("noun", type=click.Choice(NOUNS), default="asset")
@click.argument("identity", required=False, metavar="[ID]", shell_complete=complete_id)
@database
@option("--asset", default="", shell_complete=complete_asset, help="Only this asset.")
@output_format("table", "json")
@masking
@own_signatures
@key_logs
@talking
def command(noun: str, identity: str | None, database: Path, asset: str, form: str, masked: bool, talk: Talk) -> None:
    """Show what the database holds.

    Without an ID a table, with one (its beginning is enough) all of that row: of a finding its reasons, doubts, false-alarm
    notes, facts, and every evidence with its bytes, what was read out of them, and the commands that show the same bytes.
    """
    from iotwatch.report.console import detail as console_detail
    from iotwatch.report.console import machine as plain
    from iotwatch.report.console import tables as console
    from iotwatch.report.document.listing import SHOWN, brief

    if noun in ("dialect", "signature"):
        found = _prose(noun, identity)
    else:
        # One row more than is shown tells that there are more.
        most = SHOWN + 1 if form == "table" else -1
        found = _stored(database, noun, identity, asset, most, masked=masked)
    if form == "json":
        plain.print_json(found)
    elif isinstance(found, dict):
        console_detail.print_detail(noun, found, color=talk.color)
        if noun == "evidence":
            _print_bytes(database, found, masked=masked)
    else:
        console.print_rows(brief(noun, found[:SHOWN]), color=talk.color)
        if len(found) > SHOWN and not talk.quiet:
            click.echo(f"only the first {SHOWN:,}: --asset narrows it, --format json gives all", err=True)


def _stored(database: Path, noun: str, identity: str | None, asset: str, most: int, *, masked: bool) -> list[Row] | Row:
    from iotwatch.report.document.details import detail
    from iotwatch.report.document.listing import listed
    from iotwatch.store.queries.named import NOUNS as NAMED

    if noun == "evidence" and not identity:
        raise click.UsageError("evidence needs the number of an evidence, as `show finding ID` names it")
    with reading(database, masked=masked) as reader:
        if identity and noun not in NAMED:
            raise click.UsageError(f"{noun} has no ids; --asset narrows it")
        reader.check_asset(asset)
        row = reader.row_of(noun, identity) if identity else None
        if row is None:
            return listed(reader, noun, asset, limit=most)
        return detail(reader, noun, row)


def _print_bytes(database: Path, evidence: Row, *, masked: bool) -> None:
    """All bytes of an evidence that has more than its excerpt, taken from its source again."""
    from iotwatch.handoff import evidence_bytes
    from iotwatch.report.words.walkback import hex_dump

    if masked:
        return
    with handing_on(database, masked=masked) as reader:
        data = evidence_bytes(reader, evidence["id"])
    shown = len(evidence["excerpt"]) // 2
    click.echo("\n".join(hex_dump(data)[-(-shown // 16) :]))


def _prose(noun: str, identity: str | None) -> list[Row] | Row:
    """Dialects and signatures are part of the program, not of the database."""
    from iotwatch.cli.prose import PROSE
    from iotwatch.report.document.ids import UnknownId

    one = PROSE[noun]
    if not identity:
        return one.listed()
    names = one.names()
    found = [identity] if identity in names else [name for name in names if name.startswith(identity)]
    if len(found) == 1:
        return one.told(found[0])
    if found:
        raise UnknownId(f"the id {identity!r} is that of {len(found)} {noun}s: {', '.join(found[:8])}")
    raise UnknownId(f"no {noun} has the id {identity!r}; `iotwatch show {noun}` lists them")
