"""Indicators as a file for Zeek's intelligence framework (Zeek manual, "Intelligence Framework"): tab-separated, ``#fields`` first.

Files are left out: Zeek's ``Intel::FILE_HASH`` is fed by its own hashing, which a car's image never passes.
"""

from __future__ import annotations

from typing import IO

from iotwatch.report.forms.indicators import Indicator, Indicators

_TYPES = {"domain": "Intel::DOMAIN", "ipv4": "Intel::ADDR", "ipv6": "Intel::ADDR", "url": "Intel::URL"}
_FIELDS = ("indicator", "indicator_type", "meta.source", "meta.desc")


def write_zeek(found: Indicators, out: IO[str]) -> int:
    """One line an indicator; gives their number."""
    out.write("#fields\t" + "\t".join(_FIELDS) + "\n")
    shown = [one for one in found.found if one.kind in _TYPES]
    for one in shown:
        out.write("\t".join((_value(one), _TYPES[one.kind], "iotwatch", _description(one))) + "\n")
    return len(shown)


def _value(indicator: Indicator) -> str:
    """Zeek wants URLs without the scheme."""
    return indicator.value.partition("://")[2] if indicator.kind == "url" else indicator.value


def _description(indicator: Indicator) -> str:
    said = "; ".join(dict.fromkeys(one.title for one in indicator.sightings))
    if indicator.note:
        said += f" ({indicator.note})"
    # A tab or a line break would begin another field or another indicator; a lone hyphen means "not set".
    return " ".join(said.split())[:400] or "seen"
