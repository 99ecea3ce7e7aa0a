"""STIX 2.0 and 2.1 bundles, which MVT's lists are too: indicators whose pattern compares one thing with one value, or with any of
several (OASIS STIX 2.1, sections 4.7 and 9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from iotwatch.patterns import regex
from iotwatch.signatures.importing.indicator import Indicator, LeftOut

NAME = "stix"
_TAKEN = frozenset({"domain-name:value", "ipv4-addr:value", "ipv6-addr:value", "url:value"})
_COMPARISON = regex(r"([a-z][a-z0-9-]{0,63}:[A-Za-z0-9_.'\[\]-]{1,128}?)\s{0,8}=\s{0,8}'((?:[^'\\]|\\.){0,2048})'")
_STRING = regex(r"'(?:[^'\\]|\\.){0,2048}'")
_JOINED = regex(r"\b(?:AND|FOLLOWEDBY|NOT)\b|!=")
_ESCAPED = regex(r"\\(.)")


class _File(msgspec.Struct):
    objects: list[dict[str, Any]]


def claims(text: str) -> bool:
    """Whether it is a bundle."""
    return text.lstrip().startswith("{") and '"objects"' in text and "bundle" in text


def indicators(text: str) -> Iterator[Indicator | LeftOut]:
    """Each comparison of a name, address or URL; what only holds together with something else is left out."""
    for one in msgspec.json.decode(text, type=_File).objects:
        if one.get("type") != "indicator":
            continue
        pattern = str(one.get("pattern", ""))
        if one.get("revoked") is True:
            yield LeftOut("revoked")
        elif one.get("pattern_type", "stix") != "stix" or _JOINED.search(_STRING.sub("''", pattern)):
            yield LeftOut("a pattern of more than one thing")
        else:
            yield from _compared(pattern, str(one.get("name", "")), str(one.get("id", "")))


def _compared(pattern: str, name: str, reference: str) -> Iterator[Indicator | LeftOut]:
    found = _COMPARISON.findall(pattern)
    if not found:
        yield LeftOut("a pattern of another form")
    for path, value in found:
        yield Indicator(_ESCAPED.sub(r"\1", value), name, reference) if path in _TAKEN else LeftOut(path)
