"""Messages of the corpus that hold a place which the server they were taken from passes over: their rows say none."""

from __future__ import annotations

from typing import Any

_MARKS = {
    "easytrack": (b",CC,0.0,V,",),  # a field more in front of the place
    "pacifictrack": (b"\x91\x97",),  # segment 11, which begins as segment 10 does
    "taip": (b">RLN", b">RCP"),
    "tramigo": (b"\x04\xd0\x00\xa9",),  # a trip with both of its ends
}


def says_none(row: dict[str, Any], data: bytes) -> bool:
    """Whether a row's message is one without a place."""
    marked = any(mark in data for mark in _MARKS.get(row["protocol"], ()))
    return row["carries_position"] is False and not row.get("suspect_position") and not marked
