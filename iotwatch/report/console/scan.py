"""What `scan` prints: per asset the verdict in one sentence, what was found, and what was not covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from iotwatch.report.console.tables import SEVERITY_STYLES, escape, make, print_wrapped, rows_table, titled
from iotwatch.report.document.first_page import FirstPage, first_page
from iotwatch.report.reader import Reader, Row

_VERDICT_STYLES = {"reports-location": "bold red", "suspicious": "yellow", "capable": "cyan"}
# The verdicts that ask somebody to act, the worst first.
_FOUND = ("reports-location", "suspicious")
_NO_EVIDENCE = "not-enough-data: none of what was given could be read as evidence, so nothing is said of any car."
_SHOWN_FINDINGS = 12
_SHOWN_WHOLE = 20
_SHOWN_ROWS = 200


def print_scan(reader: Reader, assets: Sequence[str], *, color: bool | None) -> None:
    """Sentence, findings and gaps of each asset; of more than twenty the fleet's table, and the sentences of those found.

    Where they are many, those come first that ask somebody to act, and the rest is counted.
    """
    console = make(color)
    entries = reader.assets(assets)
    if len(entries) > _SHOWN_WHOLE:
        _print_fleet(console, reader, entries)
    else:
        _print_each(console, reader, entries)
    if not entries:
        print_wrapped(console, _NO_EVIDENCE, "")
    else:
        notice = "Behaviour observed, intent not judged. `iotwatch show finding ID` walks back to the bytes."
        print_wrapped(console, notice, "", style="dim")


def _print_each(console: Console, reader: Reader, entries: Sequence[Row]) -> None:
    """Every asset whole; what was not checked in any of several is told once, behind them."""
    pages = [first_page(reader, entry) for entry in entries]
    shared = set.intersection(*(set(page.not_checked) for page in pages)) if len(pages) > 1 else set()
    for entry, page in zip(entries, pages, strict=True):
        _print_sentence(console, page)
        found = reader.findings(page.asset, limit=_SHOWN_FINDINGS)
        if found:
            console.print(_findings_table(found))
        if entry["findings"] > len(found):
            console.print(f"  ... and {entry['findings'] - len(found)} more: iotwatch show finding", style="dim")
        _print_gaps(console, "Not checked:", [line for line in page.not_checked if line not in shared])
        console.print()
    if shared:
        _print_gaps(console, "Not checked in any of these:", [line for line in pages[0].not_checked if line in shared])


def _print_sentence(console: Console, page: FirstPage) -> None:
    style = _VERDICT_STYLES.get(page.verdict, "bold")
    console.print(f"[bold]{escape(page.asset)}[/bold]: [{style}]{page.verdict}[/{style}]")
    print_wrapped(console, page.sentence, "  ")


def _print_gaps(console: Console, heading: str, lines: Sequence[str]) -> None:
    if lines:
        console.print(f"  {heading}")
    for line in lines:
        print_wrapped(console, line, "  - ", style="dim")


def _print_fleet(console: Console, reader: Reader, entries: Sequence[Row]) -> None:
    found = [entry for verdict in _FOUND for entry in entries if entry["verdict"] == verdict]
    rows = entries
    if len(entries) > _SHOWN_ROWS:
        rows = [*found, *(entry for entry in entries if entry["verdict"] not in _FOUND)][:_SHOWN_ROWS]
    console.print(rows_table([{key: one[key] for key in ("name", "verdict", "findings", "sources")} for one in rows]))
    if len(rows) < len(entries):
        console.print(f"  ... and {len(entries) - len(rows):,} more: iotwatch show asset", style="dim")
    console.print()
    for entry in found[:_SHOWN_WHOLE]:
        _print_sentence(console, first_page(reader, entry))
    if len(found) > _SHOWN_WHOLE:
        left = f"... and {len(found) - _SHOWN_WHOLE:,} more like these: iotwatch show asset, or iotwatch report -o FILE"
        console.print(f"  {left}", style="dim")
    verdicts = Counter(str(entry["verdict"]) for entry in entries)
    told = ", ".join(f"{count:,} {word}" for word, count in verdicts.most_common())
    print_wrapped(console, f"{len(entries):,} assets: {told}.", "")
    gaps = "What was not checked of each: `iotwatch show asset NAME`, or `iotwatch report -o FILE`."
    print_wrapped(console, gaps, "", style="dim")


def _findings_table(found: Sequence[Row]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("  id", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("sure", no_wrap=True)
    table.add_column("finding", overflow="fold")
    for row in found:
        severity = f"[{SEVERITY_STYLES[row['severity']]}]{row['severity']}[/]"
        table.add_row(f"  {row['fingerprint'][:8]}", severity, row["confidence"], titled(row))
    return table
