"""Which findings say that a place was disclosed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from iotwatch.words.findings import FindingKind


def sends_place(kind: str, facts: Mapping[str, Any]) -> bool:
    """Whether a finding says, however sure, that its sender's own place was sent up or broadcast."""
    return (
        kind == FindingKind.LOCATION
        and facts.get("direction") in ("up", "broadcast")
        and bool(facts.get("disclosing", 0))
    )
