"""``iotwatch schema``: the JSON Schema of the JSON report."""

from __future__ import annotations

import click

from iotwatch.cli.options import Talk, talking


@click.command("schema")
@talking
def command(talk: Talk) -> None:  # noqa: ARG001
    """Print the JSON Schema that `report -o FILE.json` satisfies."""
    from iotwatch.report.forms.schema import schema_text

    click.echo(schema_text(), nl=False)
