"""What is hidden unless ``--unmask`` is given: identity numbers, addresses of devices, and the exact place."""

from __future__ import annotations

import re
from typing import Any

# Longest first: an ICCID holds what would look like an IMEI.
_DIGITS = re.compile(r"(?<![0-9.])[0-9]{10,20}(?![0-9.])")
_MAC = re.compile(r"\b((?:[0-9A-Fa-f]{2}[:-]){3})(?:[0-9A-Fa-f]{2}[:-]){2}[0-9A-Fa-f]{2}\b")
_VIN = re.compile(r"\b(?=[A-HJ-NPR-Z0-9]*[0-9])(?=[A-HJ-NPR-Z0-9]*[A-HJ-NPR-Z])[A-HJ-NPR-Z0-9]{17}\b")
# A latitude beside a longitude, in any notation of pairs; a lone decimal number (seconds, a version) is no place.
_PAIR = re.compile(
    r"(-?[0-9]{1,3}\.[0-9]{3,})(['\"]?\s{0,2}[,;:&/|]\s{0,2}[^0-9.\n-]{0,14}|\s{1,3})(-?[0-9]{1,3}\.[0-9]{3,})"
)
_PLACES = 2


def mask_text(text: str) -> str:
    """Hide the tail of every long number, MAC address and VIN in ``text``; round degrees to 0.01."""
    text = _DIGITS.sub(lambda hit: hit[0][:8] + "*" * (len(hit[0]) - 8), text)
    text = _MAC.sub(lambda hit: hit[1] + "**:**:**", text)
    text = _PAIR.sub(lambda hit: f"{float(hit[1]):.2f}{hit[2]}{float(hit[3]):.2f}", text)
    return _VIN.sub(lambda hit: hit[0][:8] + "*" * 9, text)


def mask_degrees(value: float | None) -> float | None:
    """A coordinate rounded to 0.01 degrees, about one kilometre."""
    return None if value is None else round(value, _PLACES)


_DEGREES = frozenset({"latitude", "longitude", "south", "west", "north", "east"})
# Raw bytes would undo the masking of the text beside them.
_RAW = frozenset({"excerpt", "evidence", "operation"})
_KEPT = frozenset({"fingerprint", "sha256", "aliases", "first_seen", "last_seen", "time", "judged_at", "id"})


def mask(value: Any, key: str = "") -> Any:
    """Mask a row or any JSON value; keys decide for numbers and raw bytes, patterns for text."""
    if key in _KEPT:
        return value
    if isinstance(value, dict):
        return {name: mask(one, name) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [mask(one, key) for one in value]
    if key in _RAW:
        return "masked"
    if isinstance(value, float) and key in _DEGREES:
        return mask_degrees(value)
    if isinstance(value, str):
        return mask_text(value)
    return value
