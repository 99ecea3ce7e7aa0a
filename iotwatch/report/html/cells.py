"""Parts of the document -> the texts that stand under findings."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from iotwatch.report.document.model import Asset, Evidence, Finding
from iotwatch.report.words.walkback import described, hex_dump

# Beyond so many findings, whole excerpts and an element a line would make the page too slow to open.
_MANY_FINDINGS = 500
_SHORT_EXCERPT = 32
_FILTER_SHOWN = 200


class FindingCells(msgspec.Struct, frozen=True):
    """A finding with what is shown when it is opened; ``plain`` is all of it as one text, where there are very many."""

    finding: Finding
    facts: str
    evidence: tuple[str, ...]
    decision: str
    plain: str


def count(number: float) -> str:
    """1,234; whole where it is whole, else with at most three digits behind the point."""
    return f"{int(number):,}" if number == int(number) else f"{number:,.3f}".rstrip("0")


def _short(value: Any) -> Any:
    """The same with the digits of numbers that say something."""
    if isinstance(value, float):
        return float(f"{value:.10g}")
    if isinstance(value, dict):
        return {name: _short(one) for name, one in value.items()}
    return [_short(one) for one in value] if isinstance(value, list | tuple) else value


def value_text(value: Any) -> str:
    """A fact as text: nothing for ``None``, JSON for what has parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, dict | list | tuple):
        return json.dumps(_short(value), ensure_ascii=False)
    return str(value)


def time_text(time: str | None) -> str:
    """``2026-11-22 01:38:34.556`` of an ISO time."""
    return time[:23].replace("T", " ").removesuffix(".000") if time else ""


def moment(time: str) -> str:
    """``2026-11-22 01:38 UTC`` of an ISO time in UTC; one with another offset stays as it was written."""
    return f"{time[:16].replace('T', ' ')} UTC" if time.endswith(("Z", "+00:00")) else time


def finding_cells(asset: Asset) -> Iterator[FindingCells]:
    """Each finding with its evidence as text."""
    longest = _SHORT_EXCERPT if len(asset.findings) > _MANY_FINDINGS else 256
    for index, finding in enumerate(asset.findings):
        said = finding.facts.get("decision", {})
        facts = "\n".join(
            f"{name}: {value_text(value)}"
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
        f"place      {' > '.join(described(operation) for operation in one.place)}",
    ]
    if one.display_filter:
        shown = one.display_filter
        lines.append(f"Wireshark  {shown if len(shown) <= _FILTER_SHOWN else shown[:_FILTER_SHOWN] + ' ...'}")
    lines.append(f"command    {one.command}")
    return "\n".join([*lines, *_bytes(one.excerpt, longest)])


def _bytes(excerpt: str, longest: int) -> list[str]:
    if excerpt == "masked":
        return ["bytes      masked; a report with --unmask shows them"]
    return ["", *hex_dump(bytes.fromhex(excerpt)[:longest])] if excerpt else []
