"""``iotwatch signatures``: readable, tested data."""

from __future__ import annotations

import sys

import click

from iotwatch.cli import EXIT_BROKEN_DATA
from iotwatch.cli.options import output_format, own_signatures


@click.group("signatures")
def command() -> None:
    """List, check and test the signatures."""


@command.command("list")
@own_signatures
@output_format("table", "json")
def list_signatures(form: str) -> None:
    """List all signatures with vendor and what they identify."""
    from iotwatch.report.console import tables as console
    from iotwatch.signatures import load

    found = [
        {"id": one.id, "vendor": one.vendor, "identifies": one.identifies, "title": one.title} for one in load().all()
    ]
    console.print_rows(found, color=None, form=form)


@command.command("check")
@own_signatures
def check_signatures() -> None:
    """Check every signature: sources, examples, and that the examples match as they say. Exit 5 on a problem."""
    from iotwatch.signatures import check, load

    signatures = load()
    problems = check(signatures)
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(signatures.all())} signatures, {len(problems)} problem(s)")
    sys.exit(EXIT_BROKEN_DATA if problems else 0)


@command.command("test")
@click.argument("field")
@click.argument("value")
@own_signatures
def test_value(field: str, value: str) -> None:
    """Tell what the signatures say of one VALUE of FIELD (usb, usb.string, at, dns, sni, host, agent, text ...)."""
    from iotwatch.report.console import tables as console
    from iotwatch.signatures import load

    signatures = load()
    if field == "usb":
        vendor, _, product = value.partition(":")
        try:
            matches = signatures.usb(int(vendor, 16), int(product, 16))
        except ValueError as error:
            raise click.UsageError("a USB id is written vvvv:pppp in hex") from error
    else:
        matches = signatures.match(field, value)
    rows = [
        {
            "signature": match.signature,
            "vendor": match.vendor,
            "product": match.product,
            "identifies": match.identifies,
            "confidence": match.confidence.name.lower(),
            "because": match.because,
            "mistaken for": match.mistaken_for,
        }
        for match in matches
    ]
    console.print_rows(rows, color=None)
