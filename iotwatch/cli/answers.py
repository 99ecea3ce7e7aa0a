"""Answers as JSON: one object for each message, the same in a document and in lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from iotwatch.model import iso

if TYPE_CHECKING:
    from iotwatch.decode.choice import Part
    from iotwatch.open.answer import Answer, Chosen


def as_json(found: Answer) -> dict[str, Any]:
    """The answer as the documented JSON object."""
    return {
        "dialect": found.dialect or None,
        "confidence": found.confidence.name.lower() if found.dialect else None,
        "positions": [
            {"latitude": fix.latitude, "longitude": fix.longitude, "time": iso(fix.time), "valid": fix.valid}
            for fix in found.fixes
        ],
        "device_ids": list(found.device_ids),
        "cells": [[cell.mcc, cell.mnc, cell.lac, cell.cid] for cell in found.cells],
        "wifi": [point.bssid for point in found.access_points],
        "vin": found.vin or None,
        "checksum": found.checksum,
        "doubts": [doubt.text for doubt in found.doubts],
        "rivals": list(found.rivals),
    }


def why_json(told: list[Chosen]) -> list[dict[str, Any]]:
    return [
        {
            "carrier": carrier or None,
            "bytes": size,
            "decoders": [
                {
                    **part_of(part),
                    "why": part.why.name if part.why else None,
                    "refusals": list(part.refusals),
                    "outcome": outcome_of(part),
                }
                for part in choice.parts()
            ],
        }
        for carrier, size, choice in told
    ]


def part_of(part: Part) -> dict[str, str | None]:
    return {
        "decoder": part.decoder,
        "claim": part.claim.name.lower() if part.claim is not None else None,
        "reading": part.reading.name.lower() if part.reading is not None else None,
    }


def outcome_of(part: Part) -> str:
    """What came of a decoder's part, in words."""
    broken = "broken: " + "; ".join(part.refusals) if part.refusals else ""
    if part.why:
        return f"believed: {part.why.one}" + (f"; then {broken}" if broken else "")
    if broken:
        return broken
    if part.reading is not None:
        return "a rival"
    return "an anchor fits, no more" if part.claim is None else "claims them, says nothing"
