"""Parts of the document -> the texts that stand in tables and under findings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.model import Cut
from iotwatch.report.document import Asset, Evidence, Finding, Position

# Beyond so many findings, whole excerpts and an element a line would make the page too slow to open.
_MANY_FINDINGS = 500
_SHORT_EXCERPT = 32
_FILTER_SHOWN = 200
_HASH_SHOWN = 12


class Table(msgspec.Struct, frozen=True):
    """A table with its caption; ``rows`` are cells of text."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class FindingCells(msgspec.Struct, frozen=True):
    """A finding with what is shown when it is opened; ``plain`` is all of it as one text, where there are very many."""

    finding: Finding
    facts: str
    evidence: tuple[str, ...]
    decision: str
    plain: str


def count(number: float) -> str:
    """1,234; whole where it is whole."""
    return f"{int(number):,}" if number == int(number) else f"{number:,.2f}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def time_text(time: str | None) -> str:
    """``2026-11-22 01:38:34.556`` of an ISO time."""
    return time[:23].replace("T", " ").removesuffix(".000") if time else ""


def finding_cells(asset: Asset) -> Iterator[FindingCells]:
    """Each finding with its evidence as text."""
    longest = _SHORT_EXCERPT if len(asset.findings) > _MANY_FINDINGS else 256
    for index, finding in enumerate(asset.findings):
        said = finding.facts.get("decision", {})
        facts = "\n".join(
            f"{name}: {_text(value)}"
            for name, value in sorted(finding.facts.items())
            if name != "decision" and value not in ("", [], {}, None)
        )
        evidence = tuple(evidence_text(one, longest) for one in finding.evidence)
        yield FindingCells(
            finding=finding,
            facts=facts,
            evidence=evidence,
            decision=f"{said['word']} by {said['author']}: {said['reason']}" if said else "",
            plain=_plain(finding, facts, evidence) if index >= _MANY_FINDINGS else "",
        )


def _plain(finding: Finding, facts: str, evidence: Sequence[str]) -> str:
    """All of a finding in one text: an element for each line would make thousands of findings slow to open."""
    lines = [
        f"{finding.kind} of {finding.subject or 'the device'}, id {finding.fingerprint},"
        f" detector {finding.detector} version {finding.detector_version}",
        *(f"Why: {one}" for one in finding.reasons),
        *(f"Doubt: {one}" for one in finding.doubts),
        "What raises this falsely: see the detector, at the end of the report.",
        facts,
        *(f"\nEvidence {number}\n{one}" for number, one in enumerate(evidence, 1)),
    ]
    return "\n".join(lines)


def evidence_text(one: Evidence, longest: int = 256) -> str:
    """Where the evidence stands, how to see it with other tools, and its first bytes unless masked."""
    where = [f"frame {one.frame}" if one.frame else "", time_text(one.time), f"{one.length} bytes"]
    where.append(f"file offset {one.offset}" if one.offset is not None else "")
    lines = [
        f"file       {one.path}" + (f" ! {one.inner_path}" if one.inner_path else ""),
        f"SHA-256    {one.sha256}",
        f"where      {', '.join(filter(None, where))}",
        f"place      {' > '.join(_operation(operation) for operation in one.place)}",
    ]
    if one.display_filter:
        shown = one.display_filter
        lines.append(f"Wireshark  {shown if len(shown) <= _FILTER_SHOWN else shown[:_FILTER_SHOWN] + ' ...'}")
    lines.append(f"command    {one.command}")
    return "\n".join([*lines, *_bytes(one.excerpt, longest)])


def _operation(operation: Any) -> str:
    if not isinstance(operation, Cut):
        return f"{operation.name}({operation.argument})" if operation.argument else str(operation.name)
    offset, length = operation.spans[0] if operation.spans else (0, 0)
    more = f" and {len(operation.spans) - 1} more" if len(operation.spans) > 1 else ""
    return f"bytes {offset}+{length}{more}"


def _bytes(excerpt: str, longest: int) -> list[str]:
    if excerpt == "masked":
        return ["bytes      masked; a report with --unmask shows them"]
    return ["", *hex_dump(bytes.fromhex(excerpt)[:longest])] if excerpt else []


def hex_dump(data: bytes, width: int = 16) -> list[str]:
    """Lines of offset, hex and text."""
    lines = []
    for start in range(0, len(data), width):
        part = data[start : start + width]
        text = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(f"{start:04x}  {part.hex(' '):<{width * 3}} {text}")
    return lines


def tables(asset: Asset) -> dict[str, Table]:
    """All plain tables of an asset, by name; each column that is empty throughout is left out."""
    return {
        "positions": _positions(asset.positions),
        "modules": _of_parts(
            "Cellular modules, and what speaks of one",
            asset.modules,
            ("vendor", "model", "firmware_version", "role", "seen_in", "imei", "iccid", "imsi", "confidence"),
        ),
        "devices": _devices(asset),
        "beacons": _of_parts(
            "Regular contacts; chance is how likely such regularity comes by accident",
            asset.beacons,
            (
                "client",
                "server",
                "server_name",
                "port",
                "transport",
                "kind",
                "events",
                "interval_s",
                "jitter",
                "chance",
            ),
        ),
        "far_ends": _of_parts(
            "Far ends, those that were sent positions first; the country is where the address is registered",
            asset.far_ends,
            (
                *("address", "name", "port", "protocol", "country", "as_name", "vendor", "purpose", "positions"),
                *("bytes_up", "bytes_down", "first_seen", "last_seen"),
            ),
        ),
        "sources": _of_parts(
            "Files that were read, with their hashes",
            asset.sources,
            (
                *("path", "sha256", "vantage", "kind", "format", "bytes", "packets", "first_seen", "last_seen"),
                *("complete", "status", "reason", "damage"),
            ),
        ),
        "coverage": _of_parts("What was and was not looked at", asset.coverage, ("path", "measure", "value", "note")),
        "unopened": _of_parts(
            "Parts of images that were not opened", asset.unopened, ("path", "part", "type", "status", "size", "note")
        ),
        "vantages": _of_parts(
            "By vantage: what it cannot see, and what law to ask about",
            asset.vantages,
            ("vantage", "sources", "minutes", "cannot_see", "ask_about"),
        ),
    }


_TIMES = frozenset({"first_seen", "last_seen", "time"})


def _of_parts(caption: str, parts: Iterable[msgspec.Struct], names: Sequence[str]) -> Table:
    rows = [[_cell(name, getattr(one, name)) for name in names] for one in parts]
    return _filled(caption, names, rows)


def _filled(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Table:
    kept = [index for index in range(len(names)) if any(row[index] for row in rows)]
    return Table(
        caption,
        tuple(names[index].replace("_", " ") for index in kept),
        tuple(tuple(row[index] for index in kept) for row in rows),
    )


def _cell(name: str, value: Any) -> str:
    if name in _TIMES:
        return time_text(value)
    if name == "damage":
        return "; ".join(f"bytes {one.start} to {one.end}: {one.reason}" for one in value)
    return _text(value)


def _devices(asset: Asset) -> Table:
    rows = [
        (device.subject or "not told", trace.kind, trace.value[:200], str(trace.count))
        for device in asset.devices
        for trace in device.traces
    ]
    return _filled(
        "Devices and their traces: what each said or showed of itself", ("device", "trace", "value", "times"), rows
    )


_POSITION = (
    *(
        "time",
        "latitude",
        "longitude",
        "valid",
        "direction",
        "dialect",
        "method",
        "confidence",
        "reported_id",
        "client",
    ),
    *("server_name", "server", "server_port", "checksum", "frame"),
)


def _positions(found: Sequence[Position]) -> Table:
    rows = [[*(_cell(name, getattr(one, name)) for name in _POSITION), one.sha256[:_HASH_SHOWN]] for one in found]
    caption = "Every position that was stated; file is the beginning of its SHA-256"
    return _filled(caption, (*_POSITION, "file"), rows)
