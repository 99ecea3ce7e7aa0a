"""Tables for the terminal; they fit 80 columns."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from typing import Any

from rich import markup
from rich.console import Console
from rich.table import Table
from rich.text import Text

from iotwatch.files.printable import visible
from iotwatch.report.console.machine import print_json
from iotwatch.report.reader import decided
from iotwatch.store.query import Row

SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
_COLUMNS = 80
# Cells up to this width are never folded, times neither: the columns of text give way.
_SHORT_CELL = 11
_CLOCKS = frozenset({"time", "last seen"})


def make(color: bool | None) -> Console:  # noqa: FBT001  the option's own three states
    """A console on stdout: 80 columns where the terminal does not say."""
    width = None if os.environ.get("COLUMNS") else (None if os.isatty(1) else _COLUMNS)
    return Console(force_terminal=color, no_color=color is False, width=width, highlight=False, soft_wrap=False)


def escape(text: str) -> str:
    """What others wrote, as markup that says just that: neither rich nor the terminal obeys it."""
    return markup.escape(visible(text))


def titled(finding: Row) -> str:
    """A finding's title as markup; one that an analyst decided on is never told without that."""
    said = decided(finding)
    return escape(finding["title"]) + (f" [dim]({escape(said)})[/dim]" if said else "")


def print_wrapped(console: Console, text: str, indent: str, *, style: str = "") -> None:
    """A text without markup, folded between words; ``indent`` stands before its first line, blanks before the others."""
    text = visible(text)
    width = max(20, console.width - len(indent))
    # rich knows how wide a character is, and takes ten times as long to fold.
    if text.isascii():
        lines = textwrap.wrap(text, width, break_on_hyphens=False)
    else:
        lines = [str(one) for one in Text(text).wrap(console, width)]
    folded = ("\n" + " " * len(indent)).join(line.rstrip() for line in lines)
    console.print(Text(indent + folded, style=style), soft_wrap=True)


def rows_table(found: Sequence[Row], whole: frozenset[str] = _CLOCKS) -> Table:
    """Any rows as a table; empty columns are left out, and those of the names in ``whole`` never folded."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    names = [name for name in (found[0] if found else {}) if any(row[name] not in (None, "", []) for row in found)]
    for name in names:
        short = max(len(_text(row[name])) for row in found) <= _SHORT_CELL or name in whole
        table.add_column(escape(name), overflow="fold", no_wrap=short)
    for row in found:
        table.add_row(*(escape(_text(row[name])) for name in names))
    return table


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def print_rows(
    found: Sequence[Row], *, color: bool | None, form: str = "table", whole: frozenset[str] = _CLOCKS
) -> None:
    """Rows as a table, or where ``form`` is ``json`` as one document; cells of the columns in ``whole`` are never folded."""
    if form == "json":
        print_json(found)
        return
    console = make(color)
    if not found:
        console.print("nothing of that kind is stored", style="dim")
        return
    console.print(rows_table(found, whole))
