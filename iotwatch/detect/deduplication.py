"""One finding per id: what several sources of an asset say of the same subject is one claim with all their evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

import msgspec

from iotwatch.model import Finding

_Value = TypeVar("_Value")


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Worst and surest first, each id once."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for one in sorted(
        findings, key=lambda finding: (-finding.severity, -finding.confidence, finding.kind, finding.key)
    ):
        groups.setdefault((one.detector, one.kind, one.key), []).append(one)
    return [_merged(group) for group in groups.values()]


def _merged(group: Sequence[Finding]) -> Finding:
    """The worst and surest of ``group`` says what it is; the others add their reasons, doubts, evidence and rows."""
    first = group[0]
    if len(group) == 1:
        return first
    rows = {(table, *sorted(row.items())): (table, row) for one in group for table, row in one.rows}
    return msgspec.structs.replace(
        first,
        reasons=_each(reason for one in group for reason in one.reasons),
        doubts=_each(doubt for one in group for doubt in one.doubts),
        former_keys=_each(key for one in group for key in one.former_keys),
        positions=_each(row for one in group for row in one.positions),
        evidence=_each(proof for one in group for proof in one.evidence),
        rows=tuple(rows.values()),
    )


def _each(values: Iterable[_Value]) -> tuple[_Value, ...]:
    return tuple(dict.fromkeys(values))
