"""Findings that rest on what was said inside TLS say so."""

from __future__ import annotations

from msgspec.structs import replace

from iotwatch.model import Finding, Step
from iotwatch.words.findings import Reason
from iotwatch.words.tls import STEP, whose


def with_tls(finding: Finding) -> Finding:
    """The finding, with whose secrets opened what it rests on among its reasons."""
    steps = (one for proof in finding.evidence for one in proof.place.chain() if isinstance(one, Step))
    told = dict.fromkeys(Reason.INSIDE_TLS(whose=whose(one.argument)) for one in steps if one.name == STEP)
    return replace(finding, reasons=(*finding.reasons, *told)) if told else finding
