"""Zeek's Intel files: tab separated, with a line of ``#fields`` (Zeek manual, Intelligence Framework)."""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.signatures.importing.indicator import Indicator, LeftOut

NAME = "zeek"
_TAKEN = frozenset({"Intel::DOMAIN", "Intel::ADDR", "Intel::URL"})


def claims(text: str) -> bool:
    """Whether the line of fields names an indicator and its type."""
    head = next((line for line in text[:65536].splitlines() if line.startswith("#fields\t")), "")
    return {"indicator", "indicator_type"} <= set(head.split("\t"))


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """Names, addresses and URLs (which Zeek writes without their scheme); hashes, mail addresses and networks are left out."""
    fields: list[str] = []
    for line in text.splitlines():
        cells = line.split("\t")
        if cells[0] == "#fields":
            fields = cells[1:]
        elif line and not line.startswith("#"):
            row = dict(zip(fields, cells, strict=False))
            kind = row.get("indicator_type", "")
            if kind in _TAKEN:
                told = row.get("meta.desc", "-")
                yield Indicator(row["indicator"], "" if told == "-" else told, row.get("meta.source", ""))
            else:
                yield LeftOut(kind or "no type")
