"""Tables for the terminal; they fit 80 columns."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from iotwatch.model import Cut
from iotwatch.report import rows
from iotwatch.report.rows import Row
from iotwatch.report.walkback import command
from iotwatch.store import Store

_COLOURS = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
_VERDICTS = {"reports-location": "bold red", "suspicious": "yellow", "capable": "cyan"}
_SHOWN_FINDINGS = 12
_MANY_ASSETS = 25


def make(color: bool | None) -> Console:  # noqa: FBT001  the option's own three states
    """A console on stdout: 80 columns where the terminal does not say."""
    width = None if os.environ.get("COLUMNS") else (None if os.isatty(1) else 100)
    return Console(force_terminal=color, no_color=color is False, width=width, highlight=False, soft_wrap=False)


def print_scan(store: Store, assets: Sequence[str], *, unmask: bool, color: bool | None) -> None:
    """Findings and verdict of each asset; of many assets the fleet's table alone."""
    console = make(color)
    entries = rows.assets(store, assets, unmask=unmask)
    for entry in entries[:_MANY_ASSETS]:
        found = rows.findings(store, entry["name"], unmask=unmask)
        console.print(_verdict_line(entry))
        if found:
            console.print(_findings_table(found[:_SHOWN_FINDINGS]))
        if len(found) > _SHOWN_FINDINGS:
            console.print(f"  ... and {len(found) - _SHOWN_FINDINGS} more: iotwatch show finding", style="dim")
    if len(entries) > _MANY_ASSETS:
        console.print(_assets_table(entries))
    if entries:
        console.print(
            "Behaviour observed, intent not judged. `iotwatch show finding ID` walks back to the bytes.", style="dim"
        )


def _verdict_line(entry: Row) -> str:
    style = _VERDICTS.get(str(entry["verdict"]), "bold")
    return f"[bold]{escape(entry['name'])}[/bold]: [{style}]{entry['verdict']}[/{style}] - {escape(entry['verdict_reason'] or '')}"


def _findings_table(found: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim", padding=(0, 1, 0, 1))
    table.add_column("id", no_wrap=True, min_width=8)
    table.add_column("severity", no_wrap=True)
    table.add_column("sure", no_wrap=True)
    table.add_column("finding", overflow="fold")
    for row in found:
        table.add_row(
            row["fingerprint"][:8],
            f"[{_COLOURS[row['severity']]}]{row['severity']}[/]",
            row["confidence"],
            escape(row["title"]),
        )
    return table


def _assets_table(entries: Sequence[Row]) -> Table:
    return rows_table([{key: entry[key] for key in ("name", "verdict", "findings", "sources")} for entry in entries])


def rows_table(found: Sequence[Row]) -> Table:
    """Any rows as a table; empty columns are left out."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0))
    names = [name for name in (found[0] if found else {}) if any(row[name] not in (None, "", []) for row in found)]
    for name in names:
        table.add_column(name, overflow="fold")
    for row in found:
        table.add_row(*(escape(_text(row[name])) for name in names))
    return table


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return str(value)


def print_rows(found: Sequence[Row], *, color: bool | None) -> None:
    console = make(color)
    if not found:
        console.print("nothing of that kind is stored", style="dim")
        return
    console.print(rows_table(found))


def print_finding(store: Store, row: Row, detector: Row | None, *, unmask: bool, color: bool | None) -> None:
    """One finding whole: reasons, doubts, false-alarm notes, and every evidence with the way back to the bytes."""
    console = make(color)
    style = _COLOURS[row["severity"]]
    console.print(f"[bold]{escape(row['title'])}[/bold]")
    console.print(
        f"[{style}]{row['severity']}[/] if true, {row['confidence']}   id {row['fingerprint']}   asset {escape(row['asset'])}"
    )
    for heading, lines in (("Why", row["reasons"]), ("Doubts", row["doubts"])):
        for line in lines:
            console.print(f"  {heading}: {escape(line)}")
    if detector:
        console.print(f"  Asked: {escape(detector['asks'])}", style="dim")
        console.print(f"  False alarms: {escape(detector['false_alarms'])}", style="dim")
    for number, one in enumerate(rows.evidence(store, row["id"]), 1):
        _print_evidence(console, number, one, unmask=unmask)


def _print_evidence(console: Console, number: int, row: Row, *, unmask: bool) -> None:
    console.print(
        f"\n[bold]Evidence {number}[/bold]: {escape(row['source_path'])}"
        + (f" ! {escape(row['path'])}" if row["path"] else "")
    )
    console.print(f"  SHA-256 {row['source_sha256']}", style="dim")
    facts = [f"frame {row['frame']}" if row["frame"] else "", row["time"] or "", f"{row['length']} bytes"]
    if row["offset"] is not None:
        facts.append(f"file offset {row['offset']}")
    console.print("  " + ", ".join(fact for fact in facts if fact))
    console.print("  place: " + escape(" > ".join(_operation(one) for one in row["chain"])))
    if row["display_filter"]:
        console.print(f"  Wireshark: {escape(textwrap.shorten(row['display_filter'], 200))}")
    shown = command(row["chain"], row["source_path"], row["path"], row["frame"], f"evidence {row['id']}")
    console.print(f"  {escape(shown)}", style="green", soft_wrap=True)
    if unmask:
        for line in hex_dump(bytes.fromhex(row["excerpt"])):
            console.print("  " + escape(line), soft_wrap=True)
    else:
        console.print("  bytes are masked; --unmask shows them", style="dim")


def _operation(operation: Any) -> str:
    if isinstance(operation, Cut):
        first = operation.spans[0] if operation.spans else (0, 0)
        more = f" and {len(operation.spans) - 1} more spans" if len(operation.spans) > 1 else ""
        return f"bytes {first[0]}+{first[1]}{more}"
    return f"{operation.name}({operation.argument})" if operation.argument else str(operation.name)


def hex_dump(data: bytes, width: int = 16) -> list[str]:
    """Lines of offset, hex and text."""
    lines = []
    for start in range(0, len(data), width):
        part = data[start : start + width]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:04x}  {part.hex(' '):<{width * 3}} {text}")
    return lines
