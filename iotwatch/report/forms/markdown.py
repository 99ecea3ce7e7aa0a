"""The report as Markdown (CommonMark with tables), for tickets and wikis: the HTML's page one, and its tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from iotwatch.patterns import regex
from iotwatch.report.document.model import Asset, Document
from iotwatch.report.document.since import counted, since_lines
from iotwatch.report.html.cells import evidence_text
from iotwatch.report.html.tables import Table, tables

POSITIONS_SHOWN = 200
_SPECIAL = regex(r"([\\`*_\[\]<>|~#!&])")
_BREAKS = regex(r"[\x00-\x1f\x7f\u2028\u2029]+")
_LINK = regex(r"(?i)\b(https?|ftp|file|mailto|data|javascript):|\bwww\.")


def escape(text: str) -> str:
    """Text of others as Markdown that shows it and does nothing: no markup, no link, one line."""
    flat = _SPECIAL.sub(r"\\\1", _BREAKS.sub(" ", text))
    return _LINK.sub(lambda hit: hit[0][:-1] + "\u200b" + hit[0][-1], flat)


def _fence(text: str) -> str:
    """A fence longer than any run of backticks inside."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def render(document: Document) -> str:
    """The whole report as text; the same document gives the same text."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    if document.fleet:
        yield from _fleet(document)
    for asset in document.assets:
        yield from _asset(asset, document)
    yield from _tool(document)


def _list(items: Iterable[str]) -> Iterator[str]:
    yield from (f"- {escape(item)}" for item in items)
    yield ""


def _table(table: Table, most: int | None = None) -> Iterator[str]:
    if not table.rows:
        return
    yield f"{escape(table.caption)}:"
    yield ""
    yield "| " + " | ".join(escape(column) for column in table.columns) + " |"
    yield "|" + "---|" * len(table.columns)
    yield from ("| " + " | ".join(escape(cell) for cell in row) + " |" for row in table.rows[:most])
    if most is not None and len(table.rows) > most:
        yield ""
        yield f"... and {len(table.rows) - most} more; the HTML and JSON reports hold all."
    yield ""


def _fleet(document: Document) -> Iterator[str]:
    yield f"# Fleet report: {len(document.assets)} cars\n"
    rows = tuple((one.name, one.summary.light, one.verdict, one.summary.sentence) for one in document.assets)
    yield from _table(Table("Cars by verdict", ("car", "light", "verdict", "in one sentence"), rows))
    shared = document.fleet.shared if document.fleet else ()
    of = len(document.assets)
    told = tuple((one.what, one.value, f"{len(one.assets)} of {of}", ", ".join(one.assets[:12])) for one in shared)
    yield from _table(
        Table("The same in more than one car, the rarest first", ("what", "value", "cars", "which"), told)
    )
    findings = document.fleet.findings if document.fleet else ()
    spread = tuple(
        (one.severity, one.title, f"{len(one.assets)} of {of}", ", ".join(one.assets[:12])) for one in findings
    )
    yield from _table(Table("Every finding", ("severity", "finding", "cars", "which"), spread), POSITIONS_SHOWN)
    swept = tuple(
        (one.name, one.since.verdict_before, one.verdict, *map(str, counted(one.since)))
        for one in document.assets
        if one.since is not None
    )
    columns = ("car", "verdict before", "verdict now", "new", "changed", "gone")
    yield from _table(Table("What changed since the sweep before", columns, swept))


def _asset(asset: Asset, document: Document) -> Iterator[str]:
    mark = "##" if document.fleet else "#"
    summary = asset.summary
    light = "no light" if summary.light == "none" else f"{summary.light} light"
    yield f"{mark} {escape(asset.name)}: {escape(summary.headline)} ({light})\n"
    yield escape(summary.sentence)
    yield ""
    for heading, items in (
        ("Where to look", summary.where_to_look),
        ("What to do", summary.what_to_do),
        ("What was not checked", summary.not_checked),
    ):
        yield f"{mark}# {heading}\n"
        yield from _list(items)
    yield f"{document.notice} Supplier's reply:\n"
    yield f"{mark}# Verdict: {asset.verdict}\n"
    yield escape(asset.verdict_reason)
    yield ""
    yield from _notes(asset)
    yield from _since(asset, mark)
    yield from _findings(asset, mark, document.cars)
    yield f"{mark}# What stands behind it\n"
    made = tables(asset)
    for name in ("beacons", "modules", "devices", "far_ends"):
        yield from _table(made[name])
    yield from _table(made["positions"], POSITIONS_SHOWN)
    yield f"{mark}# Official lists\n"
    yield from _list(asset.lists or ("The findings hold no listing of a maker that was seen.",))
    yield f"{mark}# Coverage\n"
    for name in ("vantages", "coverage", "unopened", "sources"):
        yield from _table(made[name])


def _notes(asset: Asset) -> Iterator[str]:
    notes = asset.notes
    phases = [f"{phase.name} {phase.start} to {phase.end}" for phase in notes.phases]
    said = {
        "operator": notes.operator,
        "place": notes.place,
        "legal basis": notes.legal_basis,
        "scope": ", ".join(notes.scope),
        "phases": "; ".join(phases),
        "notes": notes.notes,
    }
    yield from _list(f"{name}: {text or 'not stated'}" for name, text in said.items())


def _since(asset: Asset, mark: str) -> Iterator[str]:
    if asset.since is None:
        return
    yield f"{mark}# What changed since the sweep before\n"
    yield from _list(since_lines(asset))


def _findings(asset: Asset, mark: str, cars: int) -> Iterator[str]:
    yield f"{mark}# Findings\n"
    for finding in asset.findings:
        yield f"{mark}## {escape(finding.title)}\n"
        rarity = f"; in {finding.cars} of {cars} cars" if cars > 1 else ""
        yield f"{finding.severity} if true, {finding.confidence}{rarity}; id {finding.fingerprint}\n"
        decision = finding.facts.get("decision")
        decided = [f"Decided: {decision['word']} by {decision['author']}: {decision['reason']}"] if decision else []
        yield from _list(
            [*decided, *(f"Why: {one}" for one in finding.reasons), *(f"Doubt: {one}" for one in finding.doubts)]
        )
        for one in finding.evidence:
            yield _fence(_BREAKS_KEPT.sub("?", evidence_text(one)))
            yield ""


_BREAKS_KEPT = regex(r"[\x00-\x09\x0b-\x1f\x7f]")


def _tool(document: Document) -> Iterator[str]:
    tool = document.tool
    yield "## How this report was made\n"
    masked = "masked: numbers hidden, positions rounded to 0.01 degrees" if document.masked else "nothing is masked"
    versions: Sequence[str] = tool.signatures_versions
    registers = f"countries and networks by {'; '.join(tool.databases) or 'no database'}"
    yield from _list((f"iotwatch {tool.version}", f"signatures {', '.join(versions) or 'none'}", registers, masked))
    rows = tuple((one.name, str(one.version), one.asks, one.false_alarms) for one in tool.detectors)
    yield from _table(Table("Detectors", ("detector", "version", "asks", "false alarms"), rows))
    if document.run is not msgspec.UNSET:
        run = document.run
        yield f"Written {run.written} from {escape(run.database)}; last judged {run.last_judged}; {run.scans} scan(s).\n"
