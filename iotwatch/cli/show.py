"""``iotwatch show``: what the database holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from iotwatch.cli.options import Talk, database, option, output_format, talking, unmask

if TYPE_CHECKING:
    from iotwatch.report.rows import Row
    from iotwatch.store import Store

_SUBJECTS = (
    *("asset", "finding", "evidence", "flow", "beacon", "module", "position", "source", "coverage"),
    *("detector", "dialect", "signature"),
)


@click.command("show")
@click.argument("subject", type=click.Choice(_SUBJECTS), default="asset")
@click.argument("identity", required=False, metavar="[ID]")
@database
@option("--asset", default="", help="Only this asset.")
@output_format("table", "json")
@unmask
@talking
def command(
    subject: str,
    identity: str | None,
    database: Path,
    asset: str,
    form: str,
    unmask: bool,
    talk: Talk,
) -> None:
    """Show what the database holds.

    Without an ID a table; with the ID of a finding (its beginning is enough) its reasons, doubts, false-alarm notes and
    every evidence with the commands that show the same bytes.
    """
    from iotwatch.report import console, plain
    from iotwatch.store import Store

    if subject in ("dialect", "signature"):
        found = _prose(subject, identity)
    else:
        with Store(database, create=False) as store:
            if subject == "finding" and identity:
                _finding(store, identity, form, unmask=unmask, color=talk.color)
                return
            if subject == "evidence":
                _evidence(store, identity, unmask=unmask)
                return
            found = _listed(store, subject, identity, asset, unmask=unmask)
            if subject == "finding" and form == "table":
                wanted = ("fingerprint", "asset", "severity", "confidence", "title")
                found = [{name: row[name] for name in wanted} for row in found]
                found = [{**row, "fingerprint": row["fingerprint"][:8]} for row in found]
    if form == "json":
        plain.print_json(found)
    elif identity and len(found) == 1:
        console.print_rows([{"field": name, "value": value} for name, value in found[0].items()], color=talk.color)
    else:
        console.print_rows(found, color=talk.color)


def _listed(store: Store, subject: str, identity: str | None, asset: str, *, unmask: bool) -> list[Row]:
    from iotwatch.report import rows

    if subject == "asset":
        found = rows.assets(store, unmask=unmask)
    elif subject == "finding":
        found = rows.findings(store, asset, unmask=unmask)
    else:
        found = rows.table(store, subject, asset=asset, unmask=unmask)
    if identity:
        found = [row for row in found if identity in (str(row.get("id")), row.get("name"), row.get("path"))]
    return found


def _finding(store: Store, identity: str, form: str, *, unmask: bool, color: bool | None) -> None:
    from iotwatch.report import console, plain, rows
    from iotwatch.report.masking import mask

    row = rows.finding(store, identity, unmask=unmask)
    if row is None:
        raise click.ClickException(f"no finding has the id {identity}; `iotwatch show finding` lists them")
    if form == "json":
        found = rows.evidence(store, row["id"])
        for one in found:
            one["chain"] = [str(operation) for operation in one["chain"]]
        plain.print_json({**row, "evidence": found if unmask else mask(found)})
        return
    detectors = {one["name"]: one for one in rows.table(store, "detector", unmask=True)}
    console.print_finding(store, row, detectors.get(row["detector"]), unmask=unmask, color=color)


def _evidence(store: Store, identity: str | None, *, unmask: bool) -> None:
    """The bytes of one evidence, taken from its source again."""
    from iotwatch.handoff import evidence_bytes
    from iotwatch.report.console import hex_dump

    if not identity or not identity.isdigit():
        raise click.UsageError("evidence needs the number of an evidence, as `show finding ID` names it")
    if not unmask:
        raise click.UsageError("evidence shows raw bytes: give --unmask")
    for line in hex_dump(evidence_bytes(store, int(identity))):
        click.echo(line)


def _prose(subject: str, identity: str | None) -> list[Row]:
    """Dialects and signatures are part of the program, not of the database."""
    found: list[Row]
    if subject == "dialect":
        from iotwatch.decode import DECODERS

        found = [{"name": one.name, "about": (type(one).__doc__ or "").strip().split("\n")[0]} for one in DECODERS]
        return [row for row in found if not identity or row["name"] == identity]
    from iotwatch.signatures import load

    signatures = load()
    return [
        {"id": one.id, "title": one.title, "vendor": one.vendor, "identifies": one.identifies}
        for one in signatures.all()
        if not identity or one.id == identity
    ]
