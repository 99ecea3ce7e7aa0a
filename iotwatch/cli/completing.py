"""Completion of nouns and ids in the shell: reads the database read-only, and says nothing when it cannot.

A shell asks while somebody types, so nothing here may print, write, wait or make a database.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import click
from click.shell_completion import CompletionItem

from iotwatch.cli.options import heard

_WAIT_SECONDS = 0.2


def complete_id(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Ids of the noun that stands before."""
    noun = str(ctx.params.get("noun") or "asset")
    if noun in ("dialect", "signature"):
        from iotwatch.cli.prose import PROSE

        return [CompletionItem(name) for name in PROSE[noun].names() if name.startswith(incomplete)]
    return _stored(ctx, noun, incomplete)


def complete_finding(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Ids of findings."""
    return _stored(ctx, "finding", incomplete)


def complete_asset(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:  # noqa: ARG001
    """Names of assets."""
    return _stored(ctx, "asset", incomplete)


def _stored(ctx: click.Context, noun: str, incomplete: str) -> list[CompletionItem]:
    from iotwatch.report.masking import told
    from iotwatch.store.queries import named

    if noun not in named.NOUNS:
        return []
    # Read-only: a typo in --db must not leave an empty database behind.
    uri = f"file:{quote(os.fsencode(_database(ctx).absolute()))}?mode=ro"
    try:
        with closing(sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS)) as connection:
            found = named.beginning_with(connection, noun, incomplete)
    except sqlite3.Error:
        return []
    return [CompletionItem(str(row["name"]), help=told(row["told"] or "")) for row in found]


def _database(ctx: click.Context) -> Path:
    """The database that the line names so far, before or after the verb, or that of the environment."""
    return Path(heard(ctx, "database", os.environ.get("IOTWATCH_DB") or "iotwatch.db"))
