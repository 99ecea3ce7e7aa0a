"""What `scan` prints: per asset the verdict in one sentence, what was found, and what was not covered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from iotwatch.model import Confidence, Severity
from iotwatch.report.console.tables import SEVERITY_STYLES, escape, make, print_wrapped, rows_table, titled
from iotwatch.report.document.first_page import FirstPage, first_page
from iotwatch.report.reader import Reader, Row
from iotwatch.report.words.statements import Uncovered

_VERDICT_STYLES = {"reports-location": "bold red", "suspicious": "yellow", "capable": "cyan"}
# The verdicts that ask somebody to act, the worst first.
_FOUND = ("reports-location", "suspicious")
_NO_EVIDENCE = "not-enough-data: none of what was given could be read as evidence, so nothing is said of any car."
_SHOWN_FINDINGS = 12
_SENTENCES = 3
_SHOWN_WHOLE = 20
_SHOWN_ROWS = 200


def print_scan(reader: Reader, assets: Sequence[str], *, color: bool | None) -> None:
    """One asset whole; of several a line each, the worst with their sentences, then what was found and not checked in any.

    Of more than twenty it is the fleet's table, and the sentences of those found. Where they are many, those come first
    that ask somebody to act, and the rest is counted.
    """
    console = make(color)
    entries = reader.assets(assets)
    if len(entries) > _SHOWN_WHOLE:
        _print_fleet(console, reader, entries)
    elif len(entries) > 1:
        _print_several(console, reader, entries)
    elif entries:
        _print_whole(console, reader, entries[0])
    if not entries:
        print_wrapped(console, _NO_EVIDENCE, "")
    else:
        notice = "Behaviour observed, intent not judged. `iotwatch show finding ID` walks back to the bytes."
        print_wrapped(console, notice, "", style="dim")


def _print_whole(console: Console, reader: Reader, entry: Row) -> None:
    page = first_page(reader, entry)
    _print_sentence(console, page)
    _print_findings(console, reader.findings(page.asset, limit=_SHOWN_FINDINGS), entry["findings"])
    _print_gaps(console, "Not checked:", page.not_checked)
    console.print()


def _print_several(console: Console, reader: Reader, entries: Sequence[Row]) -> None:
    pages = sorted((first_page(reader, entry) for entry in entries), key=lambda page: _urgency(page.verdict))
    whole = [page for page in pages if page.verdict in _FOUND][:_SENTENCES]
    for page in whole:
        _print_sentence(console, page)
    for page in pages[len(whole) :]:
        _print_headline(console, page)
    each = max(1, _SHOWN_FINDINGS // len(entries))  # the worst of every car before more of one
    found = [row for entry in entries for row in reader.findings(entry["name"], limit=each)]
    found.sort(key=lambda row: (-Severity[row["severity"].upper()], -Confidence[row["confidence"].upper()]))
    console.print()
    _print_findings(console, found, sum(entry["findings"] for entry in entries), several=True)
    _print_gaps(console, "Not checked (`iotwatch show asset NAME` tells it of each, and its sentence):", _gaps(pages))
    console.print()


def _urgency(verdict: str) -> int:
    return _FOUND.index(verdict) if verdict in _FOUND else len(_FOUND)


def _gaps(pages: Sequence[FirstPage]) -> list[str]:
    """What was not checked in any of several, a line for each kind: the first one's, with how many say the like."""
    groups: dict[object, list[str]] = {}
    for page in pages:
        for said in page.gaps:
            # The blind spots of two places of listening have a sentence in common and nothing else.
            groups.setdefault(said.text if said.word is Uncovered.BLIND else said.word, []).append(said.text)
    lines = []
    for told in groups.values():
        differ = "" if len(set(told)) == 1 else "; others differ"
        told_of = "" if len(told) == len(pages) and not differ else f" ({len(told)} of {len(pages)}{differ})"
        lines.append(told[0] + told_of)
    return lines


def _print_findings(console: Console, found: Sequence[Row], count: int, *, several: bool = False) -> None:
    if found:
        console.print(_findings_table(found, several=several))
    if count > len(found):
        console.print(f"  ... and {count - len(found)} more: iotwatch show finding", style="dim")


def _styled(page: FirstPage) -> str:
    style = _VERDICT_STYLES.get(page.verdict, "bold")
    return f"[bold]{escape(page.asset)}[/bold]: [{style}]{page.verdict}[/{style}]"


def _print_sentence(console: Console, page: FirstPage) -> None:
    console.print(_styled(page))
    print_wrapped(console, page.sentence, "  ")


def _print_headline(console: Console, page: FirstPage) -> None:
    """The verdict in a few words, behind its word where the line holds them."""
    if len(page.asset) + len(page.verdict) + len(page.headline) + len(": . ") <= console.width:
        console.print(f"{_styled(page)}  {escape(page.headline)}", soft_wrap=True)
    else:
        console.print(_styled(page), soft_wrap=True)
        print_wrapped(console, page.headline, "  ")


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


def _findings_table(found: Sequence[Row], *, several: bool) -> Table:
    table = Table(box=None, pad_edge=False, show_header=True, header_style="dim", padding=(0, 1, 0, 0))
    table.add_column("  id", no_wrap=True)
    table.add_column("severity", no_wrap=True)
    table.add_column("sure", no_wrap=True)
    if several:
        table.add_column("asset", overflow="fold")
    table.add_column("finding", overflow="fold")
    for row in found:
        severity = f"[{SEVERITY_STYLES[row['severity']]}]{row['severity']}[/]"
        asset = [escape(row["asset"])] if several else []
        table.add_row(f"  {row['fingerprint'][:8]}", severity, row["confidence"], *asset, titled(row))
    return table
