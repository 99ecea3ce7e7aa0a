"""One row told whole on the terminal: its fields, and every evidence with its bytes, what they say, and how to see them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import msgspec
from rich.console import Console

from iotwatch.files.printable import visible
from iotwatch.model import Cut, Step
from iotwatch.report.console.tables import SEVERITY_STYLES, escape, make, print_wrapped, rows_table
from iotwatch.report.words.walkback import described, hex_dump
from iotwatch.store.query import Row

# Told in sentences, in this order and under these headings; all other fields stand in a list.
_SENTENCES = {
    "sentence": "",
    "reasons": "Why",
    "doubts": "Doubt",
    "not_checked": "Not checked",
    "asks": "Asked",
    "false_alarms": "False alarms",
    "about": "",
}
_HEADLINE = frozenset({"title", "severity", "confidence", "fingerprint", "asset", "name"})
# Links between rows of this database.
_LINKS = frozenset({"source_id", "flow_id", "place_id", "run_id", "options_hash", "case_file", "drives"})
_FILTER_SHOWN = 200


def print_detail(noun: str, told: Row, *, color: bool | None) -> None:
    """A row as ``details.detail`` gives it; what is empty is left out."""
    console = make(color)
    _print_headline(console, noun, told)
    for name, heading in _SENTENCES.items():
        value = told.get(name)
        for line in value if isinstance(value, list) else [value] if value else []:
            print_wrapped(console, f"{heading}: {line}" if heading else str(line), "  ")
    evidence = told.get("evidence") or []
    if noun == "evidence":
        evidence = [told]
    else:
        _print_fields(console, told)
    for number, one in enumerate(evidence, 1):
        _print_evidence(console, number, len(evidence), one)
    if told.get("draft"):
        console.print("\n[bold]A dialect file to begin with[/bold]")
    for line in told.get("draft", []):
        console.print(escape(line), soft_wrap=True)


def _print_headline(console: Console, noun: str, told: Row) -> None:
    if noun == "finding":
        style = SEVERITY_STYLES[told["severity"]]
        print_wrapped(console, told["title"], "", style="bold")
        console.print(f"[{style}]{told['severity']}[/] if true, {told['confidence']}")
        print_wrapped(console, f"id {told['fingerprint']}, asset {told['asset']}", "")
        return
    name = told.get("name") or told.get("id") or ""
    print_wrapped(console, f"{noun} {name}" + (f" of {told['asset']}" if told.get("asset") else ""), "", style="bold")


def _print_fields(console: Console, told: Row) -> None:
    kept = {
        name: value
        for name, value in told.items()
        if name not in (*_SENTENCES, *_HEADLINE, *_LINKS, "commands", "evidence", "draft")
    }
    _print_values(console, {name: value for name, value in kept.items() if not _is_rows(value)}, "  ")
    for line in told.get("commands", []):
        console.print(f"  {escape(line)}", style="green", soft_wrap=True)
    for name, value in kept.items():
        if _is_rows(value):
            console.print(f"\n[bold]{escape(name)}[/bold]")
            console.print(rows_table(value))


def _print_values(console: Console, fields: Row, indent: str) -> None:
    """Names and values, what is empty left out; the fields of a value stand below its name."""
    said = {visible(name): value for name, value in fields.items() if value not in (None, "", [], {})}
    width = max((len(name) for name in said), default=0) + 2
    for name, value in said.items():
        if isinstance(value, dict):
            console.print(f"{indent}{escape(name)}")
            _print_values(console, value, indent + "  ")
        else:
            print_wrapped(console, _text(value), f"{indent}{name:<{width}}")


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_text(one) for one in value)
    if isinstance(value, float):
        return f"{value:.10g}"
    return value if isinstance(value, str) else json.dumps(value)


def _print_evidence(console: Console, number: int, of: int, one: Row) -> None:
    heading = f"Evidence {number} of {of}" if of > 1 else "Evidence"
    console.print(f"\n[bold]{heading}[/bold]")
    print_wrapped(console, one["source"] + (f" ! {one['path']}" if one["path"] else ""), "  file       ")
    print_wrapped(console, one["sha256"], "  SHA-256    ", style="dim")
    where = [f"frame {one['frame']}" if one["frame"] else "", one["time"] or "", f"{one['length']} bytes"]
    where += [f"from byte {one['offset']} of the file"] if one["offset"] is not None else []
    print_wrapped(console, ", ".join(filter(None, where)), "  where      ")
    print_wrapped(
        console,
        " > ".join(described(link) for link in msgspec.convert(one["place"], list[Cut | Step])),
        "  place      ",
    )
    if one["display_filter"]:
        shown = one["display_filter"]
        shown = shown if len(shown) <= _FILTER_SHOWN else shown[:_FILTER_SHOWN] + " ..."
        print_wrapped(console, shown, "  Wireshark  ")
    for line in one["commands"]:
        # A command is taken whole by whoever copies it: never folded.
        console.print(f"  {escape(line)}", style="green", soft_wrap=True)
    if one["excerpt"] == "masked":
        console.print("  the bytes are masked; --unmask shows them", style="dim")
    else:
        for line in hex_dump(bytes.fromhex(one["excerpt"])):
            console.print(f"  {escape(line)}", soft_wrap=True)
    _print_decoded(console, one["decoded"])


def _print_decoded(console: Console, fields: Sequence[Row]) -> None:
    """Where in the bytes above each field stands, and what it says."""
    if not fields:
        return
    console.print("  read out of them:", style="dim")
    width = max(len(field["what"]) for field in fields)
    for field in fields:
        end = field["at"] + max(field["bytes"], 1) - 1
        told = " ".join(filter(None, (_text(field["value"]), field["unit"])))
        print_wrapped(console, told, f"  {field['at']:04x}-{end:04x}  {visible(field['what']):<{width}}  ")
